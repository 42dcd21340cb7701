"""Files are held to what their kind says of codes and attributes; overlaps are shown before they are imported."""

from typing import Any

from geo.models import ZoneKind
from tests.geo.exchange.samples import FileOf, Run
from tests.small_city import square


def rows_of(code: str, **attributes: Any) -> list[dict[str, Any]]:
    return [{"code": code, "name_zh": "早市", "geometry": square(0, 0)} | attributes]


def test_an_import_is_held_to_pattern_and_schema(file_of: FileOf, dry_run: Run) -> None:
    schema = {"properties": {"stalls": {"type": "integer"}}}
    ZoneKind.objects.create(code="market", name_zh="集市", name_en="Market", code_pattern="MK[0-9]{3}", schema=schema)
    faults = dry_run(file_of(rows_of("X1", stalls="many")), "market").faults
    assert [(fault.reason, fault.row) for fault in faults] == [("bad_code", 1), ("attribute", 1)]
    assert not dry_run(file_of(rows_of("MK001", stalls=3)), "market").faults


def test_overlaps_among_tiles_are_shown_before_the_import(file_of: FileOf, dry_run: Run) -> None:
    cells = [
        {"code": "990101001001991", "name": "甲", "geometry": square(5, 5, 2, 1)},
        {"code": "990101001001992", "name": "乙", "geometry": square(6, 5)},
        {"code": "990101001001993", "name": "丙", "geometry": square(0, 0)},
    ]
    plan = dry_run(file_of(cells), "cell", allow_outside=True)
    assert not plan.faults
    said = [(warning.row, warning.code, warning.en) for warning in plan.warnings]
    assert [(row, code) for row, code, _ in said] == [(1, "990101001001991"), (3, "990101001001993")]
    assert "row 2 (990101001001992)" in said[0][2]
    assert "990101001001003" in said[1][2], "with what is there and stays"


def test_an_import_of_what_is_there_overlaps_nothing(file_of: FileOf, dry_run: Run) -> None:
    cells = [{"code": "990101001001003", "name": "甲", "geometry": square(0, 0)}]
    assert dry_run(file_of(cells), "cell").warnings == []
