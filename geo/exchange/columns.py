"""Which column of a file is what of a zone: as a person says, or by the names that such columns usually have."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo.exchange.faults import FileError
from geo.exchange.reading import Table

FIELDS = ("code", "name_zh", "name_en", "department", "precedence")
KIND, ATTRIBUTES, SYSTEM = "kind", "attributes", "crs"  # columns that exports have

NONE = "-"

_USUAL: Mapping[str, Sequence[str]] = tomllib.loads(
    (Path(__file__).parent / "usual_columns.toml").read_text(encoding="utf-8")
)
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class Mapped:
    """What each field of a zone is made of (a column, or a text that begins with `=`), and what is left."""

    fields: dict[str, str]
    attributes: list[str]
    ignored: list[str]


def mapped(table: Table, wanted: Mapping[str, str | None], attributes: Sequence[str] | None = None) -> Mapped:
    """Map the columns of a table. `wanted` has, by field, a column or a text: `=网格 {CODE}` puts in the column CODE.

    `-` is none, also where a column has the usual name: then zones that are there keep what they have.
    `attributes` are the columns to keep as attributes; None keeps all that are nothing else. Raises FileError.
    """
    likely = usual(table)
    fields: dict[str, str] = {}
    for field in FIELDS:
        said = wanted.get(field)
        if said == NONE:
            continue
        if source := (_named(table, field, said) if said else likely.get(field)):
            fields[field] = source
    if "code" not in fields:
        raise _no_column(table, "code", None)
    for name in attributes or ():
        if name not in table.columns:
            raise _no_column(table, "attribute", name)
    used = {*fields.values(), *(n for source in fields.values() for n in _placeholders(source))}
    left = [name for name in table.columns if name not in used]
    kept = [n for n in left if n.lower() not in _USUAL["bookkeeping"]] if attributes is None else list(attributes)
    return Mapped(fields, kept, [name for name in left if name not in kept])


def usual(table: Table) -> dict[str, str]:
    """The columns that by their names are likely a field of a zone."""
    by_name = {name.lower(): name for name in reversed(table.columns)}  # of two alike the first counts
    found = {field: next((by_name[n] for n in _USUAL[field] if n in by_name), None) for field in FIELDS}
    return {field: column for field, column in found.items() if column}


def values_of(table: Table, source: str) -> list[Any]:
    """The values, row by row, of a column or of a text with columns in it."""
    if not source.startswith("="):
        return table.columns[source]
    # Every other piece is the name of a column: that is how `split` gives groups.
    pieces = _PLACEHOLDER.split(source[1:])
    return [
        "".join(text_of(table.columns[piece][row]) if i % 2 else piece for i, piece in enumerate(pieces))
        for row in range(len(table.features))
    ]


def attributes_of(table: Table, names: Sequence[str], row: int) -> dict[str, Any]:
    """The attributes of a row; None stands for one that it does not have. Raises ValueError if they are no object.

    The column `attributes`, which exports have, holds them all as one JSON object.
    """
    found: dict[str, Any] = {}
    for name in names:
        value = table.columns[name][row]
        if name != ATTRIBUTES:
            found[name] = value
        elif value is not None:
            several = json.loads(value) if isinstance(value, str) else value
            if not isinstance(several, dict):
                raise ValueError("attributes are no JSON object")
            found |= several
    return found


def text_of(value: Any) -> str:
    """A value as text; a code that a table keeps as a number comes without a decimal point."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _named(table: Table, field: str, source: str) -> str:
    for name in _placeholders(source) if source.startswith("=") else [source]:
        if name not in table.columns:
            raise _no_column(table, field, name)
    return source


def _placeholders(source: str) -> list[str]:
    return _PLACEHOLDER.findall(source) if source.startswith("=") else []


def _no_column(table: Table, field: str, name: str | None) -> FileError:
    option = f"--{field.replace('_', '-')}"
    there = ", ".join(table.columns) or "–"
    if name is None:
        return FileError(
            "no_column",
            f"没有认出编码列；请用 {option} 指定。文件的列：{there}。",
            f"No column looks like the zones' codes; name it with {option}. The file has: {there}.",
        )
    return FileError(
        "no_column",
        f"没有列 {name!r}（{option}）。文件的列：{there}。固定文字写作 {option} '=文字'。",
        f"There is no column {name!r} for {option}. The file has: {there}. A fixed text is written {option} '=TEXT'.",
    )
