"""`yiwang zones`, as people use it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from geo.models import ZoneVersion
from tests.geo.exchange.samples import FileOf, park
from tests.small_city import square
from twin.models import AuditRow, User

Run = Callable[..., str]


@pytest.fixture
def yiwang(city: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("COLUMNS", "160")

    def run(*arguments: Any) -> str:
        monkeypatch.setattr("sys.argv", ["yiwang", "zones", *map(str, arguments)])
        call_command("zones", *map(str, arguments))
        return capsys.readouterr().out

    return run


def test_a_dry_run_says_what_would_be_done_and_does_nothing(yiwang: Run, file_of: FileOf) -> None:
    path = file_of([{"编码": "PK100", "名称": "莲园", "area": 3, "geometry": square(0, 0)}])
    said = yiwang("import", path, "--kind", "park", "--retire-missing")
    for part in ("新增 created 1", "停用 retired 1", "code ← 编码", "name_zh ← 名称", "莲园", "PK001", "dry run"):
        assert part in said
    assert "--apply --plan" in said.splitlines()[-1]
    assert not ZoneVersion.objects.filter(zone__code="PK100").exists()


def test_apply(yiwang: Run, file_of: FileOf) -> None:
    said = yiwang("import", file_of([park("PK100", 0, 0)]), "--kind", "park", "--apply", "--as", "demo-planner")
    assert "Imported by demo-planner" in said
    assert ZoneVersion.objects.filter(zone__code="PK100").exists()


def test_without_a_name_the_first_superuser_imports(yiwang: Run, file_of: FileOf) -> None:
    yiwang("import", file_of([park("PK100", 0, 0)]), "--kind", "park", "--apply")
    row = AuditRow.objects.get(act="zones.imported")
    assert row.user == User.objects.filter(is_superuser=True).order_by("pk").first()


def test_faults_are_shown_with_what_to_do_and_the_command_fails(
    yiwang: Run, file_of: FileOf, capsys: pytest.CaptureFixture[str]
) -> None:
    path = file_of([park(f"PK{i // 2}", 0, 0) for i in range(60)])
    with pytest.raises(SystemExit) as ended:
        yiwang("import", path, "--kind", "park", "--apply")
    said = capsys.readouterr().out
    assert ended.value.code == 1
    for part in ("错误 faults 30", "row 1 too", "编码与第 1 行重复", "and 10 more", "Nothing was imported"):
        assert part in said


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--as", "nobody"], "no user nobody"),
        (["--as", "demo-operator"], "administrators and planners"),
        (["--crs", "EPSG:1"], "is not known"),
        (["--holds-from", "soon"], "'soon' is no time"),
        (["--kind", "nonsense"], "no zone kind"),
        (["--code", "X"], "no column 'X'"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(arguments: list[str], says: str, yiwang: Run, file_of: FileOf) -> None:
    with pytest.raises(CommandError, match=says):
        yiwang("import", file_of([park("PK100", 0, 0)]), "--kind", "park", *arguments)


def test_json_for_programs(yiwang: Run, file_of: FileOf) -> None:
    plan = json.loads(yiwang("import", file_of([park("PK100", 0, 0)]), "--kind", "park", "--json"))
    assert plan["counts"] == {"created": 1, "changed": 0, "unchanged": 0, "retired": 0, "faults": 0}


def test_export_and_import_again(yiwang: Run, tmp_path: Path) -> None:
    path = tmp_path / "parks.zip"
    assert "1 zones of the kind park" in yiwang("export", path, "--kind", "park", "--encoding", "GBK")
    assert "nothing to do" in yiwang("import", path, "--kind", "park")
    with pytest.raises(CommandError, match="does not say a format"):
        yiwang("export", tmp_path / "parks.txt", "--kind", "park")
    with pytest.raises(CommandError, match="No zone of the kind 'park' holds"):
        yiwang("export", path, "--kind", "park", "--at", "2020-01-01")
