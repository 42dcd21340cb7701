"""Who is behind a session, and what they may see: asked for many viewers at once.

A thousand viewers who come back in five seconds, or whose rights may have changed, cost four queries, not thousands.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from channels.db import database_sync_to_async
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from twin import revisions
from twin.access import Scope
from twin.models import User

RIGHTS = "rights"  # the topic that changes with grants, people and sessions; see the migration `live`


@dataclass(frozen=True)
class Person:
    id: int
    username: str
    name: str
    scope: Scope


@dataclass(frozen=True)
class Answer:
    """Who is logged in, by session key; true at the revision `rights` or later."""

    rights: int
    people: dict[str, Person]


def logged_in(sessions: Collection[str]) -> Answer:
    rights = revisions.read().get(RIGHTS, 0)  # first: what changes meanwhile is asked for again
    found = Session.objects.filter(session_key__in=sessions, expire_date__gt=timezone.now())
    claims = {key: _claim(data) for key, data in found.values_list("session_key", "session_data")}
    ids = {user_id for user_id, _ in claims.values()}
    users = {user.pk: user for user in User.objects.filter(pk__in=ids, is_active=True).prefetch_related("grants")}
    hashes = {user.pk: _hashes(user) for user in users.values()}
    people = {user.pk: Person(user.pk, user.username, user.name, user.scope) for user in users.values()}
    return Answer(
        rights,
        {
            key: people[user_id]
            for key, (user_id, claimed) in claims.items()
            if any(constant_time_compare(claimed, known) for known in hashes.get(user_id, ()))
        },
    )


@lru_cache(maxsize=8192)
def _claim(session_data: str) -> tuple[int, str]:
    """User id and password hash that a session was given at login; 0 for one of nobody. Checks its signature."""
    data = SessionStore().decode(session_data)
    return int(data.get(SESSION_KEY, 0)), data.get(HASH_SESSION_KEY, "")


def _hashes(user: User) -> list[str]:
    return [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]


class Doorkeeper:
    """Answers one by one and asks together: what comes while a question is on its way goes into the next."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Future[tuple[int, Person | None]]] = {}
        self._task: asyncio.Task[None] | None = None

    async def who(self, session: str) -> tuple[int, Person | None]:
        """The revision of the rights, and the person; None if nobody is logged in."""
        if session not in self._waiting:
            self._waiting[session] = asyncio.get_running_loop().create_future()
        answer = self._waiting[session]
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._ask())
        return await asyncio.shield(answer)

    async def _ask(self) -> None:
        while self._waiting:
            asked, self._waiting = self._waiting, {}
            try:
                answer = await database_sync_to_async(logged_in)(list(asked))
            except Exception as error:
                for future in asked.values():
                    future.set_exception(error)
                continue
            for session, future in asked.items():
                future.set_result((answer.rights, answer.people.get(session)))
