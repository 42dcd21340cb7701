"""A task as a department's own system hears of it: a CloudEvent with the case's state, in words too.

Who reported is never in it, nor what they said: states have neither, and only the notes of verbs that handle the case
are passed on.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from dispatch import catalogue
from dispatch.departments import departments
from dispatch.timeline import moments
from dispatch.workflow import ever
from twin import revisions
from twin.journal import dump
from twin.models import JournalRow

URGENCIES = {1: ("一般", "Routine"), 2: ("紧急", "Urgent"), 3: ("特急", "Critical")}
# Notes in which staff write down what reporters said: they stay in the house.
CONFIDENTIAL = {"called_back", "report_verified"}
LEAD, JOINT, NONE = "lead", "joint", "none"


def covers(above: str, code: str) -> bool:
    return code == above or code.startswith(above + ".")


def part_of(department: str, lead: str, shared: Collection[str]) -> str:
    """What a department, with those under it, has to do with a case. `shared` has those above the joint ones too."""
    if covers(department, lead):
        return LEAD
    return JOINT if department in shared else NONE


def concerns(row: JournalRow, department: str) -> bool:
    """Whether the case is the department's, or was so until this change."""
    if part_of(department, row.department, row.shared) != NONE:
        return True
    return row.was is not None and part_of(department, row.was["department"], row.was["shared"]) != NONE


@dataclass(frozen=True)
class Words:
    """Names, as they hold when a message is made."""

    known: revisions.Revisions

    def of(self, state: Mapping[str, Any]) -> dict[str, str]:
        """The names of a state's codes, in both languages."""
        named = {
            "category": self._category(state["category"]),
            "department": self._department(state["department"]),
            "status": self._status(state["status"]),
            "urgency": URGENCIES.get(state["urgency"], ("", "")),
        }
        return {
            f"{name}_{tongue}": word
            for name, pair in named.items()
            for tongue, word in zip(("zh", "en"), pair, strict=True)
        }

    def _category(self, code: str) -> tuple[str, str]:
        for edition in reversed(catalogue.editions.fresh(self.known)):
            if found := edition.categories.get(code):
                return found.name_zh, found.name_en
        return code, code

    def _department(self, code: str) -> tuple[str, str]:
        found = departments.fresh(self.known).get(code)
        return (found.name_zh, found.name_en) if found else (code, code)

    def _status(self, code: str) -> tuple[str, str]:
        for flow in reversed(ever(self.known)):
            if found := flow.statuses.get(code):
                return found.name_zh, found.name_en
        return code, code

    def what(self, row: JournalRow) -> tuple[str, str]:
        """What happened, without the names of people."""
        past = row.kind.removeprefix("case.")
        for flow in reversed(ever(self.known)):
            if found := flow.by_past.get(past):
                return found.name_zh, found.name_en
        (moment,) = moments([row], self.known)
        return moment.text_zh, moment.text_en


def last_state(row: JournalRow) -> dict[str, Any]:
    """The state after a change; of a case that has left the map with it: the last one, with the status it ended in."""
    if row.state is not None:
        return dict(row.state)
    before = JournalRow.objects.filter(
        object_type="case", object_id=row.object_id, seq__lt=row.seq, state__isnull=False
    )
    found = before.order_by("-seq").first()
    state = dict(found.state) if found is not None else {}
    ended = row.change.get("status")
    return state | ({"status": ended[1]} if ended else {}) | {"warn_at": None, "due_at": None, "stage_due_at": None}


def task(row: JournalRow, department: str, epoch: str, words: Words) -> dict[str, Any]:
    """The CloudEvent that tells a department of a journal row.

    A department that has just lost the case hears that, and nothing of what became of it elsewhere (`part` none).
    """
    part = part_of(department, row.department, row.shared)
    past = row.kind.removeprefix("case.")
    state = last_state(row)
    data: dict[str, Any] = {"case": int(row.object_id), "number": state.get("number", ""), "version": row.version}
    data["part"] = part
    if part != NONE:
        zh, en = words.what(row)
        data |= {"what_zh": zh, "what_en": en}
        if past not in CONFIDENTIAL and (note := row.change.get("note")):
            data["note"] = note
        data |= {name: value for name, value in state.items() if name not in ("number", "zones")}
        data |= words.of(state) if state else {}
    data["exercise"] = row.exercise
    event = {
        "specversion": "1.0",
        "id": f"{epoch}-{row.seq}-{department}",
        "source": f"urn:{settings.CHANNEL_PREFIX}:tasks",
        "type": f"cn.yiwang.task.{past}",
        "subject": data["number"],
        "time": row.at,
        "datacontenttype": "application/json",
        "sequence": f"{row.seq:020d}",
        "department": department,
    }
    if row.exercise:
        event["exercise"] = row.exercise
    return event | {"data": data}


def text(event: Mapping[str, Any]) -> str:
    return dump(event)
