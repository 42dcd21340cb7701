"""The delivery log, page by page: the newest first, or what failed first."""

from typing import Any

from django.db.models import Q, QuerySet

from dispatch.models import Channel, Delivery, DeliveryState
from twin.access import Scope
from twin.problems import Problem

MOST_LISTED = 200
# What a person must do something about, then what is on its way, then what is done.
FAILED_FIRST = [DeliveryState.FAILED, DeliveryState.WAITING, DeliveryState.DELIVERED]


def of_department(code: str) -> Q:
    """Of the channels of a department; those under it have their own page."""
    return Q(channel__department=code)


def seen(scope: Scope) -> QuerySet[Delivery]:
    mine = Delivery.objects.filter(channel__in=Channel.objects.visible_to(scope))
    return mine.select_related("channel").order_by("-pk")


def newest(query: QuerySet[Delivery], before: int | None, limit: int) -> tuple[list[Delivery], int | None]:
    """A page, and what to pass as `before` to get what follows."""
    items = list((query.filter(pk__lt=before) if before is not None else query)[: limit + 1])
    return items[:limit], items[limit - 1].pk if len(items) > limit else None


def failed_first(query: QuerySet[Delivery], after: str, limit: int) -> tuple[list[Delivery], str | None]:
    """The same by state; `after` is `state.id` of the last that was seen. State by state, so that an index serves it.

    Raises Problem 422 for an `after` that is none.
    """
    state, before = _place(after)
    items: list[Delivery] = []
    for one in FAILED_FIRST[FAILED_FIRST.index(state) :]:
        of_state = query.filter(state=one)
        if before is not None and one == state:
            of_state = of_state.filter(pk__lt=before)
        items += of_state[: limit + 1 - len(items)]
        if len(items) > limit:
            break
    last = items[limit - 1] if len(items) > limit else None
    return items[:limit], f"{last.state}.{last.pk}" if last else None


def _place(after: str) -> tuple[DeliveryState, int | None]:
    if not after:
        return FAILED_FIRST[0], None
    state, _, number = after.partition(".")
    try:
        return DeliveryState(state), int(number)
    except ValueError:
        raise Problem(422, "`after` is the `next` of the page before.", detail_zh="after 应为上一页的 next。") from None


def out(one: Delivery) -> dict[str, Any]:
    names = (
        "seq", "number", "type", "exercise", "state", "attempts", "next_at", "response_code", "last_error",
        "made_at", "delivered_at",
    )  # fmt: skip
    told = {name: getattr(one, name) for name in names}
    return {"id": one.pk, "channel": one.channel_id, "department": one.channel.department, "case": one.case_id} | told
