"""What every answer has: errors as problem details (RFC 9457), and the security headers."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from dispatch.models import Case
from twin.models import Role, User

pytestmark = pytest.mark.usefixtures("city")


def check_problem(answer: Any, status: int, says: str) -> None:
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    body = answer.json()
    assert body["status"] == status
    assert body["type"]
    assert body["title"]
    assert says in body["detail"]


def act(client: Client, case: int, verb: str, **body: Any) -> Any:
    return client.post(f"/api/cases/{case}/actions/{verb}", body, content_type="application/json")


def test_401_says_to_log_in(client: Client) -> None:
    check_problem(client.get("/api/cases"), 401, "Log in first")


def test_403_says_that_the_role_does_not_allow_it(
    client: Client, operator: User, open_case: Callable[..., Case]
) -> None:
    client.force_login(operator)
    check_problem(act(client, open_case().pk, "accept", version=1), 403, "your roles do not allow this")


def test_404_says_that_there_is_nothing(client: Client, operator: User) -> None:
    client.force_login(operator)
    check_problem(client.get("/api/cases/999999"), 404, "no such case")


def test_404_is_a_problem_for_an_address_that_nobody_has_too(client: Client) -> None:
    check_problem(client.get("/api/nowhere"), 404, "/api/docs")
    assert client.get("/nowhere")["Content-Type"].startswith("text/html")


def test_409_says_what_has_changed(
    client: Client, make_person: Callable[..., User], open_case: Callable[..., Case]
) -> None:
    client.force_login(make_person(Role.ADMINISTRATOR))
    case = open_case()
    act(client, case.pk, "accept", version=1)
    answer = act(client, case.pk, "accept", version=1)
    check_problem(answer, 409, "it is now accepted (version 2, you had 1)")
    assert (answer.json()["version"], answer.json()["status_now"]) == (2, "accepted")


def test_422_names_the_field(client: Client, operator: User, open_case: Callable[..., Case]) -> None:
    client.force_login(operator)
    check_problem(act(client, open_case().pk, "accept"), 422, "version")


@pytest.mark.parametrize("address", ["/api/cases?number=%00", "/api/cases?category=%00&limit=1"])
def test_what_the_database_cannot_hold_is_422(client: Client, operator: User, address: str) -> None:
    client.force_login(operator)
    check_problem(client.get(address), 422, "")


def test_a_number_beyond_all_numbers_is_no_failure(client: Client, operator: User) -> None:
    client.force_login(operator)
    assert client.get(f"/api/cases/{10**30}").status_code == 404
    assert client.get(f"/api/cases?before={10**30}").status_code == 200


@pytest.mark.parametrize("address", ["/", "/healthz", "/api/me", "/tiles/zones/0/0/0/0", "/nowhere"])
def test_every_answer_carries_the_security_policy(client: Client, address: str) -> None:
    answer = client.get(address)
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_the_health_check_says_where_the_journal_stands(client: Client, open_case: Callable[..., Case]) -> None:
    before = client.get("/healthz").json()["seq"]
    open_case()
    assert client.get("/healthz").json() == {"ok": True, "seq": before + 1}
