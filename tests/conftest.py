"""What tests stand on: the small city in a real PostGIS, and the real brokers of the running servers."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import orjson
import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

from dispatch.intake import Opened
from dispatch.models import Case
from geo.models import Zone
from ingest.message import Message
from ingest.pipeline import process
from simulations.city.seed import store
from tests import databases
from tests.small_city import middle, small_city
from twin import revisions
from twin.live.people import RIGHTS
from twin.models import Grant, Role, User

# How long an example takes says nothing on a busy machine.
hypothesis.settings.register_profile("yiwang", deadline=None, max_examples=60)
hypothesis.settings.load_profile("yiwang")


def pytest_configure() -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # these need not be hard to guess


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """The small city is in the test database once, for all tests; each test's own changes are taken back."""
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False)
        store(small_city(), lambda step: None)
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.fixture
def city(db: None) -> Iterator[None]:
    """The small city, inside a transaction that is rolled back."""
    before = revisions.read()
    yield
    moved = revisions.read().items() ^ before.items()
    if any(topic != RIGHTS for topic, _ in moved):  # of rights no process keeps anything
        databases.forget_settings()  # what this process learnt of changes that never came to be


@pytest.fixture(scope="module")
def own_city(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The small city in a database of its own: for tests that commit, and for those with several connections.

    The tests of a module share it: each finds what those before it have left.
    """
    with django_db_blocker.unblock(), databases.copy_of(connection):
        yield


@pytest.fixture
def statements() -> Callable[[], AbstractContextManager[list[str]]]:
    """`with statements() as sent:` lists what the block sends to the database, COPY, BEGIN and COMMIT included."""
    return lambda: databases.statements(connection)


@pytest.fixture
def operator(city: None) -> User:
    return User.objects.get(username="demo-operator")


@pytest.fixture
def media(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own for photos and papers."""
    monkeypatch.setattr(settings, "MEDIA", tmp_path / "media")
    return tmp_path / "media"


@pytest.fixture
def make_person() -> Callable[..., User]:
    """Somebody with one role, within departments and zones (ids) if any are named."""

    def make(role: str = Role.OPERATOR, departments: Any = (), zones: Any = ()) -> User:
        user = User.objects.create(username=f"{role}-{uuid.uuid4().hex}")
        Grant.objects.create(user=user, role=role, departments=list(departments), zones=list(zones))
        return user

    return make


@pytest.fixture
def zone_id() -> Callable[[str], int]:
    """The id of a zone by its `kind:code`."""

    def find(ref: str) -> int:
        kind, _, code = ref.partition(":")
        return int(Zone.objects.get(kind=kind, code=code).pk)

    return find


HERE = middle(0, 0)


@pytest.fixture
def make_event() -> Callable[..., dict[str, Any]]:
    """A CloudEvent as a dict: a hotline order in the middle of cell (0, 0), unless said otherwise."""

    def make(kind: str = "hotline.order", source: str = "hotline", place: Any = HERE, **data: Any) -> Any:
        event: dict[str, Any] = {
            "specversion": "1.0",
            "id": f"test-{uuid.uuid4().hex}",
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
        given: dict[str, Any] = {"channel": "http", "body": body, "received_at": datetime.now(UTC)}
        return Message(**given | more)

    return make


@pytest.fixture
def open_case(make_event: Callable[..., Any], message_of: Callable[..., Message]) -> Callable[..., Case]:
    """A case that has just been reported, or happened `at` a time; takes what `make_event` takes."""

    def report(at: datetime | None = None, **event: Any) -> Case:
        envelope = make_event(**event) | ({"time": at.isoformat()} if at else {})
        (result,) = process([message_of(envelope)])
        assert isinstance(result.outcome, Opened), result.outcome
        return Case.objects.get(pk=result.outcome.case_id)

    return report
