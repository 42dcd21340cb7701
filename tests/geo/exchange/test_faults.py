"""Bad input: each fault has its row, its feature and a sentence to act on, and nothing at all is imported."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import geopandas
import pyogrio
import pytest
from shapely.geometry import LineString, Polygon

from geo import changes
from geo.exchange.faults import FileError
from geo.exchange.files import Format
from geo.models import Zone, ZoneVersion
from tests.geo.exchange.samples import FileOf, Run, park
from tests.small_city import OUTSIDE, SOUTH, STEP, WEST, square
from twin import clock, journal
from twin.models import AuditRow, JournalRow, User

Change = dict[str, Any]

BOW_TIE = Polygon([(WEST, SOUTH), (WEST + STEP, SOUTH + STEP), (WEST + STEP, SOUTH), (WEST, SOUTH + STEP)])
FAR = Polygon([OUTSIDE, (OUTSIDE[0] + STEP, OUTSIDE[1]), (OUTSIDE[0], OUTSIDE[1] + STEP)])


def everything() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Zone, ZoneVersion, JournalRow, AuditRow))


@pytest.mark.parametrize(
    ("change", "reason", "says"),
    [
        ({"geometry": BOW_TIE}, "shape", r"Self-intersection\[120.3005 31.5705\].*Mend it, or let --fix do so"),
        ({"geometry": None}, "shape", "The shape is empty"),
        ({"geometry": LineString([(WEST, SOUTH), (WEST + STEP, SOUTH)])}, "shape", "this is a LineString"),
        ({"geometry": FAR}, "outside_city", "outside the city.*--allow-outside"),
        ({"code": None}, "missing_code", "has no code"),
        ({"code": "PK900"}, "duplicate_code", "that of row 1 too"),
        ({"code": "X" * 41}, "too_long", "more than 40 characters"),
        ({"name_zh": None}, "missing_name", "no Chinese name"),
        ({"department": "NOBODY"}, "unknown_department", "no department 'NOBODY'"),
        ({"precedence": "high"}, "bad_precedence", "'high' is not a whole number"),
        ({"attributes": "[1]"}, "bad_attributes", "no JSON object"),
        ({"attributes": "{"}, "bad_attributes", "no JSON object"),
        ({"kind": "cell"}, "other_kind", "says cell, and this is an import of park"),
    ],
)
def test_one_bad_row_stops_the_import(change: Change, reason: str, says: str, file_of: FileOf, import_: Run) -> None:
    rows = [park("PK900", 0, 0, department="", precedence=None, attributes=None, kind="park")]
    rows.append(rows[0] | {"code": "PK901", "geometry": square(1, 0)} | change)
    before = everything()
    plan = import_(file_of(rows, geometry_type="Unknown"))
    (fault,) = plan.faults
    assert (fault.reason, fault.row, fault.feature) == (reason, 2, 2)  # a GeoPackage's features count from 1
    assert fault.zh
    assert re.search(says, fault.en)
    assert everything() == before


def test_the_code_of_a_retired_zone(file_of: FileOf, import_: Run, planner: User) -> None:
    with journal.writing() as said:
        changes.retire(said, Zone.objects.get(code="PK001"), planner)
    plan = import_(file_of([park("PK001", 0, 0)]))
    assert [fault.reason for fault in plan.faults] == ["retired_code"]
    assert "codes are never used again" in plan.faults[0].en


def test_a_zone_that_changes_later_already(file_of: FileOf, import_: Run) -> None:
    friday = clock.now() + timedelta(days=3)
    import_(file_of([park("PK001", 0, 0)]), holds_from=friday)
    assert [f.reason for f in import_(file_of([park("PK001", 1, 0)])).faults] == ["changes_later"]
    assert [f.reason for f in import_(file_of([park("PK900", 1, 0)]), retire_missing=True).faults] == ["changes_later"]


def test_the_past_is_not_rewritten(file_of: FileOf, import_: Run) -> None:
    yesterday = clock.now() - timedelta(days=1)
    assert [f.reason for f in import_(file_of([park("PK001", 0, 0)]), holds_from=yesterday).faults] == ["past"]


def test_new_zones_of_a_file_without_names(file_of: FileOf, dry_run: Run) -> None:
    path = file_of([{"编码": f"C{i}", "geometry": square(i, 0)} for i in range(3)])
    (fault,) = dry_run(path).faults
    assert (fault.row, fault.reason) == (None, "missing_name")
    assert "--name-zh '=网格 {编码}'" in fault.en
    assert not dry_run(path, columns={"name_zh": "=网格 {编码}"}).faults


def test_fix_mends_what_can_be_mended_and_says_which(tmp_path: Path, import_: Run, planner: User) -> None:
    ring = [list(point) for point in square(1, 0).exterior.coords][:-1]
    shapes = [BOW_TIE.__geo_interface__, {"type": "Polygon", "coordinates": [ring]}, square(2, 0).__geo_interface__]
    features = [
        {"type": "Feature", "properties": {"code": f"PK{i}", "name": "园"}, "geometry": shape}
        for i, shape in enumerate(shapes)
    ]
    path = tmp_path / "bad.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    assert [(f.reason, f.row) for f in import_(path).faults] == [("shape", 1), ("unclosed", 2)]
    plan = import_(path, fix=True)
    assert not plan.faults
    assert [(one.fault.reason, one.fault.row) for one in plan.source.mended] == [("shape", 1), ("unclosed", 2)]
    assert all(one.area > 1000 for one in plan.source.mended)
    assert ZoneVersion.objects.filter(zone__code__in=["PK0", "PK1", "PK2"]).count() == 3


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"hello", "no GeoJSON, Shapefile"),
        (b"<OGRVRTDataSource><OGRVRTLayer name='a'/></OGRVRTDataSource>", "no GeoJSON, Shapefile"),
        (b"PK\x03\x04nonsense", "cannot be unpacked"),
        (b"{", "cannot be read"),
        (b'{"type":"FeatureCollection","features":[]}', "no features"),
        (b"SQLite format 3\0nonsense", "cannot be read"),
    ],
)
def test_a_file_that_is_none(content: bytes, says: str, tmp_path: Path, dry_run: Run) -> None:
    path = tmp_path / "file.geojson"
    path.write_bytes(content)
    with pytest.raises(FileError, match=says):
        dry_run(path)


def test_a_shapefile_that_lacks_a_part(file_of: FileOf, dry_run: Run) -> None:
    path = file_of([park("PK900", 0, 0)], Format.SHAPEFILE)
    path.with_suffix(".dbf").unlink()
    with pytest.raises(FileError, match=r"lacks \.dbf"):
        dry_run(path)


def test_no_code_column_and_a_column_that_is_not_there(file_of: FileOf, dry_run: Run) -> None:
    path = file_of([{"X": "1", "geometry": square(0, 0)}])
    with pytest.raises(FileError, match=r"name it with --code. The file has: X"):
        dry_run(path)
    with pytest.raises(FileError, match="no column 'Y' for --code"):
        dry_run(path, columns={"code": "Y"})


def test_an_unknown_kind(file_of: FileOf, dry_run: Run) -> None:
    with pytest.raises(FileError, match=r"no zone kind 'parc'; there are .*park"):
        dry_run(file_of([park("PK900", 0, 0)]), kind="parc")


def test_several_layers(file_of: FileOf, dry_run: Run) -> None:
    path = file_of([park("PK900", 0, 0)], layer="parks")
    pyogrio.write_dataframe(geopandas.GeoDataFrame([park("PK901", 0, 0)], crs=4326), path, layer="old")
    with pytest.raises(FileError, match="choose one with --layer: parks, old"):
        dry_run(path)
    assert dry_run(path, layer="old").created[0].draft.code == "PK901"
