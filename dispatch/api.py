"""Cases, reports that wait to be located, and what the console must know before it can show anything."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.gis.db.models import Extent
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from dispatch import actions, catalogue, workflow
from dispatch.departments import departments
from dispatch.detail import detail, report_out
from dispatch.figures import LATE
from dispatch.matters.api import register
from dispatch.models import Case, Report, ReportState
from dispatch.verbs.inputs import Inputs
from dispatch.zones_api import router as zones
from geo.models import ZoneKind, ZoneVersion
from twin import audit, clock, revisions
from twin.models import Role
from twin.problems import not_found
from twin.session import person

router = Router(tags=["dispatch"])
router.add_router("", "dispatch.rules.api.router")
router.add_router("", "dispatch.editions.api.router")
router.add_router("", zones)
router.add_router("", "dispatch.workflow.api.router")
router.add_router("", "dispatch.attachments.api.router")
router.add_router("", "dispatch.deadlines_api.router")
router.add_router("", "dispatch.matters.api.router")
router.add_router("", "dispatch.outbound.api.router")
router.add_router("", "dispatch.outbound.tasks_api.router")
router.add_router("", "dispatch.departments_api.router")
router.add_router("", "dispatch.inbox_api.router")
router.add_router("", "dispatch.bulk_api.router")
router.add_router("", "dispatch.figures_api.router")
router.add_router("", "dispatch.filters_api.router")
router.add_router("", "dispatch.candidates.router")
MOST_LISTED = 200

URGENCIES = [
    {"code": 1, "name_zh": "一般", "name_en": "Routine"},
    {"code": 2, "name_zh": "紧急", "name_en": "Urgent"},
    {"code": 3, "name_zh": "特急", "name_en": "Critical"},
]
CHANNELS = [
    {"code": "sensor", "name_zh": "物联感知", "name_en": "Sensor"},
    {"code": "hotline", "name_zh": "12345 热线", "name_en": "12345 hotline"},
    {"code": "grid", "name_zh": "网格员", "name_en": "Grid worker"},
]


@router.get("/bootstrap")
def bootstrap(request: HttpRequest) -> dict[str, Any]:
    """Names, colours, tile addresses: what changes rarely and is asked once."""
    known = revisions.read()
    edition = catalogue.current(known)
    majors = {c.major: c for c in edition.categories.values()}
    return {
        "city": city(known),
        "now": clock.now(known),
        "tiles": {
            layers: f"/tiles/{layers}/{known.get(layers, 0)}/{{z}}/{{x}}/{{y}}" for layers in ("basemap", "zones")
        },
        "catalogue": {
            "standard": edition.standard,
            "version": edition.version,
            "majors": [
                {"code": code, "kind": c.kind, "name_zh": c.major_zh, "name_en": c.major_en}
                for code, c in sorted(majors.items())
            ],
            "categories": [
                {"code": c.code, "name_zh": c.name_zh, "name_en": c.name_en} for c in edition.categories.values()
            ],
        },
        "departments": [
            {"code": d.code, "parent": d.parent_id, "name_zh": d.name_zh, "name_en": d.name_en}
            for d in sorted(departments.fresh(known).values(), key=lambda d: d.code)
        ],
        "zone_kinds": [
            {"code": k.code, "name_zh": k.name_zh, "name_en": k.name_en, "color": k.color, "rank": k.precedence}
            for k in ZoneKind.objects.order_by("-precedence")
        ],
        "statuses": [
            {"code": s.code, "name_zh": s.name_zh, "name_en": s.name_en, "open": s.open}
            for s in workflow.current(known).document.status
        ],
        "urgencies": URGENCIES,
        "channels": CHANNELS,
    }


def city(known: revisions.Revisions) -> dict[str, Any]:
    """The city's name and extent: the zone of kind `district`, or of the whole index if there is none."""
    held = ZoneVersion.objects.holding(clock.now(known)).filter(zone__kind="district")
    named = held.first()
    box = held.aggregate(box=Extent("geom"))["box"] or (120.2, 31.5, 120.4, 31.7)
    west, south, east, north = box
    return {
        "name_zh": named.name_zh if named else "城市",
        "name_en": named.name_en if named else "City",
        "bbox": [west, south, east, north],
        "center": [(west + east) / 2, (south + north) / 2],
        "synthetic": settings.DEMO_CITY,
        "timezone": settings.TIME_ZONE,
    }


class CaseLine(Schema):
    """A case in a list."""

    id: int
    number: str
    version: int
    category: str
    status: str
    urgency: int
    channel: str
    department: str
    place_zh: str
    place_en: str
    lon: float = Field(alias="geom.x")
    lat: float = Field(alias="geom.y")
    opened_at: datetime
    warn_at: datetime | None
    due_at: datetime | None
    stage_due_at: datetime | None
    closed_at: datetime | None
    exercise: str


