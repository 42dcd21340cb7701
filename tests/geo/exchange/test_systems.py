"""Coordinate systems are declared, and brought to WGS-84; what does not fit its system is refused."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from geo.coordinates import wgs84_to_bd09, wgs84_to_gcj02
from geo.exchange.faults import FileError
from geo.exchange.files import Format
from geo.exchange.plan import Plan
from tests.geo.exchange.samples import FileOf, Run, park
from tests.small_city import square

CITY_PROJ = "+proj=tmerc +lat_0=0 +lon_0=120.25 +k=1 +x_0=150000 +y_0=-3400000 +ellps=GRS80 +units=m +no_defs"


def read_square(plan: Plan) -> float:
    """Degrees between the shape of the plan's only zone and square (0, 0)."""
    (step,) = plan.created
    return float(shapely.hausdorff_distance(step.draft.shape, square(0, 0)))


@pytest.mark.parametrize("crs", [4490, 4549, 4528, 4509, 32651, 3857, CITY_PROJ])
def test_systems_that_the_file_names(crs: Any, file_of: FileOf, dry_run: Run) -> None:
    assert read_square(dry_run(file_of([park("PK100", 0, 0)], crs=crs))) < 1e-8


@pytest.mark.parametrize(("crs", "declared"), [(4549, "EPSG:4549"), (4490, "CGCS2000"), (CITY_PROJ, CITY_PROJ)])
def test_a_shapefile_without_prj_needs_a_declaration(crs: Any, declared: str, file_of: FileOf, dry_run: Run) -> None:
    path = file_of([park("PK100", 0, 0)], Format.SHAPEFILE, crs=crs)
    path.with_suffix(".prj").unlink()
    with pytest.raises(FileError, match="no coordinate system; declare it with --crs"):
        dry_run(path)
    assert read_square(dry_run(path, crs=declared)) < 1e-8


@pytest.mark.parametrize(("crs", "forward"), [("GCJ02", wgs84_to_gcj02), ("bd-09", wgs84_to_bd09)])
def test_offset_systems_are_declared(crs: str, forward: Any, file_of: FileOf, dry_run: Run) -> None:
    offset = shapely.transform(square(0, 0), lambda p: np.column_stack(forward(p[:, 0], p[:, 1])))
    path = file_of([park("PK100", 0, 0) | {"geometry": offset}], Format.GEOJSON, COORDINATE_PRECISION=15)
    plan = dry_run(path, crs=crs)
    assert read_square(plan) < 1e-8
    assert "The file says EPSG:4326" in plan.source.notes[0][1]
    assert read_square(dry_run(path, allow_outside=True)) > 0.001, (
        "undeclared it is taken for what the file says, never guessed"
    )


@pytest.mark.parametrize("crs", ["EPSG:4490", "EPSG:4549", "EPSG:4528", "GCJ02"])
def test_swapped_axes_are_refused_with_the_reason(crs: str, tmp_path: Path, dry_run: Run) -> None:
    there = square(0, 0)
    if crs.startswith("EPSG"):
        to = Transformer.from_crs(4326, crs, always_xy=True)
        there = shapely.transform(there, lambda p: np.column_stack(to.transform(p[:, 0], p[:, 1])))
    swapped = shapely.transform(there, lambda p: p[:, ::-1])
    feature = {"type": "Feature", "properties": {"code": "A", "name": "甲"}, "geometry": swapped.__geo_interface__}
    path = tmp_path / "swapped.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    with pytest.raises(FileError, match="north first") as caught:
        dry_run(path, crs=crs)
    assert caught.value.fault.reason == "axes_swapped"


def test_a_system_that_the_numbers_do_not_fit(file_of: FileOf, dry_run: Run) -> None:
    path = file_of([park("PK100", 0, 0)], crs=4549)
    with pytest.raises(FileError, match="outside the area of use of EPSG:4490"):
        dry_run(path, crs="EPSG:4490")


def test_a_datum_that_nobody_has_described_is_named(file_of: FileOf, dry_run: Run) -> None:
    plan = dry_run(file_of([park("PK100", 0, 0)]), crs="EPSG:4610")
    assert any("may be off by 100 m" in en for _, en in plan.source.notes)


@pytest.mark.parametrize("crs", ["EPSG:999999", "+proj=nonsense", "北京54"])
def test_an_unknown_system(crs: str, file_of: FileOf, dry_run: Run) -> None:
    with pytest.raises(FileError, match="is not known"):
        dry_run(file_of([park("PK100", 0, 0)]), crs=crs)


@pytest.mark.parametrize("undefined", [0, -1])
def test_a_geopackage_of_an_undefined_system(undefined: int, file_of: FileOf, dry_run: Run) -> None:
    path = file_of([park("PK100", 0, 0)])
    with sqlite3.connect(path) as package:
        for table in ("gpkg_geometry_columns", "gpkg_contents"):
            package.execute(f"UPDATE {table} SET srs_id = {undefined}")
    with pytest.raises(FileError, match="no coordinate system"):
        dry_run(path)
    assert read_square(dry_run(path, crs="WGS84")) < 1e-8


def test_a_file_of_nothing_but_empty_shapes(file_of: FileOf, dry_run: Run) -> None:
    path = file_of([park("PK100", 0, 0) | {"geometry": None}], crs=4549, geometry_type="Polygon")
    assert [fault.reason for fault in dry_run(path).faults] == ["shape"]
