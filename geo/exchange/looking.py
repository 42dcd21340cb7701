"""What a file has, before anything is asked of it: so that its columns can be chosen from lists."""

from pathlib import Path
from typing import Any

from geo.exchange.columns import ATTRIBUTES, text_of, usual
from geo.exchange.faults import FileError
from geo.exchange.reading import Table, read
from geo.exchange.rows import said_by_column
from geo.exchange.systems import system_of

_SAMPLES = 3
_WIDEST = 60  # characters of a sample


def look(path: Path, layer: str | None = None, encoding: str | None = None) -> dict[str, Any]:
    """Format, system, columns with samples of their values, and which of them are likely what. Raises FileError."""
    table = read(path, layer, encoding)
    return {
        "format": table.format,
        "layer": table.layer,
        "features": len(table.features),
        "encoding": table.encoding,
        "crs": _system(table),
        "columns": [{"name": name, "samples": _samples(values)} for name, values in table.columns.items()],
        "fields": usual(table),
        "exported": ATTRIBUTES in table.columns,
    }


def _system(table: Table) -> str | None:
    """What the file says of its system; None if that is nothing, or nothing that is known."""
    try:
        return system_of(said_by_column(table), table.crs).name
    except FileError:
        return None


def _samples(values: list[Any]) -> list[str]:
    """A few different values, as text."""
    found: dict[str, None] = {}
    for value in values:
        if text := text_of(value)[:_WIDEST]:
            found.setdefault(text)
        if len(found) == _SAMPLES:
            break
    return list(found)
