"""A city's own catalogue from a table: every row taken in or named with its fault, and nothing half."""

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from dispatch.editions.limits import read_limit, read_season
from dispatch.loading import DATA, read_rows
from dispatch.models import Case, Catalogue, CategoryMapping, FilingCondition, LimitVariant
from twin.models import AuditRow, Role

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]
HEADER = ["类型", "大类代码", "大类名称", "小类代码", "小类名称", "立案条件", "结案条件", "处置时限"]


@pytest.fixture
def admin(client: Client, make_person: Make) -> Client:
    client.force_login(make_person(Role.ADMINISTRATOR))
    return client


def table(rows: list[list[str]], header: list[str] = HEADER, encoding: str = "utf-8") -> SimpleUploadedFile:
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return SimpleUploadedFile("目录.csv", text.getvalue().encode(encoding))


def row(minor: str = "01", limit: str = "2紧急工作时", condition: str = "井盖缺失", **more: str) -> list[str]:
    return [more.get("kind", "部件"), "1", "公用设施", minor, "上水井盖", condition, "补齐", limit]


def take(client: Client, file: Any, **form: Any) -> Any:
    return client.post("/api/catalogues/import", {"file": file, "standard": "市标", "version": "2"} | form)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("2紧急工作时", 2, "urgent_hour"), ("4小时", 4, "working_hour"), ("5 天", 5, "working_day"),
        ("1.5工作日", 1.5, "working_day"), ("15紧急工作日", 15, "calendar_day"), ("3 个工作时", 3, "working_hour"),
        ("2 working_day", 2, "working_day"),
    ],
)  # fmt: skip
def test_limits_are_read_as_cities_write_them(text: str, value: float, unit: str) -> None:
    assert (read_limit(text).value, read_limit(text).unit) == (value, unit)


@pytest.mark.parametrize("text", ["", "尽快", "0天", "-1天", "3周", "2紧急工作时制止"])
def test_what_is_no_limit_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no time limit"):
        read_limit(text)


@pytest.mark.parametrize(
    ("text", "days"), [("3月15日至4月30日", ["03-15", "04-30"]), ("11-15~03-15", ["11-15", "03-15"])]
)
def test_seasons(text: str, days: list[str]) -> None:
    assert read_season(text) == days


@pytest.mark.parametrize("text", ["春季", "02-30~03-01", "01-01"])
def test_what_is_no_season_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no season"):
        read_season(text)


def test_a_dry_run_says_what_would_change_and_writes_nothing(admin: Client) -> None:
    said = take(admin, table([row(), row("02", "4小时"), row("99", kind="事件")])).json()
    assert (said["rows"], said["categories"], said["applied"]) == (3, 3, False)
    assert "E-01-99" in said["added"] or "E-01-99" in said["changed"]
    assert said["faults"] == []
    assert len(said["removed"]) > 100
    assert said["rules"], "rules in force name categories that this table does not have"
    assert all("没有" in sentence and "there is no" in sentence for sentence in said["rules"])
    assert Catalogue.objects.count() == 1


def test_every_faulty_row_is_named_and_nothing_is_taken_in(admin: Client) -> None:
    rows = [row(), row(limit="尽快"), row(minor="一"), row(kind="人"), row(condition="")]
    answer = take(admin, table(rows), apply=True)
    assert answer.status_code == 422
    assert [fault["line"] for fault in answer.json()["faults"]] == [3, 4, 5, 6]
    assert Catalogue.objects.count() == 1


