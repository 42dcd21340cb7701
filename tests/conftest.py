"""What tests stand on: the small city in a real PostGIS, and the real brokers of the running servers."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from ingest.message import Message
from simulations.city.seed import store
from tests.small_city import middle, small_city
from twin.models import User


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The small city is in the test database once, for all tests; each test's own changes are taken back."""
    with django_db_blocker.unblock():
        store(small_city(), lambda step: None)


@pytest.fixture
def city(db: None) -> None:
    """The small city, inside a transaction that is rolled back."""


@pytest.fixture
def operator(city: None) -> User:
    return User.objects.get(username="demo-operator")


@pytest.fixture
def make_event() -> Callable[..., dict[str, Any]]:
    """A CloudEvent as a dict: a hotline order in the middle of cell (0, 0), unless said otherwise."""
    count = iter(range(1, 1_000_000))

    def make(kind: str = "hotline.order", source: str = "hotline", place: Any = middle(0, 0), **data: Any) -> Any:
        event: dict[str, Any] = {
            "specversion": "1.0",
            "id": f"test-{next(count)}",
            "source": f"urn:yiwang:demo:{source}",
            "type": f"cn.yiwang.{kind}.v1",
            "time": datetime.now(UTC).isoformat(),
        }
        body = {"category": "E-01-10", "description": "垃圾"} | data
        if place is not None:
            body.setdefault("location", {"lon": place[0], "lat": place[1], "crs": "WGS84"})
        return event | {"data": body}

    return make


@pytest.fixture
def message_of() -> Callable[..., Message]:
    """A delivered message with an event, or with raw bytes, inside."""

    def make(event: Any, **more: Any) -> Message:
        body = event if isinstance(event, bytes) else orjson.dumps(event)
        return Message(**({"channel": "http", "body": body, "received_at": datetime.now(UTC)} | more))

    return make
