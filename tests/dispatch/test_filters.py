"""Saved filters of the queue: a person's own, wherever they sit."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from twin.models import AuditRow

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]
LATE = {"overdue": True, "order": "due"}


def save(client: Client, name: str, content: Any = LATE) -> Any:
    return client.post("/api/filters", {"name": name, "content": content}, "application/json")


def test_it_is_there_at_every_desk_and_nobody_elses(client: Client, make_person: Make) -> None:
    mine, other = make_person(), make_person()
    client.force_login(mine)
    made = save(client, " 超时 ")
    assert made.status_code == 201
    elsewhere = Client()
    elsewhere.force_login(mine)
    assert elsewhere.get("/api/filters").json() == [{"id": made.json()["id"], "name": "超时", "content": LATE}]
    elsewhere.force_login(other)
    assert elsewhere.get("/api/filters").json() == []
    assert elsewhere.delete(f"/api/filters/{made.json()['id']}").status_code == 404
    assert AuditRow.objects.get(act="filter.saved").user == mine


def test_it_is_changed_and_removed(client: Client, make_person: Make) -> None:
    client.force_login(make_person())
    number = save(client, "超时").json()["id"]
    body = {"name": "今日超时", "content": {"overdue": True}}
    assert client.put(f"/api/filters/{number}", body, "application/json").json() == body | {"id": number}
    assert client.delete(f"/api/filters/{number}").status_code == 204
    assert client.get("/api/filters").json() == []


@pytest.mark.parametrize(
    ("name", "content", "status"), [("", {}, 422), ("超时", {}, 409), ("大", {"text": "长" * 5000}, 422)]
)
def test_what_cannot_be_kept_is_refused(
    client: Client, make_person: Make, name: str, content: dict[str, Any], status: int
) -> None:
    client.force_login(make_person())
    save(client, "超时")
    assert save(client, name, content).status_code == status
    assert len(client.get("/api/filters").json()) == 1
