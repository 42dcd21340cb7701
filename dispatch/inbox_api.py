"""The inbox over HTTP; one step for many cases at once is in `bulk_api`."""

from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from dispatch import inbox
from twin import clock, revisions
from twin.session import person

router = Router(tags=["inbox"])
MOST_LISTED = 200


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