class Span(Schema):
    """When a case was opened or closed; times have their zone, the end is not within."""

    opened_from: datetime | None = None
    opened_until: datetime | None = None
    closed_from: datetime | None = None
    closed_until: datetime | None = None
    late: bool | None = Field(None, description="closed after its deadline, and no appeal has forgiven it; or not")

    def where(self) -> Q:
        found = Q()
        for moment in ("opened", "closed"):
            if begin := getattr(self, f"{moment}_from"):
                found &= Q(**{f"{moment}_at__gte": begin})
            if end := getattr(self, f"{moment}_until"):
                found &= Q(**{f"{moment}_at__lt": end})
        if self.late is not None:
            found &= LATE if self.late else ~LATE
        return found


class CaseList(Schema):
    items: list[CaseLine]
    next: int | None = Field(description="pass as `before` to get what follows")


@router.get("/cases", response=CaseList)
def list_cases(
    request: HttpRequest,
    span: Query[Span],
    open: bool | None = None,
    department: str | None = None,
    category: str | None = None,
    number: str | None = None,
    before: int | None = None,
    limit: int = 100,
) -> dict[str, Any]:
    """Cases, the newest first."""
    limit = max(1, min(limit, MOST_LISTED))
    query = Case.objects.visible_to(person(request).scope).filter(span.where()).order_by("-pk")
    if open is not None:
        query = query.filter(closed_at__isnull=open)
    for name, value in {"department": department, "category": category, "number": number}.items():
        if value is not None:
            query = query.filter(**{name: value})
    if before is not None:
        query = query.filter(pk__lt=before)
    items = list(query[: limit + 1])
    return {"items": items[:limit], "next": items[limit - 1].pk if len(items) > limit else None}


@router.get("/cases/{case_id}")
def one_case(request: HttpRequest, case_id: int) -> dict[str, Any]:
    """A case with its zones, reports, timeline, the reason of its dispatch and what the person may do next."""
    return detail(_case(request, case_id), person(request))


def _case(request: HttpRequest, case_id: int) -> Case:
    case = Case.objects.visible_to(person(request).scope).select_related("handler").filter(pk=case_id).first()
    if case is None:
        raise not_found("case", "案卷")
    return case


class Act(Inputs):
    """A step: the version of the case that the person has seen, and what the verb asks for."""

    version: int


@router.post("/cases/{case_id}/actions/{verb}")
def act(request: HttpRequest, case_id: int, verb: str, body: Act) -> dict[str, Any]:
    """Take a step of the workflow. 409 says what changed if somebody else was faster."""
    given = body.dict(exclude_unset=True)
    case = actions.act(case_id, verb, person(request), request=request, **given)
    return detail(case, person(request))


# One address, one router: the other verb of /reports is here too.
router.post("/reports", response={200: dict[str, Any], 201: dict[str, Any]}, tags=["matters"])(register)


@router.get("/reports")
def list_reports(
    request: HttpRequest, state: ReportState = ReportState.TO_BE_LOCATED, after: int = 0, limit: int = 100
) -> dict[str, Any]:
    """Reports by state, the oldest first. `next`: pass it as `after` to get what follows."""
    query = Report.objects.visible_to(person(request).scope).filter(state=state).order_by("pk")
    limit = max(1, min(limit, MOST_LISTED))
    found = list(query.filter(pk__gt=after)[: limit + 1])
    items = [report_out(report) | {"category": report.category, "urgency": report.urgency} for report in found[:limit]]
    return {"items": items, "total": query.count(), "next": items[-1]["id"] if len(found) > limit else None}


# Who may learn who reported; a caller who asked for confidence is known to the hotline alone.
MAY_SEE_REPORTERS = {Role.HOTLINE_AGENT, Role.OPERATOR, Role.ADMINISTRATOR}
MAY_SEE_CONFIDENTIAL = {Role.HOTLINE_AGENT}


@router.get("/reports/{report_id}/reporter")
def reporter(request: HttpRequest, report_id: int) -> dict[str, Any]:
    """Who reported. Personal data: each look leaves an audit row."""
    report = Report.objects.visible_to(person(request).scope).filter(pk=report_id).first()
    if report is None:
        raise not_found("report", "上报")
    confidential = bool(report.reporter and report.reporter.get("confidential"))
    if person(request).roles().isdisjoint(MAY_SEE_CONFIDENTIAL if confidential else MAY_SEE_REPORTERS):
        raise PermissionDenied("Who reported this is not shown to your roles.")
    audit.record("reporter.viewed", person(request), "report", str(report_id), request=request)
    return {"reporter": report.reporter}


class Place(Schema):
    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)


@router.post("/reports/{report_id}/locate")
def locate(request: HttpRequest, report_id: int, place: Place) -> dict[str, Any]:
    """Give a parked report its place in WGS-84 degrees; its case opens."""
    opened = actions.locate(report_id, place.lon, place.lat, person(request), request=request)
    return {"case": {"id": opened.case_id, "number": opened.number, "department": opened.department}}
