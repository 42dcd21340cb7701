"""Editions of the catalogue over HTTP; the same as the command `yiwang catalogue`."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.http import HttpRequest
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile

from dispatch import catalogue
from dispatch.detail import condition_out
from dispatch.editions.out import whole
from dispatch.editions.reading import COLUMNS, NEEDED, head
from dispatch.editions.taking_in import plan, take_in
from dispatch.models import Catalogue, Category, CategoryMapping
from twin import clock, revisions
from twin.problems import Problem
from twin.session import person
from twin.times import aware

router = Router(tags=["catalogue"])
MOST_BYTES = 20 << 20


class ImportIn(Schema):
    standard: str = ""
    version: str = ""
    name_zh: str = ""
    name_en: str = ""
    holds_from: datetime | None = None
    columns: str = ""  # JSON: which column of the file is which of ours; "" for none of them
    apply: bool = False
    plan: str = ""


@router.get("/catalogues")
def editions(request: HttpRequest) -> dict[str, Any]:
    """All editions, the newest first; which one holds."""
    fields = ("id", "standard", "version", "name_zh", "name_en", "holds_from")
    rows = list(Catalogue.objects.order_by("-holds_from", "-pk").values(*fields))
    now = clock.now(revisions.read())
    held = next((row["id"] for row in rows if row["holds_from"] <= now), None)
    return {"items": [row | {"in_force": row["id"] == held} for row in rows]}


@router.get("/catalogues/{int:edition}")
def one_edition(request: HttpRequest, edition: int) -> dict[str, Any]:
    """An edition whole: categories, filing and closing conditions, limits, and those of a season or class of area."""
    found = next((one for one in catalogue.editions.fresh(revisions.read()) if one.id == edition), None)
    if found is None:
        raise Problem(404, f"There is no edition {edition} of the catalogue.", detail_zh="没有这个目录版本。")
    own = Category.objects.filter(catalogue=edition, city_extension=True).values_list("code", flat=True)
    return {"id": found.id, "standard": found.standard, "version": found.version, "categories": whole(found, set(own))}


@router.get("/catalogues/{int:edition}/mapping")
def mapping(request: HttpRequest, edition: int) -> dict[str, Any]:
    """Which category of the edition before each category continues."""
    rows = CategoryMapping.objects.filter(edition=edition).select_related("previous").order_by("code")
    return {
        "items": [
            {
                "code": r.code,
                "previous": str(r.previous),
                "previous_id": r.previous_id,
                "previous_code": r.previous_code,
            }
            for r in rows
        ]
    }


@router.post("/catalogues/import/columns")
def columns_of(request: HttpRequest, file: File[UploadedFile]) -> dict[str, Any]:
    """What a table has: its columns with samples, and which of them is likely which of ours."""
    with _kept(file) as path:
        found = head(path, file.name or "")
    return {
        "rows": found.rows,
        "columns": [{"name": name, "samples": samples} for name, samples in found.columns],
        "fields": [{"code": code, "needed": code in NEEDED} for code in COLUMNS],
        "found": found.found,
    }


@router.get("/categories/{code}")
def category(request: HttpRequest, code: str) -> dict[str, Any]:
    """A category of the edition in force, with the conditions under which a matter of it is filed."""
    found = catalogue.current(revisions.read()).categories.get(code)
    if found is None:
        raise Problem(404, f"The catalogue in force has no category {code!r}.", detail_zh="现行目录中没有此类别。")
    return {
        "code": found.code,
        "name_zh": found.name_zh,
        "name_en": found.name_en,
        "conditions": [condition_out(one) | {"urgency": one.urgency} for one in found.conditions.values()],
    }


@router.post("/catalogues/import")
def import_catalogue(request: HttpRequest, form: Form[ImportIn], file: File[UploadedFile]) -> dict[str, Any]:
    """Say what a table would change; with `apply`, make it the next edition. 422 with every fault and its line."""
    with _kept(file) as path:
        columns = _columns(form.columns)
        if not form.apply:
            return plan(path, file.name or "", columns).out() | {"applied": False}
        if not form.standard or not form.version:
            raise Problem(422, "Say the standard and the version of the edition.", detail_zh="请填写标准和版本号。")
        made, edition = take_in(
            path, file.name or "", person(request), standard=form.standard, version=form.version,
            holds_from=aware(form.holds_from), names=(form.name_zh, form.name_en), token=form.plan, columns=columns,
            request=request,
        )  # fmt: skip
    return made.out() | {"applied": True, "edition": edition.pk}


def _columns(text: str) -> dict[str, str]:
    try:
        chosen = json.loads(text or "{}")
    except ValueError:
        chosen = None
    if not isinstance(chosen, dict) or not all(isinstance(name, str) for name in chosen.values()):
        raise ValueError("columns must be a JSON object of our column to the file's")
    return chosen


@contextmanager
def _kept(file: UploadedFile) -> Iterator[Path]:
    """The file on disk while it is read; ValueError inside becomes a refusal with its sentence."""
    if (file.size or 0) > MOST_BYTES:
        raise Problem(
            413, f"The file has more than {MOST_BYTES >> 20} MiB.", detail_zh=f"文件超过 {MOST_BYTES >> 20} MiB。"
        )
    with TemporaryDirectory(prefix="yiwang-") as folder:
        path = Path(folder) / f"table{Path(file.name or '').suffix.lower()}"  # the ending tells the format
        with path.open("wb") as copy:
            copy.writelines(file.chunks())
        try:
            yield path
        except ValueError as error:
            said = f"The file cannot be taken in: {error}"
            raise Problem(422, said, detail_zh=f"文件无法读取：{error}") from error
