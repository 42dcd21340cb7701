"""A case's history from the journal, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from dispatch.departments import departments
from dispatch.models import Case
from dispatch.workflow import Flow, ever
from dispatch.workflow.document import Verb
from geo.models import ZoneVersion
from twin import revisions
from twin.models import JournalRow, User

UNITS = {
    "urgent_hour": ("紧急工作时", "hours"),
    "working_hour": ("工作时", "working hours"),
    "working_day": ("工作日", "working days"),
    "calendar_day": ("日历日", "days"),
}
CLOCK = "系统 System"


@dataclass(frozen=True)
class Moment:
    seq: int
    at: datetime
    kind: str
    actor: str
    text_zh: str
    text_en: str


def timeline(case: Case, known: revisions.Revisions) -> list[Moment]:
    """What happened to a case, oldest first."""
    return moments(rows_of(case.pk), known)


def rows_of(case_id: int) -> QuerySet[JournalRow]:
    """What the journal says of a case, oldest first."""
    return JournalRow.objects.filter(object_type="case", object_id=str(case_id)).order_by("seq")


def missed(case: Case, version: int, known: revisions.Revisions) -> list[Moment]:
    """What happened since the case was at a version, oldest first."""
    return moments(rows_of(case.pk).filter(version__gt=version), known)


def moments(rows: Iterable[JournalRow], known: revisions.Revisions) -> list[Moment]:
    """Journal rows of cases in words; two statements however many there are."""
    held = list(rows)
    words = _Words(held, known)
    return [words.moment(row) for row in held]


class _Words:
    """Names of people, departments, statuses and verbs, as the rows need them."""

    def __init__(self, rows: list[JournalRow], known: revisions.Revisions) -> None:
        self.departments = departments.fresh(known)
        self.flows = ever(known)
        self.people = _people(rows)

    def moment(self, row: JournalRow) -> Moment:
        zh, en = self._words(row)
        note = row.change.get("note") or row.change.get("opinion")
        if note:
            zh, en = f"{zh}：{note}", f"{en}: {note}"
        actor = CLOCK if row.actor == "clock" else self.people.get(row.actor, row.actor)
        return Moment(row.seq, row.at, row.kind, actor, zh, en)

    def _words(self, row: JournalRow) -> tuple[str, str]:
        change: Mapping[str, Any] = row.change
        if row.kind == "case.opened":
            if not row.department:
                return "登记，待受理", "Registered, to be taken in"
            zh, en = self._department(row.department)
            return f"立案并派遣至{zh}", f"Opened and dispatched to {en}"
        if row.kind == "case.rezoned":
            zh, en = _zones(row)
            return f"区域调整：{zh}", f"The zones have changed: {en}"
        if row.kind == "case.rerouted":
            zh, en = self._department(row.department)
            return f"区域调整后重新派遣至{zh}", f"Dispatched anew to {en}, because the zones have changed"
        if "text_zh" in change:  # it brings its own words
            return change["text_zh"], change["text_en"]
        past = row.kind.removeprefix("case.")
        flow = next((flow for flow in self.flows if past in flow.by_past), None)
        if flow is None:
            return row.kind, row.kind
        told = flow.by_past[past]
        zh, en = told.name_zh, told.name_en
        if "of" in change and change["of"] in flow.verbs and isinstance(told, Verb):
            asked = flow.verbs[change["of"]]
            zh, en = f"{zh}{asked.name_zh}", f"{en}: {asked.name_en.lower()}"
        for more_zh, more_en in self._more(change, told, flow):
            zh, en = f"{zh}，{more_zh}", f"{en}; {more_en}"
        return zh, en

    def _more(self, change: Mapping[str, Any], told: Any, flow: Flow) -> Iterable[tuple[str, str]]:
        department = change.get("department")
        if isinstance(department, list):
            zh, en = self._department(department[1])
            yield f"交{zh}", f"to {en}"
        elif department:
            yield self._department(department)
        if "departments" in change:
            names = [self._department(code) for code in change["departments"]]
            yield "、".join(zh for zh, _ in names), ", ".join(en for _, en in names)
        if "person" in change:
            name = self.people.get(f"user:{change['person']}", str(change["person"]))
            yield f"由{name}办理", f"by {name}"
        if "condition" in change:
            yield f"立案条件 {change['condition']}", f"filing condition {change['condition']}"
        if "value" in change and "unit" in change:
            zh, en = UNITS.get(change["unit"], (change["unit"], change["unit"]))
            yield f"{change['value']:g} {zh}", f"{change['value']:g} {en}"
        if "until" in change:
            yield f"至 {change['until'][:10]}", f"until {change['until'][:10]}"
        if change.get("reached") is False:
            yield "未接通", "not reached"
        for name in ("result", "rating", "kind"):
            for choice in getattr(told, "choices", {}).get(name, ()):
                if choice.code == str(change.get(name)):
                    yield choice.name_zh, choice.name_en.lower()
        if "status" in change:
            after = flow.statuses.get(change["status"][1])
            if after is not None:
                yield f"转为{after.name_zh}", f"now {after.name_en.lower()}"
        if "lapsed" in change:
            yield "原申请失效", "the request that waited has lapsed"

    def _department(self, code: str) -> tuple[str, str]:
        found = self.departments.get(code)
        return (found.name_zh, found.name_en) if found else (code, code)


def _people(rows: Iterable[JournalRow]) -> dict[str, str]:
    ids = {int(row.actor.removeprefix("user:")) for row in rows if row.actor.startswith("user:")}
    ids |= {row.change["person"] for row in rows if "person" in row.change}
    return {f"user:{user.pk}": user.name or user.username for user in User.objects.filter(pk__in=ids)}


def _zones(row: JournalRow) -> tuple[str, str]:
    """Which zones a case has left and come into."""
    refs = [*row.change["lost"], *row.change["gained"]]
    codes = [ref.partition(":")[2] for ref in refs]
    versions = ZoneVersion.objects.filter(zone__code__in=codes).select_related("zone").order_by("number")
    names = {str(version.zone): (version.name_zh, version.name_en or version.name_zh) for version in versions}
    lost, gained = ([names.get(ref, (ref, ref)) for ref in row.change[key]] for key in ("lost", "gained"))
    zh = [word + "、".join(name[0] for name in some) for word, some in (("离开", lost), ("进入", gained)) if some]
    en = [
        f"{word} {', '.join(name[1] for name in some)}" for word, some in (("left", lost), ("now in", gained)) if some
    ]
    return "，".join(zh), "; ".join(en)
