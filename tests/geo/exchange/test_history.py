"""What an import does to zones that are there: the past stays, what has not changed is left alone."""

from datetime import timedelta
from typing import Any

import pytest
import shapely
from shapely.geometry import box

from geo import telling
from geo.exchange.files import Format
from geo.models import ZoneVersion
from tests.geo.exchange.samples import FileOf, Rows, Run, park
from tests.small_city import SOUTH, STEP, WEST, middle, square
from tests.twin.verify import verify_action
from twin import clock
from twin.models import AuditRow, JournalRow, User


def held(kind: str, at: Any) -> dict[str, Any]:
    found = ZoneVersion.objects.holding(at).filter(zone__kind=kind).select_related("zone")
    return {v.zone.code: shapely.from_wkb(bytes(v.geom.wkb)) for v in found}


def strips(codes: list[str]) -> Rows:
    """The small city in equal strips from west to east."""
    width = 4 * STEP / len(codes)
    return [
        {
            "街道编码": code,
            "街道名称": f"{code}街道",
            "geometry": box(WEST + i * width, SOUTH, WEST + (i + 1) * width, SOUTH + 4 * STEP),
        }
        for i, code in enumerate(codes)
    ]


def test_seventeen_streets_become_nine_and_keep_their_history(file_of: FileOf, import_: Run) -> None:
    old = [f"990101{i:03d}" for i in range(101, 118)]
    new = [*old[:3], *(f"990101{i:03d}" for i in range(201, 207))]
    first = import_(file_of(strips(old), Format.SHAPEFILE, crs=4549, encoding="GBK"), "street", retire_missing=True)
    assert first.counts == {"created": 17, "changed": 0, "unchanged": 0, "retired": 2}
    before = held("street", clock.now())
    merged = import_(file_of(strips(new), Format.SHAPEFILE, crs=4549, encoding="GBK"), "street", retire_missing=True)
    assert merged.counts == {"created": 6, "changed": 3, "unchanged": 0, "retired": 14}
    assert sorted(held("street", clock.now())) == new
    just_before = merged.begin - timedelta(microseconds=1)
    assert held("street", just_before) == before
    assert sorted(before) == old
    for streets in (before, held("street", merged.begin)):
        assert shapely.union_all(list(streets.values()), grid_size=1e-9).area == pytest.approx(16 * STEP**2, rel=1e-6)


def test_what_is_the_same_is_left_alone(file_of: FileOf, import_: Run) -> None:
    rows = [park("PK100", 0, 0), park("PK101", 1, 0), park("PK102", 2, 0)]
    import_(file_of(rows, crs=4549))
    rows[1]["name_zh"] = "改名园"
    rows[2] = park("PK102", 3, 0, area="3")
    plan = import_(file_of(rows, crs=4549))
    assert plan.counts == {"created": 0, "changed": 2, "unchanged": 1, "retired": 0}
    assert [step.parts for step in plan.changed] == [("names",), ("geometry", "attributes")]
    assert ZoneVersion.objects.get(zone__code="PK100").number == 1


def test_what_the_file_does_not_say_stays(file_of: FileOf, import_: Run) -> None:
    import_(file_of([park("PK100", 0, 0, name_en="New", department="UMB", precedence=99, size=3)]))
    import_(file_of([{"code": "PK100", "geometry": square(1, 0), "trees": 7}]))
    new = ZoneVersion.objects.get(zone__code="PK100", number=2)
    said = (new.name_zh, new.name_en, new.department, new.precedence, new.attributes)
    assert said == ("新园", "New", "UMB", 99, {"size": 3, "trees": 7})


def test_missing_zones_are_retired_only_when_that_is_asked(file_of: FileOf, import_: Run) -> None:
    import_(file_of([park("PK100", 0, 0)]))
    assert sorted(held("park", clock.now())) == ["PK001", "PK100"]
    plan = import_(file_of([park("PK100", 0, 0)]), retire_missing=True)
    assert [version.zone.code for version in plan.retired] == ["PK001"]
    assert sorted(held("park", clock.now())) == ["PK100"]
    assert sorted(held("school", clock.now())) == ["SC001"], "other kinds are none of its business"


def test_an_import_for_a_later_day(file_of: FileOf, import_: Run) -> None:
    friday = clock.now() + timedelta(days=3)
    import_(file_of([park("PK100", 0, 0)]), holds_from=friday, retire_missing=True)
    assert sorted(held("park", friday - timedelta(seconds=1))) == ["PK001"]
    assert sorted(held("park", friday)) == ["PK100"]
    assert import_(file_of([park("PK100", 0, 0)]), holds_from=friday).empty, "the same import again does nothing"


def test_a_report_right_after_the_import_is_located_by_it(
    file_of: FileOf, import_: Run, open_case: Any, zone_id: Any
) -> None:
    before = open_case(place=middle(0, 3))
    import_(file_of([park("PK100", 0, 3)]))
    after = open_case(place=middle(0, 3))
    assert zone_id("park:PK100") not in before.zones
    assert zone_id("park:PK100") in after.zones


def test_the_audit_names_the_file(file_of: FileOf, import_: Run, planner: User) -> None:
    plan = import_(file_of([park("PK100", 0, 0)]))
    row = AuditRow.objects.get(act="zones.imported")
    assert (row.user, row.object_id, row.detail["file"]) == (planner, "park", "zones.gpkg")
    assert (row.detail["sha256"], row.detail["counts"]) == (plan.source.sha256, plan.counts)


def test_a_small_import_of_a_free_kind_is_told_zone_by_zone(file_of: FileOf, import_: Run) -> None:
    path = file_of([park("PK100", 0, 0), park("PK001", 1, 0)])
    with verify_action() as told:
        import_(path)
    assert [one.kind for one in told] == ["zones.imported", "zone.saved", "zone.saved", "device.rezoned"]


def test_a_large_import_is_one_row_and_leaves_no_screen_stale(
    file_of: FileOf, import_: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_(file_of([park("PK100", 0, 0), park("PK101", 1, 0)]))
    monkeypatch.setattr(telling, "MOST_TOLD", 2)
    path = file_of([park("PK100", 2, 0), *(park(f"PK2{i}", i, 1) for i in range(4))])
    with verify_action() as told:
        import_(path, retire_missing=True)
    zones = [one.kind for one in told if one.kind != "device.rezoned"]
    assert zones == ["zones.imported", "zone.saved", "zone.retired"], "those that had been seen"
    row = JournalRow.objects.filter(kind="zones.imported").latest("seq")
    assert row.change["created"] == 4
    assert row.change["retired"] == 2


def test_cells_are_not_told_one_by_one(file_of: FileOf, import_: Run) -> None:
    cell = {"code": "990101001001999", "name": "网格", "geometry": square(0, 0)}
    with verify_action() as told:
        import_(file_of([cell]), "cell")
    assert [one.kind for one in told] == ["zones.imported"]


def test_an_import_that_changes_nothing_says_nothing(file_of: FileOf, import_: Run) -> None:
    path = file_of([park("PK100", 0, 0)])
    import_(path)
    with verify_action() as told:
        assert import_(path).empty
    assert told == []


def test_statements_do_not_grow_with_the_file(file_of: FileOf, import_: Run, statements: Any) -> None:
    for name in ("甲", "乙"):  # the second time all of them change
        rows = [{"code": f"9901010019{i:05d}", "name": name, "geometry": square(i % 4, 0)} for i in range(60)]
        path = file_of(rows)
        with statements() as sent:
            assert not import_(path, "cell").faults
        assert len(sent) < 30
