"""Objects of one type as they go into an export: a table, points on the map, and words in both languages.

A room that knows a type says how it looks (`settings.EXPORT_SHEETS`); any other type is shown as its bare state.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import orjson
from django.conf import settings
from django.utils.module_loading import import_string

Language = Literal["zh", "en"]
Colour = tuple[int, int, int]
GREY: Colour = (110, 123, 140)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Legend:
    """A colour of the map and what it stands for."""

    colour: Colour
    text: str


@dataclass(frozen=True)
class Line:
    """One object. `place` is longitude and latitude in WGS-84 degrees; None: it is in the table alone."""

    values: Sequence[Any]
    place: tuple[float, float] | None
    tooltip: str
    colour: Colour = GREY
    exercise: str = ""


@dataclass(frozen=True)
class Sheet:
    """`name` is the file's, `title` a person's; `columns` are the names over `values`; `pixels` a point's radius."""

    name: str
    title: str
    columns: Sequence[str]
    lines: Sequence[Line]
    legend: Sequence[Legend] = field(default_factory=tuple)
    pixels: float = 3


def sheet(object_type: str, features: list[dict[str, Any]], at: datetime, language: Language) -> Sheet:
    """The sheet of these features, all of one type, at a moment."""
    known = settings.EXPORT_SHEETS.get(object_type)
    found: Sheet = import_string(known)(features, at, language) if known else _plain(object_type, features)
    return found


def _plain(object_type: str, features: list[dict[str, Any]]) -> Sheet:
    columns = sorted({name for feature in features for name in feature["state"]})
    lines = [
        Line(
            [feature["id"], *(feature["state"].get(name) for name in columns)],
            place_of(feature["state"]),
            f"{object_type} {feature['id']}",
            exercise=feature["state"].get("exercise") or "",
        )
        for feature in features
    ]
    return Sheet(f"{object_type}s", object_type, ["id", *columns], lines)


def place_of(state: dict[str, Any]) -> tuple[float, float] | None:
    return (state["lon"], state["lat"]) if state.get("lon") is not None else None


def to_csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """UTF-8 with a mark, by which Excel knows it; a text that Excel would take for a formula gets an apostrophe."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(columns)
    table.writerows([_cell(value) for value in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return orjson.dumps(value).decode() if isinstance(value, list | dict) else value


def to_geojson(sheet: Sheet) -> bytes:
    """RFC 7946: WGS-84, longitude first."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": line.place} if line.place else None,
            "properties": dict(zip(sheet.columns, line.values, strict=True)),
        }
        for line in sheet.lines
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": features})
