"""The people of a case's loop, and walks that lead cases through every verb there is."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from dispatch import actions
from dispatch.attachments import store
from dispatch.models import Case
from twin import clock
from twin.models import Role, User

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 24
People = Mapping[str, User]
Make = Callable[..., Any]


def everybody(make_person: Make) -> dict[str, User]:
    """Sanitation (UMB.SAN) has the case; the water bureau (WAT) helps."""
    return {
        "agent": make_person(Role.HOTLINE_AGENT),
        "chief": make_person(Role.DUTY_CHIEF),
        "dispatcher": make_person(Role.DISPATCHER),
        "operator": make_person(Role.OPERATOR),
        "leader": make_person(Role.LEADER),
        "worker": make_person(Role.DEPARTMENT, ["UMB.SAN"]),
        "colleague": make_person(Role.DEPARTMENT, ["UMB"]),
        "head": make_person(Role.DEPARTMENT_HEAD, ["UMB"]),
        "water": make_person(Role.DEPARTMENT, ["WAT"]),
        "grid": make_person(Role.GRID_WORKER),
        "admin": make_person(Role.ADMINISTRATOR),
    }


def take(case: Case, verb: str, user: User, **inputs: Any) -> Case:
    """The case after this step, taken by somebody who knows it as it is now."""
    case.refresh_from_db()
    return actions.act(case.pk, verb, user, version=case.version, **inputs)


def as_reported(case: Case) -> Case:
    """The case as if it had been registered by hand: nobody has taken it in yet, and no limit runs."""
    Case.objects.filter(pk=case.pk).update(
        status="reported", dispatched_at=None, warn_at=None, due_at=None, stage_due_at=None
    )
    case.refresh_from_db()
    return case


def photo(case: Case, user: User, kind: str = "after") -> str:
    return str(store.add(SimpleUploadedFile("近景.png", PNG), kind, user, case_id=case.pk).pk)


@dataclass
class Step:
    """Who takes which verb with which inputs, and what the journal then says."""

    who: str
    verb: str
    inputs: dict[str, Any] = field(default_factory=dict)


Inputs = Callable[[Case, People], dict[str, Any]]


def _plain(**inputs: Any) -> Inputs:
    return lambda case, people: inputs


def _after(case: Case, people: People) -> dict[str, Any]:
    return {"note": "已清运", "attachments": [photo(case, people["worker"])]}


def _until(case: Case, people: People) -> dict[str, Any]:
    return {"note": "等待季节", "until": (clock.now() + timedelta(days=30)).isoformat()}


NOTE = _plain(note="原因")
NOTHING = _plain()
Walk = list[tuple[str, str, Inputs]]
LONG: Walk = [
    ("agent", "verify", lambda case, people: {"person": people["grid"].pk}),
    ("grid", "report_verified", _plain(result="exists", note="现场属实")),
    ("chief", "file", _plain(condition=1)),
    ("dispatcher", "dispatch", _plain(department="WAT")),
    ("dispatcher", "redirect", _plain(department="UMB.SAN", note="属环卫")),
    ("worker", "return", NOTE),
    ("dispatcher", "dispatch", NOTHING),
    ("worker", "accept", NOTHING),
    ("head", "hand_over", lambda case, people: {"person": people["colleague"].pk}),
    ("dispatcher", "invite", _plain(departments=["WAT"], note="需排水配合")),
    ("water", "opine", _plain(opinion="管道无异常")),
    ("leader", "urge", NOTHING),
    ("leader", "supervise", _plain(kind="leader")),
    ("worker", "ask_extension", _plain(note="材料未到", value=2, unit="working_day")),
    ("head", "approve", NOTHING),
    ("dispatcher", "approve", NOTHING),
    ("worker", "ask_extension", NOTE),
    ("head", "refuse", NOTE),
    ("worker", "ask_suspension", _until),
    ("head", "approve", NOTHING),
    ("chief", "approve", NOTHING),
    ("worker", "resume", NOTHING),
    ("colleague", "complete", _after),
    ("operator", "inspect", lambda case, people: {"person": people["grid"].pk}),
    ("grid", "rework", NOTE),
    ("worker", "complete", _after),
    ("operator", "inspect", NOTHING),
    ("grid", "pass_inspection", NOTHING),
    ("chief", "close", NOTHING),
    ("agent", "call_back", lambda case, people: {"report": case.reports.get().pk, "reached": True, "result": "no"}),
    ("worker", "ask_appeal", NOTE),
    ("head", "approve", NOTHING),
    ("chief", "approve", NOTHING),
    ("agent", "redo", NOTE),
    ("worker", "accept", NOTHING),
    ("worker", "complete", NOTE),
    ("operator", "close", NOTHING),
]
# Ends that exclude each other; each begins as reported.
ENDS: dict[str, Walk] = {
    "declined": [("agent", "decline", NOTE)],
    "handled on the spot": [
        ("grid", "self_handle", lambda case, people: {"attachments": [photo(case, people["grid"])]})
    ],
    "void": [("chief", "file", NOTHING), ("chief", "void", NOTE)],
    "closed by force": [
        ("chief", "file", NOTHING),
        ("dispatcher", "dispatch", NOTHING),
        ("chief", "force_close", NOTE),
    ],
}


def steps(walk: Walk, case: Case, people: People) -> Iterator[Step]:
    """The walk's steps, each made when it is its turn."""
    for who, verb, inputs in walk:
        yield Step(who, verb, inputs(case, people))
