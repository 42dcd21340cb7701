"""A case's history from the journal, in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from dispatch.models import Case, Department
from dispatch.workflow import STATUSES, VERBS
from twin.models import JournalRow, User


@dataclass(frozen=True)
class Moment:
    seq: int
    at: datetime
    kind: str
    actor: str
    text_zh: str
    text_en: str


def rows_of(case_id: int) -> QuerySet[JournalRow]:
    """What the journal says of a case, oldest first."""
    return JournalRow.objects.filter(object_type="case", object_id=str(case_id)).order_by("seq")


def timeline(case: Case) -> list[Moment]:
    """What happened to a case, oldest first."""
    return moments(list(rows_of(case.pk)))


def moments(rows: list[JournalRow]) -> list[Moment]:
    people = _people(rows)
    return [_moment(row, people.get(row.actor, row.actor)) for row in rows]


def _people(rows: list[JournalRow]) -> dict[str, str]:
    ids = {int(row.actor.removeprefix("user:")) for row in rows if row.actor.startswith("user:")}
    return {f"user:{user.pk}": user.name or user.username for user in User.objects.filter(pk__in=ids)}


def _moment(row: JournalRow, actor: str) -> Moment:
    zh, en = _words(row)
    note = row.change.get("note")
    if note:
        zh, en = f"{zh}：{note}", f"{en}: {note}"
    return Moment(row.seq, row.at, row.kind, actor, zh, en)


def _words(row: JournalRow) -> tuple[str, str]:
    if row.kind == "case.opened":
        department = Department.objects.filter(pk=row.department).first()
        to_zh, to_en = (department.name_zh, department.name_en) if department else (row.department, row.department)
        return f"立案并派遣至{to_zh}", f"Opened and dispatched to {to_en}"
    for verb in VERBS.values():
        if row.kind == f"case.{verb.past}":
            after: Any = STATUSES[verb.to_status]
            return f"{verb.name_zh}，转为{after.name_zh}", f"{verb.name_en}; now {after.name_en.lower()}"
    return row.kind, row.kind
