"""Import and export of zones over HTTP; the same as the command `yiwang zones`."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, File, Form, Router, Schema
from ninja.files import UploadedFile

from geo import changes
from geo.exchange import applying, looking
from geo.exchange.columns import FIELDS
from geo.exchange.faults import FileError
from geo.exchange.report import as_json, shapes_of
from geo.exchange.rows import Wanted
from geo.exchange.systems import offset_name
from geo.exchange.writing import TARGETS, export
from twin import clock
from twin.problems import Problem
from twin.session import person
from twin.times import aware

router = Router(tags=["geo"])
MOST_BYTES = 256 << 20


class ImportIn(Schema):
    """What to do with the file. A column is named, or a text is given that begins with `=`: `=网格 {CODE}`.

    `-` is no column, also where one has the usual name.
    """

    kind: str
    apply: bool = Field(False, description="false: only say what would be done")
    plan: str = Field("", description="token of the plan that was looked at; 409 if it is no longer that")
    code: str | None = None
    name_zh: str | None = None
    name_en: str | None = None
    department: str | None = None
    precedence: str | None = None
    attributes: str | None = Field(None, description="JSON list of columns to keep; without it all that are left")
    crs: str | None = Field(None, description="EPSG:4549, GCJ02, BD09, a PROJ string; without it the file's own")
    layer: str | None = None
    encoding: str | None = Field(None, description="of a Shapefile's table; found out if neither it nor a .cpg says it")
    holds_from: datetime | None = None
    fix: bool = Field(False, description="mend shapes that are not valid")
    retire_missing: bool = Field(False, description="retire the zones of this kind that the file does not have")
    allow_outside: bool = Field(False, description="take zones outside the city: it grows")
    shapes: bool = Field(False, description="with a dry run: give the shapes of what is new or changed as GeoJSON")


class LookIn(Schema):
    """How to open the file, where it does not say it itself."""

    layer: str | None = None
    encoding: str | None = None


@router.post("/zones/import")
def import_zones(request: HttpRequest, form: Form[ImportIn], file: File[UploadedFile]) -> dict[str, Any]:
    """Say what importing the file would create, change and retire; with `apply`, do it. Nothing is half imported.

    422 with the plan in the problem if it has faults and was to be applied.
    """
    with _kept(file) as copy:
        wanted = _wanted(form, copy)
        try:
            if not form.apply:
                plan = applying.dry_run(wanted, person(request))
                return as_json(plan, applied=False) | ({"shapes": shapes_of(plan)} if form.shapes else {})
            plan = applying.apply(wanted, person(request), token=form.plan, request=request)
        except FileError as error:
            raise _problem(error) from error
    if plan.faults:
        first = plan.faults[0]
        where = f"row {first.row}: " if first.row else ""
        detail = f"Nothing was imported, because of {len(plan.faults)} faults. The first: {where}{first.en}"
        row = f"第 {first.row} 行：" if first.row else ""
        detail_zh = f"有 {len(plan.faults)} 处错误，未导入任何内容。第一处：{row}{first.zh}"
        raise Problem(422, detail, detail_zh=detail_zh, **as_json(plan, applied=False))
    return as_json(plan, applied=True)


@router.post("/zones/import/columns")
def columns_of_file(request: HttpRequest, form: Form[LookIn], file: File[UploadedFile]) -> dict[str, Any]:
    """What a file has: its columns with samples of their values, its system, and which column is likely what.

    422 with `layers` if the file has several and none is chosen.
    """
    changes.may_change(person(request))
    with _kept(file) as copy:
        try:
            return looking.look(copy, form.layer, form.encoding)
        except FileError as error:
            raise _problem(error) from error


@router.get("/zones/export")
def export_zones(
    request: HttpRequest,
    kind: str,
    format: str = "geojson",
    at: datetime | None = None,
    crs: str = "EPSG:4326",
    encoding: str = "",
) -> HttpResponse:
    """The zones of a kind that hold now, or at a time, as a file: geojson, shapefile, geopackage, kml, flatgeobuf.

    `crs` is an EPSG code, a PROJ string, GCJ02 or BD09; of the last two the file's name and its column `crs` tell.
    """
    if format not in TARGETS:
        raise Problem(
            422, f"There is no format {format!r}; there are {', '.join(TARGETS)}.", detail_zh=f"没有{format}这种格式。"
        )
    target = TARGETS[format]
    with TemporaryDirectory(prefix="yiwang-") as folder:
        path = Path(folder) / "export"
        try:
            export(path, kind, target, aware(at) or clock.now(), crs=crs, encoding=encoding)
        except FileError as error:
            raise _problem(error) from error
        response = HttpResponse(path.read_bytes(), content_type=target.media_type)
    # What the file itself cannot say, its name does.
    system = f"-{offset}" if (offset := offset_name(crs)) else ""
    response["Content-Disposition"] = f'attachment; filename="zones-{kind}{system}{target.suffix}"'
    return response


@contextmanager
def _kept(file: UploadedFile) -> Iterator[Path]:
    """The file on disk, under its own name, for as long as the block lasts."""
    if (file.size or 0) > MOST_BYTES:
        raise Problem(
            413, f"The file has more than {MOST_BYTES >> 20} MiB.", detail_zh=f"文件超过 {MOST_BYTES >> 20} MiB。"
        )
    with TemporaryDirectory(prefix="yiwang-") as folder:
        copy = Path(folder) / Path(file.name or "file").name
        with copy.open("wb") as written:
            written.writelines(file.chunks())
        yield copy


def _wanted(form: ImportIn, path: Path) -> Wanted:
    attributes = None
    if form.attributes is not None:
        try:
            attributes = [str(column) for column in json.loads(form.attributes)]
        except (ValueError, TypeError) as error:
            raise Problem(
                422,
                f"attributes is no JSON list of column names: {error}",
                detail_zh=f"attributes 不是列名的 JSON 列表：{error}",
            ) from error
    return Wanted(
        path,
        path.name,
        form.kind,
        columns={field: getattr(form, field) for field in FIELDS},
        attributes=attributes,
        crs=form.crs,
        layer=form.layer,
        encoding=form.encoding,
        holds_from=aware(form.holds_from),
        fix=form.fix,
        retire_missing=form.retire_missing,
        allow_outside=form.allow_outside,
    )


def _problem(error: FileError) -> Problem:
    chosen_from = {"layers": error.choices} if error.choices else {}
    return Problem(422, error.fault.en, detail_zh=error.fault.zh, reason=error.fault.reason, **chosen_from)
