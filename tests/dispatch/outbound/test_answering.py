"""A department's own system answers by token; administrators keep channels; the log tells, and sends again."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from dispatch.models import Case, Channel, Delivery
from dispatch.outbound import tokens
from tests.dispatch.outbound.receiver import receiving
from twin.models import JournalRow, Role

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]


@pytest.fixture
def step(client: Client, make_person: Make) -> Make:
    """The system of UMB.SAN takes a step."""
    _, token = tokens.issue("UMB.SAN", "环卫系统", make_person(Role.ADMINISTRATOR))

    def send(case: Case, verb: str, key: str = "", **body: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})
        url = f"/api/tasks/{case.number}/actions/{verb}"
        return client.post(url, body, "application/json", headers=headers)

    return send


def test_a_system_accepts_as_its_departments_service_user(step: Make, open_case: Make) -> None:
    case = open_case()
    answer = step(case, "accept", version=1)
    assert (answer.status_code, answer.json()["status"], answer.json()["version"]) == (200, "accepted", 2)
    assert JournalRow.objects.get(kind="case.accepted", object_id=str(case.pk)).actor.startswith("user:")


def test_the_same_key_is_answered_the_same_and_acts_once(step: Make, open_case: Make) -> None:
    case = open_case()
    first, again = (step(case, "accept", "key-1", version=1) for _ in range(2))
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert JournalRow.objects.filter(kind="case.accepted", object_id=str(case.pk)).count() == 1
    assert step(case, "accept", "key-1", version=2).status_code == 422, "another request under the key"


def test_a_refusal_is_a_problem_and_stays_one_under_its_key(step: Make, open_case: Make) -> None:
    case = open_case()
    step(case, "accept", version=1)
    late = [step(case, "return", "key-2", version=1, note="不属本部门") for _ in range(2)]
    assert [one.status_code for one in late] == [409, 409]
    assert late[0].json() == late[1].json()
    assert late[1].headers["Content-Type"] == "application/problem+json"


def test_without_a_token_and_for_other_departments_cases_there_is_nothing(
    client: Client, make_person: Make, open_case: Make
) -> None:
    case = open_case()
    url = f"/api/tasks/{case.number}"
    assert client.get(url, headers={"Authorization": "Bearer wrong"}).status_code == 401
    water, token = tokens.issue("WAT", "排水系统", make_person(Role.ADMINISTRATOR))
    assert client.get(url, headers={"Authorization": f"Bearer {token}"}).status_code == 404
    tokens.withdraw(water.pk, make_person(Role.ADMINISTRATOR))
    assert client.get(url, headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_the_log_tells_and_sends_again(client: Client, make_person: Make, open_case: Make, sent: Make) -> None:
    client.force_login(make_person(Role.ADMINISTRATOR))
    with receiving() as receiver:
        body = {"kind": "webhook", "department": "UMB.SAN", "url": receiver.url}
        made = client.post("/api/channels", body, "application/json").json()
        assert made["secret"]
        assert "secret" not in client.get("/api/channels").json()["items"][0]
        case = open_case()
        out = Channel.objects.get(pk=made["id"])
        sent(out)
        (line,) = client.get(f"/api/deliveries?state=delivered&channel={made['id']}").json()["items"]
        assert (line["number"], line["attempts"], line["response_code"]) == (case.number, 1, 204)
        assert client.post(f"/api/deliveries/{line['id']}/send-again").json()["state"] == "waiting"
        sent(out)
        assert len({event["id"] for event in receiver.taken}) == 1
        assert len(receiver.taken) == 2
        assert (
            client.put(f"/api/channels/{made['id']}", {"version": 1, "enabled": False}, "application/json").status_code
            == 200
        )
        open_case()
        sent(out)
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize("url", ["ftp://example/x", "http://", "file:///etc/passwd", "http://[", ""])
def test_a_webhook_goes_to_the_web_only(client: Client, make_person: Make, url: str) -> None:
    client.force_login(make_person(Role.ADMINISTRATOR))
    body = {"kind": "webhook", "department": "UMB.SAN", "url": url}
    assert client.post("/api/channels", body, "application/json").status_code == 422


def test_channels_are_kept_by_administrators_and_seen_by_their_department(
    client: Client, make_person: Make, channel: Make
) -> None:
    channel(url="http://127.0.0.1:9/")
    client.force_login(make_person(Role.DEPARTMENT, ["WAT"]))
    assert client.get("/api/channels").json()["items"] == []
    body = {"kind": "kafka", "department": "WAT"}
    assert client.post("/api/channels", body, "application/json").status_code == 403
