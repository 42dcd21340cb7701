"""Moments that people have given a name, to come back to them or to show them to others."""

import uuid
from typing import Any

import orjson
from django.db import transaction
from django.http import HttpRequest

from twin import audit, clock
from twin.history.moments import Moment
from twin.models import Bookmark, Role, User
from twin.problems import Problem

MOST_BYTES = 16_384  # of a view


def make(
    user: User, moment: Moment, title: str, view: dict[str, Any], *, request: HttpRequest | None = None
) -> Bookmark:
    """Name a moment. It is a person's own note and on no map, so the journal says nothing of it."""
    if not title.strip():
        raise Problem(422, "Give the moment a name.", detail_zh="请为该时刻命名。")
    if len(orjson.dumps(view)) > MOST_BYTES:
        raise Problem(422, f"A view has at most {MOST_BYTES} bytes.", detail_zh=f"视图不得超过 {MOST_BYTES} 字节。")
    with transaction.atomic():
        bookmark = Bookmark.objects.create(
            user=user, created_at=clock.now(), seq=moment.seq, at=moment.at, title=title.strip(), view=view
        )
        audit.record("bookmark.made", user, "bookmark", str(bookmark.pk), request=request, seq=moment.seq)
    return bookmark


def get(bookmark_id: uuid.UUID) -> Bookmark:
    """For whoever has the link. Raises Problem 404."""
    found = Bookmark.objects.select_related("user").filter(pk=bookmark_id).first()
    if found is None:
        raise Problem(404, "There is no such bookmark; perhaps it was removed.", detail_zh="书签不存在，可能已被删除。")
    return found


def remove(user: User, bookmark_id: uuid.UUID, *, request: HttpRequest | None = None) -> None:
    """Raises Problem: 404 if there is none, 403 if it is somebody else's and the person is no administrator."""
    with transaction.atomic():
        bookmark = get(bookmark_id)
        if bookmark.user_id != user.pk and Role.ADMINISTRATOR not in user.roles():
            raise Problem(
                403, "A bookmark is removed by who made it, or by an administrator.", detail_zh="只能删除自己的书签。"
            )
        bookmark.delete()
        audit.record("bookmark.removed", user, "bookmark", str(bookmark_id), request=request, title=bookmark.title)
