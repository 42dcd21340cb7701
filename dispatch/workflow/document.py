"""A workflow document: statuses, and the verbs between them. `dispatch/data/workflow.toml` explains each member."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

import msgspec
from msgspec import Struct, field

Axis = Literal["supervision", "command", "department", "field"]
Unit = Literal["urgent_hour", "working_hour", "working_day", "calendar_day"]  # as `LimitUnit`
Need = Literal[
    "note", "department", "departments", "person", "photos_before", "photos_after", "documents", "condition", "until",
    "value", "unit", "result", "rating", "kind", "report", "reached", "opinion",
]  # fmt: skip
AXES: tuple[tuple[Axis, str, str], ...] = (
    ("supervision", "监督", "Supervision"),
    ("command", "指挥", "Command"),
    ("department", "处置部门", "Departments"),
    ("field", "现场", "Field"),
)
# Statuses that code enters, not a verb: every workflow has them.
ENTRIES = {"dispatched": "the intake", "reported": "registering by hand", "merged": "merging"}


class Part(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Any part of a document: a member that nobody knows is a mistake, not a remark."""


class Limit(Part, frozen=True, kw_only=True):
    """A time limit, walked as its unit says (`dispatch.calendars`)."""

    value: float
    unit: Unit


class Stage(Part, frozen=True, kw_only=True):
    """How long a case should stay in a status: working hours or, day and night, minutes; and whom it waits for."""

    working_hours: float | None = None
    minutes: float | None = None
    urgent: float | None = None
    critical: float | None = None
    tell: tuple[str, ...] = ()


class Status(Part, frozen=True, kw_only=True):
    code: str
    name_zh: str
    name_en: str
    axis: Axis
    open: bool = True
    stage: Stage | None = None
    limit_rests: bool = False


class Choice(Part, frozen=True, kw_only=True):
    code: str
    name_zh: str
    name_en: str


class Limits(Part, frozen=True, kw_only=True):
    """When a verb may no longer be taken, however right status and role are."""

    times: int | None = None
    once: bool = False
    before_due: bool = False
    within: Limit | None = None
    min_days: int | None = None
    max_days: int | None = None


class Granted(Part, frozen=True, kw_only=True):
    """What happens when the last step of an approval is taken; the journal then says `case.<past>`."""

    past: str
    name_zh: str
    name_en: str
    effect: str
    to: str | None = None


class Verb(Part, frozen=True, kw_only=True):
    """A step that a person with one of `roles` may take from one of `sources`. The journal says `case.<past>`."""

    code: str
    past: str
    name_zh: str
    name_en: str
    sources: tuple[str, ...] = field(name="from")
    to: str | None = None
    roles: tuple[str, ...]
    axis: Axis
    needs: tuple[Need, ...] = ()
    takes: tuple[Need, ...] = ()
    choices: dict[str, tuple[Choice, ...]] = {}
    effect: str = "move"
    limits: Limits = Limits()
    approval: tuple[tuple[str, ...], ...] = ()
    granted: Granted | None = None
    after_end: bool = False

    @property
    def needs_note(self) -> bool:
        return "note" in self.needs


class Matters(Part, frozen=True, kw_only=True):
    """What counts as the same matter, who joins and parts cases, and when a case counts as called back."""

    within_m: float = 50
    hours: float = 24
    same: Literal["category", "major", "any"] = "category"
    roles: tuple[str, ...] = ("hotline_agent", "dispatcher", "duty_chief", "operator", "administrator")
    tries: int = 3


class Document(Part, frozen=True, kw_only=True):
    status: tuple[Status, ...]
    verb: tuple[Verb, ...]
    matters: Matters = Matters()


def decode(document: object) -> Document:
    """Raises ValueError with the place of what has the wrong shape."""
    try:
        return msgspec.convert(document, Document)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error


def _lean(value: Any) -> Any:
    """Without members that are empty."""
    if isinstance(value, dict):
        return {name: _lean(part) for name, part in value.items() if part not in (None, "", [], (), {})}
    return [_lean(part) for part in value] if isinstance(value, list | tuple) else value


@dataclass(frozen=True)
class Flow:
    """A version of the workflow, ready to be used."""

    version: str
    holds_from: datetime
    document: Document

    @cached_property
    def statuses(self) -> Mapping[str, Status]:
        return {status.code: status for status in self.document.status}

    @cached_property
    def verbs(self) -> Mapping[str, Verb]:
        return {verb.code: verb for verb in self.document.verb}

    @cached_property
    def by_past(self) -> Mapping[str, Verb | Granted]:
        """Who writes `case.<past>`."""
        granted = {verb.granted.past: verb.granted for verb in self.document.verb if verb.granted}
        return granted | {verb.past: verb for verb in self.document.verb}

    def as_data(self) -> dict[str, Any]:
        """As it can be put again; members that say nothing are left out."""
        return _lean(msgspec.to_builtins(self.document))

    def is_open(self, status: str) -> bool:
        return self.statuses[status].open

    def by_effect(self, effect: str, status: str) -> Verb | None:
        """The verb that has an effect and can be taken from a status."""
        return next((verb for verb in self.document.verb if verb.effect == effect and status in verb.sources), None)
