"""Rules over HTTP: read, check, save, try out; and the states of the city that they may ask for."""

from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from ninja import Field, Router, Schema

from dispatch import catalogue, flags, routing
from dispatch.models import Case, Report, RuleSet
from dispatch.rules import sets
from dispatch.rules.checking import Faulty, faults
from dispatch.rules.facts import SAME
from dispatch.rules.fields import FIELDS, ROLES
from geo.lookup import index
from twin import clock, revisions
from twin.models import Role
from twin.problems import Problem, not_found
from twin.session import person
from twin.times import aware

router = Router(tags=["rules"])
MAY_READ = {Role.ADMINISTRATOR, Role.PLANNER, Role.OPERATOR, Role.DISPATCHER, Role.DUTY_CHIEF, Role.LEADER}


class RulesIn(Schema):
    rules: list[dict[str, Any]]


class RuleSetIn(RulesIn):
    version: str = Field(min_length=1, max_length=40)
    base: str = Field(description="the version that was edited")
    holds_from: datetime | None = Field(None, description="without it: from now on")


@router.get("/rules")
def rule_sets(request: HttpRequest) -> dict[str, Any]:
    """All sets, the newest first; which one holds, which are to come."""
    _may_read(request)
    known = revisions.read()
    now = clock.now(known)
    items = list(RuleSet.objects.order_by("-holds_from", "-pk"))
    held = next((one for one in items if one.holds_from <= now), None)
    return {
        "items": [
            {"version": one.version, "holds_from": one.holds_from, "in_force": one is held, "rules": one.rules.count()}
            for one in items
        ]
    }


@router.get("/rules/fields")
def fields(request: HttpRequest) -> dict[str, Any]:
    """What conditions may ask about, for a form: operators, and where the values are chosen from."""
    _may_read(request)
    sources = apps.get_model(settings.SOURCE_MODEL)._default_manager.values("uri", "name_zh", "name_en")
    return {
        "fields": [
            {"code": code, "name_zh": f.zh, "name_en": f.en, "operators": f.operators, "choices": f.choices}
            for code, f in FIELDS.items()
        ],
        "roles": ROLES,
        "same": SAME,
        "sources": [{"code": s["uri"], "name_zh": s["name_zh"], "name_en": s["name_en"]} for s in sources],
        "flags": flags.listed(),
    }


@router.get("/rules/sets/{version}")
def one_set(request: HttpRequest, version: str) -> dict[str, Any]:
    """A set with its rules, in order."""
    _may_read(request)
    found = RuleSet.objects.filter(version=version).first()
    if found is None:
        raise Problem(404, f"There is no rule set {version}.", detail_zh=f"没有规则集 {version}。")
    return {"version": found.version, "holds_from": found.holds_from, "rules": routing.written(found)}


@router.post("/rules/check")
def check_rules(request: HttpRequest, body: RulesIn) -> dict[str, Any]:
    """Every fault of a set that is not saved, with the rule that has it."""
    _may_read(request)
    known = revisions.read()
    world = routing.world(index.fresh(clock.now(known), known), known)
    return {"faults": [fault.out() for fault in faults(body.rules, world)]}


@router.put("/rules")
def save_rules(request: HttpRequest, body: RuleSetIn) -> dict[str, Any]:
    """Save a set under a new version; it holds in every process from then on, or from its time on."""
    begin = aware(body.holds_from)
    saved = sets.save(body.version, begin, body.rules, person(request), base=body.base, request=request)
    return one_set(request, saved.version)


class TryIn(Schema):
    """A report to try: one that there is (`case`), or one that nobody made."""

    case: str | None = Field(None, description="number of a case: its first report is tried")
    category: str = ""
    condition: int | None = None
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-90, le=90)
    channel: str = "hotline"
    source: str = ""
    urgency: int | None = Field(None, ge=1, le=3)
    text: str = Field("", max_length=4000)
    component: str = ""
    at: datetime | None = None
    rules: list[dict[str, Any]] | None = Field(None, description="a set that is not saved; without it the one in force")


@router.post("/rules/try")
def try_rules(request: HttpRequest, body: TryIn) -> dict[str, Any]:
    """Where a report would go and why, without anything being written."""
    _may_read(request)
    known = revisions.read()
    given = _of_case(request, body.case) if body.case else body.dict(exclude={"case", "rules", "source"})
    edition = catalogue.current(known)
    category = edition.categories.get(given["category"])
    if category is None:
        raise Problem(
            422,
            f"There is no category {given['category']!r} in {edition.label}.",
            detail_zh=f"{edition.label}中没有类别 {given['category']}。",
        )
    number = given["condition"] or category.first_condition
    if number not in category.conditions:
        raise Problem(
            422,
            f"{category.code} has no filing condition {number}.",
            detail_zh=f"{category.code} 没有第 {number} 项立案条件。",
        )
    if given["lon"] is None or given["lat"] is None:
        raise Problem(422, "Say where it is: lon and lat.", detail_zh="请给出位置。")
    given |= {"at": given["at"] or clock.now(known), "condition": number, "category": category}
    if "source" not in given:
        model = apps.get_model(settings.SOURCE_MODEL)._default_manager
        given["source"] = model.filter(uri=body.source).values_list("pk", flat=True).first() or 0
    try:
        tried = sets.try_out(**given, rules=body.rules, known=known)
    except Faulty as fault:
        detail_zh = f"这些规则无法试运行：{fault.zh}"
        raise Problem(422, f"These rules cannot be tried: {fault}", detail_zh=detail_zh) from fault
    zones = index.fresh(given["at"], known).by_id
    return {
        "department": tried.department,
        "urgency": tried.urgency,
        "joint": tried.rule.joint,
        "limit": tried.rule.limit,
        "notify": tried.rule.notify,
        "decision": vars(tried.explanation) | {"tried": [vars(one) for one in tried.explanation.tried]},
        "zones": [
            {"kind": zones[z].kind, "code": zones[z].code, "name_zh": zones[z].name_zh, "name_en": zones[z].name_en}
            for z in tried.zones
            if z in zones
        ],
    }


def _of_case(request: HttpRequest, number: str) -> dict[str, Any]:
    case = Case.objects.visible_to(person(request).scope).filter(number=number).first()
    if case is None:
        raise not_found("case", "案卷")
    report = Report.objects.filter(case=case).order_by("pk").first()
    return {
        "category": case.category,
        "condition": case.condition,
        "lon": case.geom.x,
        "lat": case.geom.y,
        "channel": case.channel,
        "source": report.source_id if report else 0,
        "urgency": case.decision.get("urgency", case.urgency),
        "text": report.description if report else "",
        "component": case.component,
        "at": case.opened_at,
    }


class FlagIn(Schema):
    raised: bool
    reason: str = Field("", max_length=400)


@router.get("/flags")
def list_flags(request: HttpRequest) -> dict[str, Any]:
    """The states of the city, and which of them are raised."""
    return {"items": flags.listed()}


@router.put("/flags/{code}")
def set_flag(request: HttpRequest, code: str, body: FlagIn) -> dict[str, Any]:
    """Raise or lower a state of the city; rules that ask for it hold from the next report on."""
    flags.put(code, body.raised, body.reason, person(request), request=request)
    return list_flags(request)


def _may_read(request: HttpRequest) -> None:
    user = person(request)
    if not user.may_act_as(MAY_READ):
        raise PermissionDenied("Rules are shown to the centre, planners and administrators.")
