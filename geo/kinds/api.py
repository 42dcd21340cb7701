"""Kinds of zone over HTTP: everybody reads them, administrators change them."""

from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from ninja import Field, Router, Schema

from geo.kinds.icons import ICONS
from geo.kinds.saving import KindDraft, save_kind
from geo.models import ZoneKind, ZoneVersion
from twin import clock, journal
from twin.session import person

router = Router(tags=["geo"])


class KindIn(Schema):
    """A kind as it is to be. `schema` declares attributes: string, number, integer, boolean, enum, date, required."""

    name_zh: str = Field(min_length=1, max_length=80)
    name_en: str = Field(min_length=1, max_length=80)
    exclusive: bool = Field(False, description="its zones tile the city: a point lies in one of them at most")
    precedence: int = Field(0, ge=-10_000, le=10_000, description="the higher comes first where zones overlap")
    color: str = Field("#8893a5", description="#rrggbb")
    icon: str = Field("", description="one of `icons`")
    min_zoom: int = Field(11, description="drawn on the map from this zoom on")
    parent: str | None = Field(None, description="a zone of this kind lies inside one of that kind")
    of_cells: bool = Field(False, description="made of whole unit grid cells")
    code_pattern: str | None = Field(
        None, max_length=100, description="regular expression for the whole of a code; without it the pattern stays"
    )
    attributes: dict[str, Any] = Field({}, alias="schema")


@router.get("/zone-kinds")
def list_kinds(request: HttpRequest) -> dict[str, Any]:
    """All kinds, the highest precedence first, with the number of zones that hold; and the icons that there are."""
    held = ZoneVersion.objects.holding(clock.now()).values_list("zone__kind").annotate(n=Count("pk"))
    zones = dict(held)
    kinds = ZoneKind.objects.order_by("-precedence", "code")
    return {"items": [_line(kind, zones.get(kind.code, 0)) for kind in kinds], "icons": ICONS}


@router.put("/zone-kinds/{code}")
def put_kind(request: HttpRequest, code: str, body: KindIn) -> dict[str, Any]:
    """Make a kind or change it. It holds in every process at once."""
    given = body.dict(exclude={"attributes"})
    with journal.writing() as said:
        kind = save_kind(said, KindDraft(code=code, schema=body.attributes, **given), person(request), request=request)
    return _line(kind, ZoneVersion.objects.holding(clock.now()).filter(zone__kind=kind).count())


def _line(kind: ZoneKind, zones: int) -> dict[str, Any]:
    return {
        "code": kind.code,
        "name_zh": kind.name_zh,
        "name_en": kind.name_en,
        "exclusive": kind.exclusive,
        "precedence": kind.precedence,
        "color": kind.color,
        "icon": kind.icon,
        "min_zoom": kind.min_zoom,
        "parent": kind.parent_id,
        "of_cells": kind.of_cells,
        "code_pattern": kind.code_pattern,
        "schema": kind.schema,
        "zones": zones,
    }
