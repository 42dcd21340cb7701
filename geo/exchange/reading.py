"""Reads a file's features: shapes as they are in the file, and plain Python values by column."""

import codecs
import json
import math
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray
from pyogrio.errors import CRSError, DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from geo.exchange.faults import FileError
from geo.exchange.files import Format, Opened, code_page, opened, several_layers

_UNREADABLE = (CRSError, DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError, UnicodeDecodeError)
_BYTES = "ISO-8859-1"  # gives each byte as one character, so that the bytes can be had back


@dataclass(frozen=True)
class Table:
    """The features of one layer, in the order of the file.

    `shapes` are in the file's own system, x before y, None where there is none; those in `unclosed` had a ring that
    did not end where it began and have been closed. `encoding` is empty where the format knows but one.
    """

    format: Format
    layer: str
    crs: str | None
    encoding: str
    features: list[int]
    shapes: NDArray[np.object_]
    unclosed: frozenset[int]
    columns: dict[str, list[Any]]


def read(path: Path, layer: str | None = None, encoding: str | None = None) -> Table:
    """Raises FileError when the file cannot be read, has several layers and none is chosen, or has no features."""
    with opened(path, layer) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # GDAL warns of rings and codes that are reported as faults further on
        try:
            return _read(file, layer, encoding)
        except _UNREADABLE as error:
            raise FileError("unreadable", f"文件无法读取：{error}。", f"The file cannot be read: {error}.") from error


def _read(file: Opened, layer: str | None, encoding: str | None) -> Table:
    layer = _layer(file, layer)
    declared = code_page(file.path) if file.format == Format.SHAPEFILE else ""
    by_bytes = file.format == Format.SHAPEFILE and (encoding is not None or not declared)
    about, features, wkb, values = pyogrio.raw.read(
        file.path,
        layer=layer,
        encoding=_BYTES if by_bytes else None,
        force_2d=True,
        return_fids=True,
        datetime_as_string=True,
    )
    if not len(features):
        raise FileError("no_features", "文件中没有要素。", "There are no features in the file.")
    names = [str(name) for name in about["fields"]]
    columns = [column.tolist() for column in values]
    if by_bytes:
        declared = _encoding([names, *columns], encoding)
        names = [_decoded(name, declared) for name in names]
        columns = [[_decoded(v, declared) if isinstance(v, str) else v for v in column] for column in columns]
    kinds = zip(columns, about["ogr_types"], about["ogr_subtypes"], strict=True)
    shapes, unclosed = _shapes(wkb)
    return Table(
        file.format,
        layer,
        _own_system(about["crs"]),
        declared,
        [int(feature) for feature in features],
        shapes,
        unclosed,
        dict(zip(names, (_plain(*kind) for kind in kinds), strict=True)),
    )


def _layer(file: Opened, layer: str | None) -> str:
    with_shapes = [str(name) for name, kind in pyogrio.list_layers(file.path) if kind is not None]
    if file.format != Format.SHAPEFILE and layer in with_shapes:
        return str(layer)
    if len(with_shapes) == 1 and (layer is None or file.format == Format.SHAPEFILE):
        return with_shapes[0]
    raise several_layers(with_shapes)


def _own_system(crs: str | None) -> str | None:
    # A GeoPackage has "Undefined geographic SRS" and "Undefined Cartesian SRS" where other files have nothing.
    return None if crs is None or '["Undefined ' in crs else crs


def _shapes(wkb: Sequence[bytes | None]) -> tuple[NDArray[np.object_], frozenset[int]]:
    shapes = shapely.from_wkb(wkb, on_invalid="ignore")
    # What GEOS refuses to read are rings that are not closed.
    refused = [i for i, shape in enumerate(shapes) if shape is None and wkb[i] is not None]
    for i in refused:
        shapes[i] = shapely.from_wkb(wkb[i], on_invalid="fix")
    return shapes, frozenset(i for i in refused if shapes[i] is not None)


def _plain(values: list[Any], ogr_type: str, subtype: str) -> list[Any]:
    """The values as Python has them: None where there is none, whole numbers whole, JSON taken apart."""
    if ogr_type == "OFTBinary":
        return [None] * len(values)
    if subtype == "OFSTJSON":
        return [json.loads(value) if value else None for value in values]
    whole = ogr_type.startswith("OFTInteger") and subtype != "OFSTBoolean"
    return [_value(value, whole) for value in values]


def _value(value: Any, whole: bool) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "").strip() or None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, np.ndarray):
        return value.tolist()
    return int(value) if whole and value is not None else value


def _encoding(texts: Iterable[Iterable[Any]], declared: str | None) -> str:
    """The encoding of a table that does not declare it: UTF-8 if its bytes are that, which GBK hardly ever is."""
    joined = [value for column in texts for value in column if isinstance(value, str)]
    for encoding in [declared] if declared else ["UTF-8", "GB18030"]:
        try:
            for text in joined:
                _decoded(text, encoding)
        except UnicodeDecodeError:
            continue
        except LookupError as error:
            raise FileError("encoding", f"没有编码 {encoding!r}。", f"There is no encoding {encoding!r}.") from error
        return encoding
    tried = declared or "UTF-8, GB18030"
    raise FileError(
        "encoding",
        f"属性表不是 {tried} 编码；请用 --encoding 声明编码。",
        f"The attribute table is not in {tried}; declare what it is in with --encoding.",
    )


def _decoded(text: str, encoding: str) -> str:
    # Not to the end: a field of fixed width may have been cut in the middle of a character.
    return codecs.getincrementaldecoder(encoding)().decode(text.encode(_BYTES), final=False)
