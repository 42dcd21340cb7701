"""Zones as they hold at a time, written to a file that GIS programs read, and that an import takes back unchanged."""

import json
import warnings
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geopandas
import pyogrio
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.coordinates import FROM_WGS84
from geo.exchange.faults import FileError
from geo.exchange.files import Format
from geo.exchange.systems import moved, offset_name
from geo.models import ZoneVersion

_NAMED = {"WGS84": "EPSG:4326", "CGCS2000": "EPSG:4490"}
_WIDEST = 254  # bytes that a field of a Shapefile's table has room for


@dataclass(frozen=True)
class Target:
    """A format as people name it: its file's suffix, its media type, and GDAL's options."""

    format: Format
    suffix: str
    media_type: str
    options: dict[str, Any]


TARGETS = {
    "geojson": Target(Format.GEOJSON, ".geojson", "application/geo+json", {"COORDINATE_PRECISION": 15}),
    "shapefile": Target(Format.SHAPEFILE, ".zip", "application/zip", {}),
    "geopackage": Target(Format.GEOPACKAGE, ".gpkg", "application/geopackage+sqlite3", {}),
    "kml": Target(Format.KML, ".kml", "application/vnd.google-earth.kml+xml", {}),
    "flatgeobuf": Target(Format.FLATGEOBUF, ".fgb", "application/flatgeobuf", {}),
}


def export(path: Path, kind: str, target: Target, at: datetime, *, crs: str = "EPSG:4326", encoding: str = "") -> int:
    """Write the zones of a kind that hold at `at` to `path`, and give their number. A Shapefile is one zip.

    `crs` may be GCJ02 or BD09: no file's own mark can name them, so the column `crs` does, which an import goes by.
    `encoding` is that of a Shapefile's table: UTF-8 unless it says GBK or another; a .cpg names it. Raises FileError.
    """
    versions = list(
        ZoneVersion.objects.holding(at).filter(zone__kind=kind).select_related("zone").order_by("zone__code")
    )
    if not versions:
        raise FileError("no_zones", f"{at} 没有 {kind} 类型的区域。", f"No zone of the kind {kind!r} holds at {at}.")
    frame = _in_system(_frame(versions), crs, target)
    options = dict(target.options)
    if target.format == Format.SHAPEFILE:
        options["encoding"] = encoding or "UTF-8"
        _check_widths(frame, options["encoding"])
    if target.format == Format.KML:
        frame = frame.rename(columns={"name_zh": "Name"})  # what viewers of KML write beside a place
    with TemporaryDirectory(prefix="yiwang-") as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pyogrio warns of files without a system's mark, which are meant
        suffix = ".shp" if target.format == Format.SHAPEFILE else target.suffix
        made = Path(folder) / f"{kind}{suffix}"
        pyogrio.write_dataframe(
            frame,
            made,
            layer=kind,
            driver=target.format.value,
            geometry_type="MultiPolygon",
            promote_to_multi=True,
            **options,
        )
        _deliver(Path(folder), made, path)
    return len(versions)


def _frame(versions: list[ZoneVersion]) -> geopandas.GeoDataFrame:
    """Column names have at most ten letters, so that a Shapefile keeps them."""
    rows = [
        {
            "kind": version.zone.kind_id,
            "code": version.zone.code,
            "name_zh": version.name_zh,
            "name_en": version.name_en,
            "department": version.department,
            "precedence": version.precedence,
            "number": version.number,
            "holds_from": version.holds_from.isoformat(),
            "holds_to": version.holds_to.isoformat() if version.holds_to else None,
            "attributes": json.dumps(version.attributes, ensure_ascii=False) if version.attributes else None,
        }
        for version in versions
    ]
    shapes = shapely.from_wkb([bytes(version.geom.wkb) for version in versions])
    return geopandas.GeoDataFrame(rows, geometry=shapes, crs=4326)


def _in_system(frame: geopandas.GeoDataFrame, crs: str, target: Target) -> geopandas.GeoDataFrame:
    offset = offset_name(crs)
    if offset is None:
        return frame.to_crs(_system(crs, target))
    _check_kml(target, False)
    shapes = moved(frame.geometry.to_numpy(), FROM_WGS84[offset])
    # A GeoJSON is always taken for WGS-84, so that its mark would be wrong whatever it said; the others have none.
    return geopandas.GeoDataFrame(frame.drop(columns="geometry").assign(crs=offset), geometry=shapes)


def _check_kml(target: Target, fits: bool) -> None:
    if target.format == Format.KML and not fits:
        raise FileError("kml_crs", "KML 只能用 WGS-84。", "KML is always in WGS-84; leave --crs out.")


def _system(crs: str, target: Target) -> CRS:
    named = _NAMED.get(crs.upper().replace("-", ""), crs)  # what an import takes by name, an export does too
    try:
        system = CRS.from_user_input(named)
    except CRSError as error:
        raise FileError(
            "unknown_crs", f"无法识别坐标系 {crs!r}：{error}", f"The coordinate system {crs!r} is not known: {error}"
        ) from error
    _check_kml(target, system == CRS.from_epsg(4326))
    return system


def _check_widths(frame: geopandas.GeoDataFrame, encoding: str) -> None:
    """A table would be cut silently in the middle of a name; say so instead."""
    for name in frame.columns.drop("geometry"):
        for code, value in zip(frame["code"], frame[name], strict=True):
            try:
                width = len(value.encode(encoding)) if isinstance(value, str) else 0
            except (UnicodeEncodeError, LookupError) as error:
                raise FileError(
                    "encoding",
                    f"{code} 的 {name} 无法用 {encoding} 编码：{error}。",
                    f"{name} of {code} cannot be written in {encoding}: {error}. Use UTF-8.",
                ) from error
            if width > _WIDEST:
                raise FileError(
                    "too_wide",
                    f"{code} 的 {name} 超过 Shapefile 字段的 {_WIDEST} 字节；请导出为 GeoPackage。",
                    f"{name} of {code} has more than the {_WIDEST} bytes of a Shapefile's field; export a GeoPackage.",
                )


def _deliver(folder: Path, made: Path, path: Path) -> None:
    if made.suffix != ".shp":
        path.write_bytes(made.read_bytes())
        return
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(folder.iterdir()):
            archive.write(part, part.name)
