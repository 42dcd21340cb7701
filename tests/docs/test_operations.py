"""docs/operations.md names every setting, command and reason that the code has, and no other."""

import re
from collections.abc import Iterable
from pathlib import Path

from tests.docs.asyncapi import ROOT
from twin.cli import GROUPS

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
ROOMS = ("twin", "geo", "dispatch", "ingest", "simulations", "ops")


def sources() -> Iterable[Path]:
    yield ROOT / "compose.yaml"
    for room in ROOMS:
        yield from (ROOT / room).rglob("*.py")


def rows(start: str) -> set[str]:
    """What stands in the first column of tables, where it begins so."""
    return set(re.findall(rf"^\| `({start}[\w-]*)", PAGE, re.MULTILINE))


def test_settings() -> None:
    used = {name for file in sources() for name in re.findall(r"YIWANG_[A-Z_]+", file.read_text(encoding="utf-8"))}
    assert rows("YIWANG_") == used


def test_commands() -> None:
    commands = {f"./yiwang {name}" for group in GROUPS.values() for name in group}
    assert rows(r"\./yiwang ") == commands


def test_make() -> None:
    targets = re.findall(r"^(\w+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert rows("make ") == {f"make {target}" for target in targets} - {"make help"}


def test_reasons_of_dead_letters() -> None:
    code = "".join((ROOT / room / "refusals.py").read_text(encoding="utf-8") for room in ("dispatch", "ingest"))
    given = set(re.findall(r'(?:Refusal|cls)\(\s*"(\w+)"', code))
    table = PAGE.partition("| reason |")[2]
    documented = {name for row in table.splitlines() if row.startswith("| `") for name in re.findall(r"`(\w+)`", row)}
    assert documented == given - {"wrong_source"}, "a message in another's name is not kept"
