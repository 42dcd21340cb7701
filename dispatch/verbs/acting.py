"""An act while it is done: what a verb's effect is given, and what it leaves behind."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from dispatch.models import Attachment, Case, JointTask, Notice, Request
from dispatch.verbs.inputs import Inputs
from dispatch.workflow import Flow, Verb
from twin import revisions
from twin.models import Grant, User
from twin.problems import Problem


@dataclass
class Act:
    """One verb on its way. An effect changes `case` in memory, writes rows of its own, and adds to `change`."""

    case: Case
    flow: Flow
    verb: Verb
    user: User | None  # none: the clock does it
    inputs: Inputs
    at: datetime
    known: revisions.Revisions
    attachments: list[Attachment] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    change: dict[str, Any] = field(default_factory=dict)  # what the journal row says besides
    past: str = ""  # other than the verb's own, where what it grants happens

    @cached_property
    def pending(self) -> Request | None:
        """The request that waits for approval."""
        if not self.case.asking:
            return None
        return Request.objects.select_for_update().filter(case=self.case, granted=None).first()

    @cached_property
    def open_tasks(self) -> list[JointTask]:
        return list(JointTask.objects.filter(case=self.case, answered_at=None).order_by("pk"))

    @property
    def person(self) -> User:
        """Who acts, where the clock cannot."""
        assert self.user is not None
        return self.user

    def tell(
        self, reason: str, zh: str, en: str, *, role: str = "", department: str = "", user: User | None = None
    ) -> None:
        """Let somebody know, in the same transaction: an act of which nobody could be told does not happen."""
        Notice.objects.create(
            case=self.case,
            at=self.at,
            reason=reason,
            role=role,
            department=department,
            user=user,
            text_zh=f"{self.case.number}：{zh}",
            text_en=f"{self.case.number}: {en}",
            exercise=self.case.exercise,
        )


def refused(en: str, zh: str, **extra: Any) -> Problem:
    """A step that cannot be taken, and why."""
    return Problem(422, en, detail_zh=zh, **extra)
