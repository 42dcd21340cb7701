"""A case's history from the journal, in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dispatch.models import Case, Department
from dispatch.workflow import STATUSES, VERBS
from geo.models import ZoneVersion
from twin.models import JournalRow, User


@dataclass(frozen=True)
class Moment:
    seq: int
    at: datetime
    kind: str
    actor: str
    text_zh: str
    text_en: str


def timeline(case: Case) -> list[Moment]:
    """What happened to a case, oldest first."""
    rows = list(JournalRow.objects.filter(object_type="case", object_id=str(case.pk)).order_by("seq"))
    people = _people(rows)
    return [_moment(row, people.get(row.actor, row.actor)) for row in rows]


def _people(rows: list[JournalRow]) -> dict[str, str]:
    ids = {int(row.actor.removeprefix("user:")) for row in rows if row.actor.startswith("user:")}
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


def _department(code: str) -> tuple[str, str]:
    department = Department.objects.filter(pk=code).first()
    return (department.name_zh, department.name_en) if department else (code, code)


def _moment(row: JournalRow, actor: str) -> Moment:
    zh, en = _words(row)
    note = row.change.get("note")
    if note:
        zh, en = f"{zh}：{note}", f"{en}: {note}"
    return Moment(row.seq, row.at, row.kind, actor, zh, en)


def _words(row: JournalRow) -> tuple[str, str]:
    if row.kind == "case.opened":
        to_zh, to_en = _department(row.department)
        return f"立案并派遣至{to_zh}", f"Opened and dispatched to {to_en}"
    if row.kind == "case.rezoned":
        zh, en = _zones(row)
        return f"区域调整：{zh}", f"The zones have changed: {en}"
    if row.kind == "case.rerouted":
        to_zh, to_en = _department(row.department)
        return f"区域调整后重新派遣至{to_zh}", f"Dispatched anew to {to_en}, because the zones have changed"
    for verb in VERBS.values():
        if row.kind == f"case.{verb.past}":
            after: Any = STATUSES[verb.to_status]
            return f"{verb.name_zh}，转为{after.name_zh}", f"{verb.name_en}; now {after.name_en.lower()}"
    return row.kind, row.kind
