"""Files as people have them."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from geo.exchange.files import Format
from geo.exchange.plan import Plan
from tests.small_city import square

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


def zipped(shapefile: Path) -> Path:
    """A Shapefile's parts in one zip, in a folder, as people send them."""
    path = shapefile.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for part in shapefile.parent.glob(f"{shapefile.stem}.*"):
            if part != path:
                archive.write(part, f"数据/{part.name}")
    return path
