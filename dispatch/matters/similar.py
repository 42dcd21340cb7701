"""Cases that may be the same matter as one that is being registered: near, recent, of the same kind, told alike."""

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from django.contrib.gis.db.models.functions import Distance, GeometryDistance
from django.contrib.gis.geos import Point, Polygon
from django.db.models import Q

from dispatch.earlier import PART
from dispatch.matters.likeness import likeness
from dispatch.models import Case, Report
from dispatch.workflow.document import Matters
from twin.access import Scope
from twin.models import Feature

MOST = 10  # that are suggested
NEAREST = 500  # open cases of the map that are looked at
LOOKED_AT = 50  # the nearest, which are scored
TEXTS = 5  # reports of a case whose words are compared
METRES_PER_DEGREE = 110_574.0  # of latitude at the equator, where it is shortest
WEIGHTS = {"distance": 0.4, "time": 0.2, "category": 0.15, "text": 0.25}


@dataclass(frozen=True)
class Part:
    """Why it is alike in one respect: `score` 0 to 1, in words."""

    name: Literal["distance", "time", "category", "text"]
    score: float
    zh: str
    en: str


@dataclass(frozen=True)
class Asked:
    """What is looked for: a place in WGS-84 degrees, and how far and how long around it."""

    lon: float
    lat: float
    at: datetime
    category: str
    texts: tuple[str, ...]
    within_m: float
    hours: float
    same: str
    exercise: str = ""
    but: tuple[int, ...] = ()  # cases that are not looked for


def similar(asked: Asked, scope: Scope) -> list[dict[str, Any]]:
    """Open and recently closed cases that the person may see, the likeliest first; four statements."""
    found = [*_near(asked, _open(asked, scope)), *_near(asked, _closed(asked, scope))]
    texts = _texts(found)
    lines = [_line(case, asked, texts.get(case.pk, [])) for case in found]
    return sorted(lines, key=lambda line: (-line["score"], line["id"]))[:MOST]


def defaults(matters: Matters, **given: Any) -> dict[str, Any]:
    """How far, how long and how alike: as asked, else as the city has it."""
    usual = {"within_m": matters.within_m, "hours": matters.hours, "same": matters.same}
    return usual | {name: value for name, value in given.items() if value is not None}


def _open(asked: Asked, scope: Scope) -> Any:
    """By the map's spatial index, which holds open cases only.

    Their ids are asked for first, so that the plan is the same however the database guesses.
    """
    on_map = Feature.objects.visible_to(scope).filter(
        object_type="case", exercise=asked.exercise, geom__bboverlaps=_box(asked)
    )
    nearest = on_map.order_by(GeometryDistance("geom", _here(asked)))[:NEAREST]
    ids = [int(pk) for pk in nearest.values_list("object_id", flat=True)]
    return Case.objects.visible_to(scope).open().filter(pk__in=ids)


def _closed(asked: Asked, scope: Scope) -> Any:
    """By the index on the time of closing. What was merged is represented by the case that goes on."""
    since = asked.at - timedelta(hours=asked.hours)
    recent = Case.objects.visible_to(scope).filter(closed_at__gte=since, geom__bboverlaps=_box(asked))
    return recent.exclude(status="merged")


def _near(asked: Asked, cases: Any) -> list[Case]:
    around = timedelta(hours=asked.hours)
    query = cases.filter(
        exercise=asked.exercise, opened_at__gte=asked.at - around, opened_at__lte=asked.at + around
    ).exclude(pk__in=asked.but)
    if asked.category and PART[asked.same]:
        query = query.filter(category__startswith=asked.category[: PART[asked.same]])
    query = query.annotate(distance=Distance("geom", _here(asked), spheroid=True)).order_by("distance", "pk")
    return [case for case in query[:LOOKED_AT] if case.distance.m <= asked.within_m]


def _here(asked: Asked) -> Point:
    return Point(asked.lon, asked.lat, srid=4326)


def _box(asked: Asked) -> Polygon:
    """Degrees around the place that surely hold the circle; metres are measured on the spheroid afterwards."""
    tall = asked.within_m / METRES_PER_DEGREE
    wide = tall / max(math.cos(math.radians(asked.lat)), 0.01)
    box = Polygon.from_bbox((asked.lon - wide, asked.lat - tall, asked.lon + wide, asked.lat + tall))
    box.srid = 4326
    return box


def _texts(cases: Iterable[Case]) -> dict[int, list[str]]:
    rows = Report.objects.filter(case__in=[case.pk for case in cases]).exclude(description="").order_by("pk")
    held: dict[int, list[str]] = {}
    for case_id, text in rows.values_list("case", "description"):
        if case_id is not None:
            held.setdefault(case_id, []).append(text)
    return held


def _line(case: Any, asked: Asked, texts: list[str]) -> dict[str, Any]:
    parts = [_distance(case.distance.m, asked), _time(case.opened_at, asked)]
    parts += [*_category(case.category, asked), *_text(texts, asked)]
    weight = sum(WEIGHTS[part.name] for part in parts)
    score = sum(WEIGHTS[part.name] * part.score for part in parts) / weight
    return {
        "id": case.pk,
        "number": case.number,
        "version": case.version,
        "status": case.status,
        "open": case.closed_at is None,
        "category": case.category,
        "urgency": case.urgency,
        "department": case.department,
        "place_zh": case.place_zh,
        "place_en": case.place_en,
        "lon": case.geom.x,
        "lat": case.geom.y,
        "opened_at": case.opened_at,
        "closed_at": case.closed_at,
        "distance_m": round(case.distance.m, 1),
        "description": texts[0] if texts else "",
        "score": round(score, 3),
        "parts": [asdict(part) | {"score": round(part.score, 3)} for part in parts],
        "text_zh": " · ".join(part.zh for part in parts),
        "text_en": " · ".join(part.en for part in parts),
    }


def _distance(metres: float, asked: Asked) -> Part:
    return Part("distance", max(0.0, 1 - metres / asked.within_m), f"近 {metres:.0f} 米", f"{metres:.0f} m away")


def _time(opened_at: datetime, asked: Asked) -> Part:
    hours = abs((asked.at - opened_at).total_seconds()) / 3600
    score = max(0.0, 1 - hours / asked.hours)
    if hours < 1:
        return Part("time", score, "1 小时内", "within 1 hour")
    if hours <= 48:
        whole = math.ceil(hours)
        return Part("time", score, f"{whole} 小时内", f"within {whole} hours")
    days = math.ceil(hours / 24)
    return Part("time", score, f"{days} 天内", f"within {days} days")


def _category(category: str, asked: Asked) -> list[Part]:
    if not asked.category:
        return []
    if category == asked.category:
        return [Part("category", 1.0, "同类别", "same category")]
    if category[: PART["major"]] == asked.category[: PART["major"]]:
        return [Part("category", 0.5, "同大类", "same major class")]
    return [Part("category", 0.0, "不同类别", "another category")]


def _text(texts: list[str], asked: Asked) -> list[Part]:
    if not texts or not any(asked.texts):
        return []
    score = max(likeness(mine, other) for mine in asked.texts for other in texts[:TEXTS])
    if score >= 0.5:
        return [Part("text", score, "描述相似", "described alike")]
    if score >= 0.2:
        return [Part("text", score, "描述部分相似", "described partly alike")]
    return [Part("text", score, "描述不同", "described otherwise")]


def texts_of(case: Case) -> tuple[str, ...]:
    """The words of a case's own first reports."""
    rows = Report.objects.filter(~Q(description=""), case=case).order_by("pk").values_list("description", flat=True)
    return tuple(rows[:TEXTS])
