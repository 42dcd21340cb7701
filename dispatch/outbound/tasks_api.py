"""For departments' own systems, by token: look at a task, take a step of it, send a photo for it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router, Status
from ninja.files import UploadedFile

from dispatch import actions
from dispatch.attachments import store
from dispatch.detail import attachment_out
from dispatch.models import Case
from dispatch.models.work import AttachmentKind
from dispatch.outbound.idempotency import as_json, once
from dispatch.outbound.tasks import Words, part_of
from dispatch.outbound.tokens import DepartmentToken, system
from dispatch.state import state_of
from dispatch.verbs.inputs import Inputs
from twin import revisions
from twin.models import User
from twin.problems import Problem

router = Router(tags=["departments' systems"], auth=DepartmentToken())


class Step(Inputs):
    """A step: the version of the case that the system knows, and what the verb asks for."""

    version: int


@router.get("/tasks/{number}")
def one_task(request: HttpRequest, number: str) -> dict[str, Any]:
    """The case as it is now, as the messages have it in `data`."""
    return _out(_case(system(request).user, number), system(request).department)


@router.post("/tasks/{number}/actions/{verb}", response={200: dict[str, Any]})
def act(request: HttpRequest, number: str, verb: str, body: Step) -> HttpResponse:
    """Take a step of the workflow as the department's service user. With an `Idempotency-Key`, once."""
    token = system(request)

    def work() -> HttpResponse:
        found = _case(token.user, number)
        given = body.dict(exclude_unset=True)
        case = actions.act(found.pk, verb, token.user, request=request, **given)
        return as_json(_out(case, token.department))

    return once(request, token, work)


@router.post("/task-attachments", response={201: dict[str, Any]})
def attach(request: HttpRequest, file: File[UploadedFile], kind: Form[AttachmentKind]) -> Status[dict[str, Any]]:
    """Keep a photo or a document for the step that will name its id in `attachments`."""
    return Status(201, attachment_out(store.add(file, kind.value, system(request).user, request=request)))


def _case(user: User, number: str) -> Case:
    case = Case.objects.visible_to(user.scope).filter(number=number).first()
    if case is None:
        raise Problem(
            404, "There is no such task, or it is not your department's.", detail_zh="没有该任务，或不属于本部门。"
        )
    return case


def _out(case: Case, department: str) -> dict[str, Any]:
    state = state_of(case)
    data = {"case": case.pk, "version": case.version, "part": part_of(department, case.department, case.shared)}
    return data | {k: v for k, v in state.items() if k != "zones"} | Words(revisions.read()).of(state)
