"""Reports over HTTP: answered after the commit, the same answer for the same id, and kept when refused."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from django.test import Client

from dispatch.models import Case, Report
from ingest.models import DeadLetter, Source
from simulations.city.seed import demo_token
from tests.ingest.deliveries import STRUCTURED, attributes_of
from tests.small_city import OUTSIDE
from twin import revisions

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]
HOTLINE = "urn:yiwang:demo:hotline"


@pytest.fixture
def post(client: Client) -> Make:
    """Send an event, or raw bytes, with the token of a source."""

    def send(event: Any, source: str | None = HOTLINE, content_type: str = STRUCTURED, **headers: str) -> Any:
        body = event if isinstance(event, bytes) else orjson.dumps(event)
        token = {"Authorization": f"Bearer {demo_token(source)}"} if source else {}
        return client.post("/api/events", body, content_type, headers=token | headers)

    return send


def test_a_report_becomes_a_case_and_is_answered_with_it(post: Make, make_event: Make) -> None:
    answer = post(make_event())
    case = Case.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "outcome": "opened",
        "case": {"id": case.pk, "number": case.number, "department": case.department},
    }


def test_the_same_id_sent_again_gets_the_same_case_and_opens_no_other(post: Make, make_event: Make) -> None:
    event = make_event()
    first, second = post(event), post(event)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == {"outcome": "known", "case": first.json()["case"]}
    assert Case.objects.count() == Report.objects.count() == 1


def test_binary_mode_is_taken_too(post: Make, make_event: Make) -> None:
    event = make_event()
    headers = {f"ce-{name}": value for name, value in attributes_of(event).items()}
    assert post(event["data"], content_type="application/json", **headers).status_code == 201
    assert Report.objects.get().message_id == event["id"]


def test_a_report_without_a_place_is_accepted_and_waits(post: Make, make_event: Make) -> None:
    event = make_event(place=None)
    answer = post(event)
    assert (answer.status_code, answer.json()) == (202, {"outcome": "to_be_located", "report": Report.objects.get().pk})
    assert post(event).json() == {"outcome": "known", "case": None}


def test_a_refused_report_is_answered_with_the_reason_and_kept(post: Make, make_event: Make) -> None:
    answer = post(make_event(place=OUTSIDE))
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    letter = DeadLetter.objects.get()
    assert answer.json()["code"] == letter.reason_code == "outside_city"
    assert (answer.json()["detail"], answer.json()["detail_zh"]) == (letter.reason_en, letter.reason_zh)


@pytest.mark.parametrize("body", [b"", b"no json", b"x" * 300_000], ids=["empty", "no JSON", "large"])
def test_what_cannot_be_read_is_refused_and_kept_with_its_bytes(post: Make, body: bytes) -> None:
    assert post(body).status_code == 422
    assert bytes(DeadLetter.objects.get().raw) == body


def test_a_body_beyond_all_bounds_is_refused_as_a_problem(post: Make) -> None:
    answer = post(b"x" * 3_000_000)
    assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")


# Who may report


def test_without_a_token_nothing_is_taken(post: Make, make_event: Make) -> None:
    answer = post(make_event(), source=None)
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert not Case.objects.exists()


@pytest.mark.parametrize("token", ["wrong", ""])
def test_a_wrong_token_is_refused(post: Make, make_event: Make, token: str) -> None:
    assert post(make_event(), source=None, Authorization=f"Bearer {token}").status_code == 401


def test_a_token_reports_for_its_own_source_alone(post: Make, make_event: Make) -> None:
    answer = post(make_event(), source="urn:yiwang:demo:grid")
    assert (answer.status_code, answer.json()["code"]) == (403, "wrong_source")
    assert HOTLINE in answer.json()["detail"]
    assert not Case.objects.exists()
    assert not DeadLetter.objects.exists()


def test_a_source_that_is_no_longer_active_is_a_stranger_at_once(post: Make, make_event: Make) -> None:
    assert post(make_event()).status_code == 201
    Source.objects.filter(uri=HOTLINE).update(active=False)
    revisions.bump("sources")
    assert post(make_event()).status_code == 401


def test_a_login_is_no_token(client: Client, make_event: Make, operator: Any) -> None:
    client.force_login(operator)
    assert client.post("/api/events", orjson.dumps(make_event()), STRUCTURED).status_code == 401
