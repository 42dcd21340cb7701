"""Login, logout and who I am."""

from typing import Any

import pytest
from django.test import Client

from twin.models import AuditRow, Role, User

pytestmark = pytest.mark.usefixtures("city")


def log_in(client: Client, username: str, password: str) -> Any:
    credentials = {"username": username, "password": password}
    return client.post("/api/login", credentials, content_type="application/json")


def test_a_login_opens_the_city_and_says_who_came(client: Client) -> None:
    assert client.get("/api/me").status_code == 401
    answer = log_in(client, "demo-department", "demo-department-city")
    assert (answer.status_code, answer.json()["roles"], answer.json()["departments"]) == (200, ["department"], ["UMB"])
    assert client.get("/api/me").json() == answer.json()


def test_a_login_leaves_an_audit_row(client: Client) -> None:
    log_in(client, "demo-operator", "demo-operator-city")
    row = AuditRow.objects.get(act="login.succeeded")
    assert row.user is not None
    assert (row.user.username, row.address) == ("demo-operator", "127.0.0.1")


@pytest.mark.parametrize("username", ["demo-operator", "nobody"])
def test_a_wrong_password_is_refused_in_words_and_leaves_an_audit_row(client: Client, username: str) -> None:
    answer = log_in(client, username, "wrong")
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"] == "This user name and password do not belong together."
    row = AuditRow.objects.get(act="login.failed")
    assert (row.user, row.detail) == (None, {"username": username})


def test_somebody_who_may_no_longer_come_in_cannot_log_in(client: Client) -> None:
    User.objects.filter(username="demo-operator").update(is_active=False)
    assert log_in(client, "demo-operator", "demo-operator-city").status_code == 401


def test_what_cannot_be_a_name_is_refused_and_not_a_failure_of_the_server(client: Client) -> None:
    answer = log_in(client, "a\x00b", "wrong")
    assert answer.status_code in (401, 422)
    assert answer["Content-Type"] == "application/problem+json"


def test_logging_out_ends_the_session(client: Client) -> None:
    log_in(client, "demo-operator", "demo-operator-city")
    assert client.post("/api/logout").status_code == 200
    assert client.get("/api/me").status_code == 401


def test_a_change_without_the_csrf_token_is_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    log_in(client, "demo-operator", "demo-operator-city")
    assert client.post("/api/logout").status_code == 403
    client.get("/api/me")  # sets the cookie
    token = client.cookies["csrftoken"].value
    assert client.post("/api/logout", headers={"X-CSRFToken": token}).status_code == 200


def test_a_demo_city_shows_one_login_for_each_role_and_each_of_them_works(client: Client, settings: Any) -> None:
    settings.DEMO_CITY = True
    logins = client.get("/api/demo-logins").json()
    assert len({login["role"] for login in logins}) == len(logins) == len(Role)
    for login in logins:
        answer = log_in(Client(), login["username"], login["password"])
        assert (answer.status_code, login["role"] in answer.json()["roles"]) == (200, True)


def test_a_real_city_shows_no_logins(client: Client, settings: Any) -> None:
    settings.DEMO_CITY = False
    assert client.get("/api/demo-logins").status_code == 404
