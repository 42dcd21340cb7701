"""Filters of the queue under names of their own: a person's, at whichever desk they sit."""

from typing import Any

import orjson
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from dispatch.models import SavedFilter
from twin import audit, clock
from twin.models import User
from twin.problems import Problem

MOST_BYTES = 4_096
MOST_OF_ONE = 50


def save(
    user: User, name: str, content: dict[str, Any], filter_id: int | None = None, *, request: HttpRequest | None = None
) -> SavedFilter:
    """Keep a filter, or change the one with this id. It is on no map, so the journal says nothing of it.

    Raises Problem: 404 if there is none with the id, 409 if the person has another one of this name, 422 without a
    name, for one that is too large, and for too many.
    """
    named = name.strip()
    if not named:
        raise Problem(422, "Give the filter a name.", detail_zh="请为筛选命名。")
    if len(orjson.dumps(content)) > MOST_BYTES:
        raise Problem(422, f"A filter has at most {MOST_BYTES} bytes.", detail_zh=f"筛选不得超过 {MOST_BYTES} 字节。")
    if filter_id is None and SavedFilter.objects.filter(user=user).count() >= MOST_OF_ONE:
        raise Problem(
            422,
            f"A person keeps at most {MOST_OF_ONE} filters; remove one first.",
            detail_zh=f"每人最多保存 {MOST_OF_ONE} 个筛选，请先删除。",
        )
    try:
        with transaction.atomic():
            kept = SavedFilter(user=user) if filter_id is None else _mine(user, filter_id)
            kept.name, kept.content, kept.saved_at = named, content, clock.now()
            kept.save()
            audit.record("filter.saved", user, "filter", str(kept.pk), request=request, name=named)
    except IntegrityError as error:
        raise Problem(
            409, f"You have a filter called {named} already.", detail_zh=f"您已有名为“{named}”的筛选。"
        ) from error
    return kept


def remove(user: User, filter_id: int, *, request: HttpRequest | None = None) -> None:
    """Raises Problem 404 if the person has none with this id."""
    with transaction.atomic():
        kept = _mine(user, filter_id)
        audit.record("filter.removed", user, "filter", str(kept.pk), request=request, name=kept.name)
        kept.delete()


def _mine(user: User, filter_id: int) -> SavedFilter:
    found = SavedFilter.objects.select_for_update().filter(user=user, pk=filter_id).first()
    if found is None:
        raise Problem(404, "You have no such filter.", detail_zh="您没有这个筛选。")
    return found
