"""Import and export of zones over HTTP; the same as the command `yiwang zones`."""

import json
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, File, Form, Router, Schema
from ninja.files import UploadedFile

from geo.exchange import applying
from geo.exchange.columns import FIELDS
from geo.exchange.faults import FileError
from geo.exchange.report import as_json
from geo.exchange.rows import Wanted
from geo.exchange.writing import TARGETS, export
from geo.times import aware
from twin import clock
from twin.problems import Problem
from twin.session import person

router = Router(tags=["geo"])
MOST_BYTES = 256 << 20


class ImportIn(Schema):
    """What to do with the file. A column is named, or a text is given that begins with `=`: `=网格 {CODE}`."""

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


@router.post("/zones/import")
def import_zones(request: HttpRequest, form: Form[ImportIn], file: File[UploadedFile]) -> dict[str, Any]:
    """Say what importing the file would create, change and retire; with `apply`, do it. Nothing is half imported.

    422 with the plan in the problem if it has faults and was to be applied.
    """
    if (file.size or 0) > MOST_BYTES:
        raise Problem(413, f"The file has more than {MOST_BYTES >> 20} MiB.")
    with TemporaryDirectory(prefix="yiwang-") as folder:
        copy = Path(folder) / Path(file.name or "file").name
        with copy.open("wb") as written:
            written.writelines(file.chunks())
        wanted = _wanted(form, copy)
        try:
            if not form.apply:
                return as_json(applying.dry_run(wanted, person(request)), applied=False)
            plan = applying.apply(wanted, person(request), token=form.plan, request=request)
        except FileError as error:
            raise _problem(error) from error
    if plan.faults:
        first = plan.faults[0]
        where = f"row {first.row}: " if first.row else ""
        detail = f"Nothing was imported, because of {len(plan.faults)} faults. The first: {where}{first.en}"
        raise Problem(422, detail, **as_json(plan, applied=False))
    return as_json(plan, applied=True)


@router.get("/zones/export")
def export_zones(
    request: HttpRequest,
    kind: str,
    format: str = "geojson",
    at: datetime | None = None,
    crs: str = "EPSG:4326",
    encoding: str = "",
) -> HttpResponse:
    """The zones of a kind that hold now, or at a time, as a file: geojson, shapefile, geopackage, kml, flatgeobuf."""
    if format not in TARGETS:
        raise Problem(422, f"There is no format {format!r}; there are {', '.join(TARGETS)}.")
    target = TARGETS[format]
    with TemporaryDirectory(prefix="yiwang-") as folder:
        path = Path(folder) / "export"
        try:
            export(path, kind, target, aware(at) or clock.now(), crs=crs, encoding=encoding)
        except FileError as error:
            raise _problem(error) from error
        response = HttpResponse(path.read_bytes(), content_type=target.media_type)
    response["Content-Disposition"] = f'attachment; filename="zones-{kind}{target.suffix}"'
    return response


def _wanted(form: ImportIn, path: Path) -> Wanted:
    attributes = None
    if form.attributes is not None:
        try:
            attributes = [str(column) for column in json.loads(form.attributes)]
        except (ValueError, TypeError) as error:
            raise Problem(422, f"attributes is no JSON list of column names: {error}") from error
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
    return Problem(422, error.fault.en, detail_zh=error.fault.zh, reason=error.fault.reason)
