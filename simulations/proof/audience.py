"""The viewers of `bench fanout` and `check storm`, with login, viewport and filter, and what happens in their city.

No two of the first thousand subscriptions are alike: 250 viewports, which all hold the city's centre, times four
filters; and four people see by different rights. Each tick of the city is one transaction with four cases: one in the
centre that concerns everybody, one that a filter keeps out, one that lies outside of many viewports, and one that
nobody asked for.
"""

import itertools
import time
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import get_random_string

from simulations.proof.district import STEP
from twin import journal, tiles
from twin.journal import Entry, dump
from twin.models import Grant, Role, User

CENTRE = (120.307, 31.577)
WIDE = 360 / tiles.SIDE  # degrees of longitude of one tile
ASIDE = (CENTRE[0] + 3.5 * WIDE, CENTRE[1])
AWAY = (CENTRE[0] + 20 * WIDE, CENTRE[1])
ZONE, DEPARTMENT = 1, "UMB.SAN"
RIGHTS: list[tuple[list[str], list[int]]] = [([], []), (["UMB"], []), ([], [ZONE]), (["UMB"], [ZONE, 2])]
FILTERS: list[dict[str, list[Any]]] = [
    {"category": ["E-01-10", "E-01-13", "C-01-01"]},
    {"urgency": [2, 3]},
    {"status": ["dispatched", "accepted"], "urgency": [2]},
    {"channel": ["hotline", "grid"]},
]


def helloes(number: int) -> list[dict[str, Any]]:
    """A `hello` for each viewer."""
    sides = list(itertools.product((0.2, 1.2, 2.2, 3.7), repeat=4))[:250]
    return [
        {"op": "hello", "protocol": 1, "subscribe": [_entry(sides[i % 250], FILTERS[i // 250 % 4])]}
        for i in range(number)
    ]


def _entry(sides: tuple[float, ...], where: dict[str, list[Any]]) -> dict[str, Any]:
    west, south, east, north = sides
    lon, lat = CENTRE
    bbox = [lon - west * WIDE, lat - south * WIDE * 0.8, lon + east * WIDE, lat + north * WIDE * 0.8]
    return {"types": ["case"], "bbox": bbox, "where": where}


def cookies(number: int) -> list[str]:
    """A login for each viewer: sessions of its own, of four people with different rights."""
    people = [_person(i, departments, zones) for i, (departments, zones) in enumerate(RIGHTS)]
    until = timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    sessions = []
    for viewer in range(number):
        user = people[viewer % len(people)]
        data = {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
        }
        key = get_random_string(32)
        sessions.append(Session(session_key=key, session_data=SessionStore().encode(data), expire_date=until))
    Session.objects.bulk_create(sessions)
    return [f"{settings.SESSION_COOKIE_NAME}={session.session_key}" for session in sessions]


def _person(number: int, departments: list[str], zones: list[int]) -> User:
    user = User.objects.create(username=f"viewer-{number}", name=f"观众 {number}")
    Grant.objects.create(user=user, role=Role.OPERATOR, departments=departments, zones=zones)
    return user


class Bustle:
    """Changes the same few cases again and again, through the journal's one door."""

    CASES: tuple[tuple[str, tuple[float, float], dict[str, Any]], ...] = (
        ("1", CENTRE, {}),
        ("2", CENTRE, {"category": "C-01-37", "urgency": 1, "status": "completed", "channel": "sensor"}),
        ("3", ASIDE, {}),
        ("4", AWAY, {}),
    )

    def __init__(self) -> None:
        self.version = 0
        self.committed: list[int] = []  # nanoseconds of the wall clock at which the commit of each version had returned

    def tick(self) -> None:
        """One transaction: a new version of every case."""
        self.version += 1
        with journal.writing() as said:
            for name, place, more in self.CASES:
                said.say(self._entry(name, place, more, said.at))
        self.committed.append(time.time_ns())

    def _entry(self, name: str, place: tuple[float, float], more: dict[str, Any], now: datetime) -> Entry:
        state = {
            "number": f"20261123{int(name):08d}", "category": "E-01-10", "urgency": 2, "status": "accepted",
            "channel": "hotline", "lon": place[0], "lat": place[1] + STEP, "department": DEPARTMENT,
            "zones": [ZONE, 2, 3, 4], "cell": "990101001001001", "place": "中路 18 号门前",
            "place_en": "18 Middle Road",
            "opened_at": now, "due_at": now, "exercise": "",
        }  # fmt: skip
        return Entry(
            "case.changed", "case", f"bustle-{name}", self.version, "bench", dump(state | more), (ZONE, 2, 3, 4),
            DEPARTMENT, tile=tiles.tile_of(*place),
        )  # fmt: skip
