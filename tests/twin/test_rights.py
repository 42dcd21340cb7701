"""What a change of somebody's rights, login or password does to the views that they have open: at once."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from dispatch.models import Case
from tests.twin.live_server import Line, LiveServer
from twin.live import follow
from twin.models import Grant, User

Open = Callable[..., Case]
WATER = {
    "kind": "grid.report",
    "source": "grid",
    "worker": "w1",
    "component": "9901010101000001",
    "category": "C-01-01",
}
CASES = [{"types": ["case"]}]


@pytest.fixture(scope="module")
def server(own_city: None) -> Iterator[LiveServer]:
    with LiveServer() as server:
        yield server


@pytest.fixture(autouse=True)
def no_other_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what a change itself sets off counts here, not the look at all sessions now and then."""
    monkeypatch.setattr(follow, "LOOK_AGAIN", 1e9)


def opened(line: Line) -> list[str]:
    line.hello(subscribe=CASES)
    line.expect("hello")
    return departments(line.expect("snapshot"))


def departments(message: dict[str, Any]) -> list[str]:
    return sorted({one["state"]["department"] for one in message["features"]})


def test_rights_that_change_bring_a_snapshot_of_what_may_be_seen_now(server: LiveServer, open_case: Open) -> None:
    water, waste = open_case(**WATER), open_case()
    assert (water.department, waste.department) == ("WAT.SUP", "UMB.SAN")
    grant = Grant.objects.get(user__username="demo-department")
    with server.line(server.login("demo-department")) as line:
        assert opened(line) == ["UMB.SAN"]
        Grant.objects.filter(pk=grant.pk).update(departments=["WAT"])
        assert departments(line.expect("snapshot")) == ["WAT.SUP"]
        grant.delete()
        assert departments(line.expect("snapshot")) == []
        Grant.objects.create(user=grant.user, role=grant.role, departments=["UMB"])
        assert departments(line.expect("snapshot")) == ["UMB.SAN"]


def test_no_frame_that_came_after_a_loss_of_rights_is_sent(server: LiveServer, open_case: Open) -> None:
    user = User.objects.get(username="demo-hotline")
    with server.line(server.login("demo-hotline")) as line:
        opened(line)
        Grant.objects.filter(user=user).update(departments=["WAT"])
        open_case()
        message = line.take()
        assert message["op"] == "snapshot", "the new snapshot comes first, and nothing of the case"
        assert "UMB.SAN" not in departments(message)


def test_who_logs_out_is_told_so_in_every_view(server: LiveServer) -> None:
    cookie = server.login("demo-grid")
    with server.line(cookie) as line, server.line(cookie) as other, server.line(server.login("demo-grid")) as elsewhere:
        for one in (line, other, elsewhere):
            opened(one)
        browser = Client()
        browser.cookies.load(cookie)
        assert browser.post("/api/logout").status_code == 200
        assert line.closed() == other.closed() == (4401, "logged out")
        elsewhere.say({"op": "subscribe", "subscribe": []})
        assert elsewhere.expect("snapshot")["features"] == [], "another login of the same person goes on"


@pytest.mark.parametrize("change", ["password", "is_active"])
def test_a_new_password_or_a_person_who_may_no_longer_log_in_ends_views(server: LiveServer, change: str) -> None:
    user = User.objects.get(username="demo-admin")
    with server.line(server.login("demo-admin")) as line:
        opened(line)
        if change == "password":
            user.set_password("another-password")
        else:
            user.is_active = False
        user.save()
        assert line.closed() == (4401, "logged out")
    user.is_active = True
    user.set_password("demo-admin-city")
    user.save()


def test_a_view_that_is_opened_with_rights_that_changed_meanwhile_is_looked_at_again(server: LiveServer) -> None:
    """Between the login and hello a person may lose everything."""
    user = User.objects.get(username="demo-planner")
    with server.line(server.login("demo-planner")) as line:
        line.say({"op": "look"})  # is answered by a close only after the login is known
        assert line.closed() == (4400, "say hello first")
    with server.line(server.login("demo-planner")) as line:
        Grant.objects.filter(user=user).delete()
        line.hello(subscribe=CASES)
        line.expect("hello")
        snapshot = line.expect("snapshot")
        while snapshot["features"]:
            snapshot = line.expect("snapshot")