def test_a_table_without_a_needed_column_says_which_and_how_it_may_be_called(admin: Client) -> None:
    answer = take(admin, table([["部件"]], header=["类型"]))
    assert answer.status_code == 422
    assert "condition_zh (立案条件, 立案标准)" in answer.json()["detail"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_same_condition_twice_is_a_fault_and_an_encoding_is_not(admin: Client, encoding: str) -> None:
    header = [*HEADER, "条件序号"]
    answer = take(admin, table([[*row(), "1"], [*row(), "1"]], header, encoding)).json()
    assert [fault["text"] for fault in answer["faults"]] == ["C-01-01 has the condition 1 in line 2 already"]


def test_what_is_no_table_is_refused_with_a_sentence(admin: Client) -> None:
    answer = take(admin, SimpleUploadedFile("目录.xlsx", b"not a spreadsheet"))
    assert (answer.status_code, "spreadsheet" in answer.json()["detail"]) == (422, True)


def test_an_edition_holds_for_new_cases_and_old_cases_keep_theirs(admin: Client, open_case: Make) -> None:
    old = open_case()
    rows = [dict(one) for one in read_rows(DATA / "catalogue.csv")]
    header = list(rows[0])
    file = table([[one[name] for name in header] for one in rows], header)
    plan = take(admin, file).json()
    assert (plan["added"], plan["changed"], plan["removed"]) == ([], [], [])
    file.seek(0)
    answer = take(admin, file, apply=True, plan=plan["plan"])
    assert answer.status_code == 200, answer.json()
    new = open_case()
    assert new.catalogue_id == answer.json()["edition"] != old.catalogue_id
    assert FilingCondition.objects.filter(category__catalogue=new.catalogue_id).count() == len(rows) == plan["rows"]
    assert CategoryMapping.objects.filter(edition=new.catalogue_id).count() == plan["categories"]
    assert admin.get(f"/api/cases/{old.pk}").status_code == admin.get(f"/api/cases/{new.pk}").status_code == 200
    assert AuditRow.objects.get(act="catalogue.taken_in").detail["rows"] == len(rows)


def test_more_than_500_rows_from_a_spreadsheet_lose_nothing(admin: Client, tmp_path: Path) -> None:
    rows = [row(f"{i // 8 + 1:02d}", f"{i % 9 + 1}天", f"条件 {i}") for i in range(560)]
    path = tmp_path / "目录.xlsx"
    _write_xlsx(path, [HEADER, *rows])
    answer = take(admin, SimpleUploadedFile("目录.xlsx", path.read_bytes()), apply=True)
    assert answer.status_code == 200, answer.json()
    stored = FilingCondition.objects.filter(category__catalogue=answer.json()["edition"])
    assert sorted(stored.values_list("text_zh", flat=True)) == sorted(f"条件 {i}" for i in range(560))


def test_limits_of_a_season_or_a_class_of_area_stand_beside_the_plain_one(admin: Client) -> None:
    header = [*HEADER, "条件序号", "适用季节", "区域等级"]
    rows = [
        [*row(limit="15天"), "1", "", ""],
        [*row(limit="5天"), "1", "03-15~04-30", ""],
        [*row(limit="8小时"), "1", "", "A类"],
    ]
    assert take(admin, table(rows, header), apply=True).status_code == 200
    condition = FilingCondition.objects.get(category__catalogue__version="2")
    assert (condition.limit_value, condition.limit_unit) == (15, "working_day")
    found = LimitVariant.objects.values_list("area_class", "season", "limit_value", "limit_unit")
    assert sorted(found) == [("", ["03-15", "04-30"], 5, "working_day"), ("A", [], 8, "working_hour")]


def test_the_usual_limit_is_that_of_the_plain_row_wherever_it_stands(admin: Client) -> None:
    header = [*HEADER, "条件序号", "区域等级"]
    rows = [[*row(limit="8小时"), "1", "A类"], [*row(limit="15天"), "1", ""]]
    assert take(admin, table(rows, header), apply=True).status_code == 200
    condition = FilingCondition.objects.get(category__catalogue__version="2")
    assert (condition.limit_value, condition.limit_unit) == (15, "working_day")
    assert take(admin, table(rows, header)).json()["changed"] == []
    rows[0] = [*row(limit="9小时"), "1", "A类"]
    assert take(admin, table(rows, header)).json()["changed"] == ["C-01-01"], "another limit of a class is a change"


def test_an_edition_is_read_whole_with_its_mapping(admin: Client) -> None:
    header = [*HEADER, "适用季节", "区域等级", "原代码"]
    rows = [[*row("77", "15天"), "", "", "C-01-02"], [*row("77", "8小时"), "03-15~04-30", "A", "C-01-02"]]
    made = take(admin, table([[*rows[0], "1"], [*rows[1], "1"]], [*header, "条件序号"]), apply=True).json()["edition"]
    listed = admin.get("/api/catalogues").json()["items"]
    assert [(one["version"], one["in_force"]) for one in listed] == [("2", True), (listed[1]["version"], False)]
    (category,) = admin.get(f"/api/catalogues/{made}").json()["categories"]
    (condition,) = category["conditions"]
    assert (category["code"], category["kind"], condition["closing_zh"]) == ("C-01-77", "component", "补齐")
    assert condition["limit"] == {"value": 15, "unit": "working_day"}
    other = {"area_class": "A", "season": ["03-15", "04-30"], "limit": {"value": 8, "unit": "working_hour"}}
    assert condition["variants"] == [other]
    (kept,) = admin.get(f"/api/catalogues/{made}/mapping").json()["items"]
    assert (kept["code"], kept["previous_code"], kept["previous_id"]) == ("C-01-77", "C-01-02", listed[1]["id"])
    assert admin.get("/api/catalogues/999999").status_code == 404


def test_columns_of_another_name_are_chosen(admin: Client) -> None:
    header = [*HEADER[:-1], "几天办完"]
    said = admin.post("/api/catalogues/import/columns", {"file": table([row(limit="2天")], header)}).json()
    assert said["found"]["condition_zh"] == "立案条件"
    assert "limit" not in said["found"]
    assert said["columns"][-1] == {"name": "几天办完", "samples": ["2天"]}
    refused = take(admin, table([row(limit="2天")], header))
    assert "lacks columns: limit" in refused.json()["detail"]
    plan = take(admin, table([row(limit="2天")], header), columns='{"limit": "几天办完"}').json()
    assert (plan["rows"], plan["faults"]) == (1, [])
    other = take(admin, table([row(limit="2天")], header), columns='{"limit": "处置时限"}')
    assert (other.status_code, "no column '处置时限'" in other.json()["detail"]) == (422, True)
    again = {"columns": '{"limit": "几天办完", "urgency": ""}', "apply": True, "plan": plan["plan"]}
    assert take(admin, table([row(limit="2天")], header), **again).status_code == 409, "other columns are another plan"


def test_a_fault_names_row_and_column_in_both_languages(admin: Client) -> None:
    faults = take(admin, table([row(), row(limit="尽快"), row(condition="")])).json()["faults"]
    assert [(one["line"], one["column"]) for one in faults] == [(3, "limit"), (4, "condition_zh")]
    assert faults[0]["zh"] == "“尽快”不是时限，应写作 4工作时 或 2工作日"


def test_a_category_may_say_which_one_it_continues(admin: Client) -> None:
    header = [*HEADER, "原代码"]
    assert take(admin, table([[*row("77"), "C-01-02"]], header), apply=True).status_code == 200
    assert CategoryMapping.objects.get(code="C-01-77").previous_code == "C-01-02"
    answer = take(admin, table([[*row("78"), "C-09-99"]], header), version="3")
    assert "does not have" in answer.json()["faults"][0]["text"]


def test_the_table_that_is_applied_is_the_one_that_was_looked_at(admin: Client) -> None:
    plan = take(admin, table([row()])).json()["plan"]
    assert take(admin, table([row(), row("02")]), apply=True, plan=plan).status_code == 409


def test_only_administrators_change_the_catalogue(client: Client, make_person: Make) -> None:
    client.force_login(make_person(Role.PLANNER))
    assert take(client, table([row()]), apply=True).status_code == 403


def test_the_command_says_the_same(tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "catalogue.csv"
    path.write_bytes(table([row(limit="尽快")]).read())
    with pytest.raises(SystemExit):
        call_command("catalogue", "import", str(path))
    assert "line 2: '尽快' is no time limit" in capsys.readouterr().out
    assert not Case.objects.exists()


def _write_xlsx(path: Path, rows: list[list[str]]) -> None:
    """The least spreadsheet that there is: pandas has no writer of its own."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
    cells = "".join(
        f'<row r="{number}">'
        + "".join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in one)
        + "</row>"
        for number, one in enumerate(rows, 1)
    )
    files = {
        "_rels/.rels": f'<Relationships {relations}><Relationship Id="r1" Type="{kinds}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {main} xmlns:r="{kinds}"><sheets>'
        '<sheet name="1" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships {relations}><Relationship Id="r1" Type="{kinds}/worksheet"'
        ' Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f"<worksheet {main}><sheetData>{cells}</sheetData></worksheet>",
    }
    with zipfile.ZipFile(path, "w") as file:
        for name, content in files.items():
            file.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{content}')
