"""The rows of a file as zones are to be, with the faults that can be seen in the file alone."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import shapely

from geo.exchange.columns import KIND, SYSTEM, Mapped, attributes_of, mapped, text_of, values_of
from geo.exchange.faults import Fault, FileError, RowFaults
from geo.exchange.reading import Table, read
from geo.exchange.systems import System, offset_name, system_of, to_wgs84
from geo.outlines import ShapeError, area_m2, check_shape

_MOST = {"code": 40, "name_zh": 120, "name_en": 120}  # characters, as the tables have room for


@dataclass(frozen=True)
class Wanted:
    """What a person asks for. `columns` and `attributes` are those of `columns.mapped`, `crs` of `systems.system_of`.

    `name` is what the person calls the file. Without `holds_from` the import holds from now on.
    """

    path: Path
    name: str
    kind: str
    columns: Mapping[str, str | None] = field(default_factory=dict)
    attributes: Sequence[str] | None = None
    crs: str | None = None
    layer: str | None = None
    encoding: str | None = None
    holds_from: datetime | None = None
    fix: bool = False
    retire_missing: bool = False
    allow_outside: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row without faults of its own. `shape` is a multipolygon in WGS-84; `fields` has what the file has."""

    says: RowFaults
    shape: shapely.Geometry
    fields: dict[str, Any]
    attributes: dict[str, Any]
    kind: str

    @property
    def code(self) -> str:
        return self.says.code


@dataclass(frozen=True, slots=True)
class Mended:
    """A shape that was not valid and has been made so; look at its area in square metres."""

    fault: Fault
    area: float


@dataclass(frozen=True)
class Source:
    """A file that has been read: what it is, how it was understood, and what is in it."""

    name: str
    sha256: str
    table: Table
    system: System
    mapped: Mapped
    rows: list[Row]
    faults: list[Fault]
    mended: list[Mended]
    notes: list[tuple[str, str]]  # in Chinese and English

    @cached_property
    def codes(self) -> set[str]:
        """Of all rows, those with faults as well."""
        return {row.code for row in self.rows} | {fault.code for fault in self.faults}


def prepare(wanted: Wanted) -> Source:
    """Read a file and check each row by itself. Raises FileError when the file as a whole cannot be used."""
    table = read(wanted.path, wanted.layer, wanted.encoding)
    system = system_of(wanted.crs or said_by_column(table), table.crs)
    columns = mapped(table, wanted.columns, wanted.attributes)
    source = Source(
        wanted.name, _digest(wanted.path), table, system, columns, [], [], [], _notes(wanted, table, system)
    )
    _Rows(source, wanted.fix).check()
    return source


def said_by_column(table: Table) -> str | None:
    """GCJ02 or BD09, if a column of every row says so, as our exports have it. It goes before the file's own mark."""
    said = {text_of(value) for value in table.columns.get(SYSTEM, [])}
    return offset_name(said.pop()) if len(said) == 1 else None


class _Rows:
    """Goes through the rows of a source and sorts them into rows and faults."""

    def __init__(self, source: Source, fix: bool) -> None:
        self.source, self.fix = source, fix
        self.shapes, self.stray = to_wgs84(source.table.shapes, source.system)
        self.values = {name: values_of(source.table, column) for name, column in source.mapped.fields.items()}
        self.kinds = source.table.columns.get(KIND, [None] * len(self.shapes))
        self.first: dict[str, int] = {}

    def check(self) -> None:
        for i, feature in enumerate(self.source.table.features):
            says = RowFaults(i + 1, feature, text_of(self.values["code"][i]))
            faults: list[Fault] = []
            fields = self._fields(i, says, faults)
            attributes = self._attributes(i, says, faults)
            shape = self._shape(i, says, faults)
            if faults:
                self.source.faults.extend(faults)
            else:
                self.source.rows.append(Row(says, shape, fields, attributes, text_of(self.kinds[i])))

    def _fields(self, i: int, says: RowFaults, faults: list[Fault]) -> dict[str, Any]:
        fields: dict[str, Any] = {name: text_of(column[i]) for name, column in self.values.items()}
        faults += [says.too_long(name, most) for name, most in _MOST.items() if len(fields.get(name, "")) > most]
        if not says.code:
            faults.append(says.missing_code())
        elif (first := self.first.setdefault(says.code, i + 1)) != i + 1:
            faults.append(says.duplicate_code(first))
        if fields.get("name_zh") == "":
            faults.append(says.missing_name())
        if precedence := fields.pop("precedence", ""):
            try:
                fields["precedence"] = int(precedence)
            except ValueError:
                faults.append(says.bad_precedence(precedence))
        return fields

    def _attributes(self, i: int, says: RowFaults, faults: list[Fault]) -> dict[str, Any]:
        try:
            return attributes_of(self.source.table, self.source.mapped.attributes, i)
        except ValueError:
            faults.append(says.bad_attributes())
            return {}

    def _shape(self, i: int, says: RowFaults, faults: list[Fault]) -> shapely.Geometry:
        if i in self.stray:
            faults.append(says.outside_crs(self.source.system.name))
            return None
        unclosed = says.unclosed() if i in self.source.table.unclosed else None
        if unclosed and not self.fix:
            faults.append(unclosed)
            return None
        try:
            return self._checked(i, says, unclosed)
        except ShapeError as error:
            faults.append(says.shape(error))
            return None

    def _checked(self, i: int, says: RowFaults, unclosed: Fault | None) -> shapely.Geometry:
        fault = unclosed
        try:
            shape = check_shape(self.shapes[i])
        except ShapeError as error:
            if not (self.fix and error.mendable):
                raise
            fault = says.shape(error)
            shape = check_shape(shapely.make_valid(self.shapes[i], method="structure", keep_collapsed=False))
        if fault:
            self.source.mended.append(Mended(fault, area_m2(shape)))
        return shape


def _notes(wanted: Wanted, table: Table, system: System) -> list[tuple[str, str]]:
    notes = []
    if wanted.crs and table.crs and (own := _name(table.crs)) != system.name:
        notes.append(
            (f"文件自称 {own}；按声明的 {system.name} 读取。", f"The file says {own}; it is read as {system.name}.")
        )
    if not system.exact:
        notes.append(
            (
                f"{system.name} 与 WGS-84 的基准转换未知，位置可能偏差约百米；有参数时请用含 +towgs84 的 PROJ 串声明。",
                f"How the datum of {system.name} lies to WGS-84 is not known, so places may be off by 100 m or so;"
                " declare a PROJ string with +towgs84 if you have its parameters.",
            )
        )
    return notes


def _name(crs: str) -> str:
    try:
        return system_of(None, crs).name
    except FileError:  # then it is well that another one is declared
        return crs


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
