"""Editions of the catalogue over HTTP; the same as the command `yiwang catalogue`."""

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile

from dispatch import catalogue
from dispatch.detail import condition_out
from dispatch.editions.taking_in import plan, take_in
from dispatch.models import Catalogue, CategoryMapping
from twin import revisions
from twin.problems import Problem
from twin.session import person

router = Router(tags=["catalogue"])
MOST_BYTES = 20 << 20


class ImportIn(Schema):
    standard: str = ""
    version: str = ""
    name_zh: str = ""
    name_en: str = ""
    holds_from: datetime | None = None
    apply: bool = False
    plan: str = ""


@router.get("/catalogues")
def editions(request: HttpRequest) -> dict[str, Any]:
    """All editions, the newest first."""
    fields = ("id", "standard", "version", "name_zh", "name_en", "holds_from")
    return {"items": list(Catalogue.objects.order_by("-holds_from", "-pk").values(*fields))}


@router.get("/catalogues/{int:edition}/mapping")
def mapping(request: HttpRequest, edition: int) -> dict[str, Any]:
    """Which category of the edition before each category continues."""
    rows = CategoryMapping.objects.filter(edition=edition).select_related("previous").order_by("code")
    return {"items": [{"code": r.code, "previous": str(r.previous), "previous_code": r.previous_code} for r in rows]}


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
    if (file.size or 0) > MOST_BYTES:
        raise Problem(413, f"The file has more than {MOST_BYTES >> 20} MiB.")
    with TemporaryDirectory(prefix="yiwang-") as folder:
        path = Path(folder) / f"table{Path(file.name or '').suffix.lower()}"  # the ending tells the format
        with path.open("wb") as copy:
            copy.writelines(file.chunks())
        try:
            if not form.apply:
                return plan(path, file.name or "").out() | {"applied": False}
            begin = form.holds_from
            if begin is not None and timezone.is_naive(begin):
                begin = timezone.make_aware(begin)
            if not form.standard or not form.version:
                raise Problem(422, "Say the standard and the version of the edition.")
            made, edition = take_in(
                path, file.name or "", person(request), standard=form.standard, version=form.version,
                holds_from=begin, names=(form.name_zh, form.name_en), token=form.plan, request=request,
            )  # fmt: skip
        except ValueError as error:
            raise Problem(422, f"The file cannot be taken in: {error}") from error
    return made.out() | {"applied": True, "edition": edition.pk}
