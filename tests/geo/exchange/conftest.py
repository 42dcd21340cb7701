"""Files as people have them, and importing them."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import pyogrio
import pytest

from geo.exchange import applying
from geo.exchange.files import Format
from geo.exchange.plan import Plan
from geo.exchange.rows import Wanted
from tests.small_city import square
from twin.models import User

Rows = list[dict[str, Any]]
FileOf = Callable[..., Path]
Run = Callable[..., Plan]
SUFFIX = {
    Format.GEOJSON: ".geojson",
    Format.SHAPEFILE: ".shp",
    Format.GEOPACKAGE: ".gpkg",
    Format.KML: ".kml",
    Format.FLATGEOBUF: ".fgb",
}


def park(code: str, column: int, row: int, name: str = "新园", **more: Any) -> dict[str, Any]:
    """A row of a file: a square of the small city, WGS-84."""
    return {"code": code, "name_zh": name, "geometry": square(column, row)} | more


@pytest.fixture
def planner(city: None) -> User:
    return User.objects.get(username="demo-planner")


@pytest.fixture
def file_of(tmp_path: Path) -> FileOf:
    """Write rows (WGS-84) to a file in a format and system."""

    def write(rows: Rows, format: Format = Format.GEOPACKAGE, crs: Any = 4326, **more: Any) -> Path:
        path = tmp_path / f"zones{SUFFIX[format]}"
        frame = geopandas.GeoDataFrame(rows, crs=4326).to_crs(crs)
        path.unlink(missing_ok=True)
        pyogrio.write_dataframe(frame, path, driver=format.value, **more)
        return path

    return write


@pytest.fixture
def dry_run(planner: User) -> Run:
    return lambda path, kind="park", **more: applying.dry_run(Wanted(path, path.name, kind, **more), planner)


@pytest.fixture
def import_(planner: User) -> Run:
    return lambda path, kind="park", token="", **more: applying.apply(
        Wanted(path, path.name, kind, **more), planner, token=token
    )


def zipped(shapefile: Path) -> Path:
    """A Shapefile's parts in one zip, in a folder, as people send them."""
    path = shapefile.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for part in shapefile.parent.glob(f"{shapefile.stem}.*"):
            if part != path:
                archive.write(part, f"数据/{part.name}")
    return path
