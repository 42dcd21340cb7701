"""The inbox over HTTP, and one step for many cases at once."""

from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from dispatch import inbox
from dispatch.verbs.inputs import Inputs
from twin import clock, revisions
from twin.session import person

router = Router(tags=["inbox"])
MOST_LISTED = 200
MOST_AT_ONCE = 100


class Asked(Schema):
    status: str = ""
    overdue: bool = False
    mine: bool = Field(False, description="only what was handed to the person")
    text: str = Field("", max_length=100, description="in number, place or name of the category")
    page: int = Field(1, ge=1, le=10_000)
    limit: int = Field(50, ge=1, le=MOST_LISTED)


@router.get("/inbox")
def my_inbox(request: HttpRequest, asked: Query[Asked]) -> dict[str, Any]:
    """What waits for the person and their department, the urgent first and then by deadline."""
    known = revisions.read()
    wanted = inbox.Filters(asked.status, asked.overdue, asked.mine, asked.text)
    now = clock.now(known)
    found = inbox.tasks(person(request), wanted, now, known, page=asked.page, limit=asked.limit)
    return found | {"now": now}


class Chosen(Schema):
    id: int
    version: int


class Bulk(Schema):
    verb: str
    cases: list[Chosen] = Field(min_length=1, max_length=MOST_AT_ONCE)
    inputs: Inputs = Inputs()


@router.post("/inbox/bulk")
def bulk(request: HttpRequest, body: Bulk) -> dict[str, Any]:
    """One step for many cases; for each what became of it. One that fails stops none of the others."""
    user, given = person(request), body.inputs.dict(exclude_unset=True)
    outcomes = [inbox.act_on(one.id, one.version, body.verb, user, given, request=request) for one in body.cases]
    return {"items": outcomes, "done": sum(one["done"] for one in outcomes)}
