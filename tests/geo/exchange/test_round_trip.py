"""What is exported and imported again is the same zone."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.exchange.faults import FileError
from geo.exchange.rows import Wanted, prepare
from geo.exchange.writing import TARGETS, export
from tests.geo.exchange.samples import FileOf, Run, park
from tests.small_city import SOUTH, STEP, WEST, square
from twin import clock

LOSSLESS = [name for name in TARGETS if name != "shapefile"]
RICH: dict[str, Any] = {
    "name_en": "Lotus Park",
    "department": "UMB",
    "precedence": 77,
    "attributes": '{"beds": [1, 2], "lit": true}',
}


@pytest.fixture
def exported(tmp_path: Path) -> Callable[..., Path]:
    def write(name: str, kind: str = "park", at: Any = None, **more: Any) -> Path:
        path = tmp_path / f"export{TARGETS[name].suffix}"
        export(path, kind, TARGETS[name], at or clock.now(), **more)
        return path

    return write


@pytest.mark.parametrize("name", list(TARGETS))
def test_importing_an_export_changes_nothing(name: str, file_of: FileOf, import_: Run, exported: Any) -> None:
    ring = square(0, 0).difference(square(0, 0).buffer(-STEP / 4))
    parts = shapely.union_all([square(2, 0), square(3, 3)])
    import_(file_of([park("PK100", 0, 0, **RICH) | {"geometry": ring}, park("PK101", 2, 0) | {"geometry": parts}]))
    plan = import_(exported(name))
    assert plan.counts == {"created": 0, "changed": 0, "unchanged": 3, "retired": 0}
    assert not plan.faults


@pytest.mark.parametrize(("name", "crs"), [("geopackage", "EPSG:4549"), ("flatgeobuf", "EPSG:4528"), ("geojson", 3857)])
def test_through_another_system(name: str, crs: Any, import_: Run, exported: Any) -> None:
    path = exported(name, crs=str(crs))
    assert geopandas.read_file(path).crs == crs
    assert import_(path).empty


@pytest.mark.parametrize("crs", ["GCJ02", "BD-09"])
@pytest.mark.parametrize("name", ["geojson", "shapefile", "geopackage", "flatgeobuf"])
def test_in_the_systems_of_chinese_map_providers(name: str, crs: str, import_: Run, exported: Any) -> None:
    path = exported(name, crs=crs)
    offset = geopandas.read_file(path).geometry[0].centroid.distance(square(1, 1, 2, 2).centroid)
    assert 0.002 < offset < 0.02, "the file has the numbers of the other system"
    for declared in (crs, None):  # declared, or by the column that says it
        source = prepare(Wanted(path, path.name, "park", crs=declared))
        assert source.system.name == crs.replace("-", "")
        (row,) = source.rows
        assert shapely.hausdorff_distance(row.shape, square(1, 1, 2, 2)) < 1e-7
        assert import_(path, crs=declared).empty


@pytest.mark.parametrize("encoding", ["GBK", "UTF-8"])
def test_a_shapefile_says_its_encoding(encoding: str, import_: Run, exported: Any) -> None:
    path = exported("shapefile", encoding=encoding)
    assert geopandas.read_file(path)["name_zh"].tolist() == ["中央公园"]
    plan = import_(path)
    assert (plan.source.table.encoding, plan.empty) == (encoding, True)


def test_the_zones_of_a_past_day(file_of: FileOf, import_: Run, exported: Any) -> None:
    plan = import_(file_of([park("PK001", 0, 0), park("PK100", 1, 0)]))
    past = geopandas.read_file(exported("geojson", at=plan.begin - timedelta(seconds=1)))
    assert past["code"].tolist() == ["PK001"]
    assert shapely.hausdorff_distance(past.geometry[0], square(1, 1, 2, 2)) < 1e-9
    with pytest.raises(FileError, match="No zone of the kind 'park' holds"):
        exported("geojson", at=plan.begin - timedelta(days=20_000))


def test_what_a_shapefile_cannot_hold_is_refused(file_of: FileOf, import_: Run, exported: Any) -> None:
    import_(file_of([park("PK100", 0, 0, note="长" * 100)]))
    with pytest.raises(FileError, match="attributes of PK100 has more than the 254 bytes"):
        exported("shapefile")
    with pytest.raises(FileError, match="cannot be written in ASCII"):
        exported("shapefile", encoding="ASCII")


@pytest.mark.parametrize(
    ("name", "crs", "says"),
    [("kml", "EPSG:4549", "always in WGS-84"), ("kml", "BD09", "always in WGS-84"), ("geojson", "x", "not known")],
)
def test_systems_that_a_file_cannot_have(name: str, crs: str, says: str, city: None, exported: Any) -> None:
    with pytest.raises(FileError, match=says):
        exported(name, crs=crs)


offsets = st.floats(0, 4 * STEP, allow_nan=False)
corners = st.tuples(*[st.tuples(offsets.map(WEST.__add__), offsets.map(SOUTH.__add__))] * 3)
triangles = corners.map(shapely.Polygon).filter(lambda triangle: triangle.is_valid and triangle.area > 1e-9)


@given(shapes=st.lists(triangles, min_size=1, max_size=4))
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("name", LOSSLESS)
def test_any_shape_comes_back_to_a_billionth_of_a_degree(
    name: str, shapes: list[Any], file_of: FileOf, import_: Run, exported: Any
) -> None:
    rows = [park(f"EV{i}", 0, 0) | {"geometry": shape} for i, shape in enumerate(shapes)]
    before = transaction.savepoint()
    import_(file_of(rows), "event")
    path = exported(name, "event")
    back = {row.code: row.shape for row in prepare(Wanted(path, path.name, "event")).rows}
    assert import_(path, "event").empty
    transaction.savepoint_rollback(before)
    assert all(shapely.hausdorff_distance(back[row["code"]], row["geometry"]) < 1e-9 for row in rows)
