"""The live view over a real server, socket, login and database: docs/protocol.md as a conversation."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from dispatch.models import Case
from tests.small_city import middle
from tests.threads import wait_for
from tests.twin.journals import AT, entry
from tests.twin.live_server import Line, LiveServer
from twin import journal
from twin.journal import dump
from twin.live import hub as hubs
from twin.models import Grant, Head, User

Open = Callable[..., Case]
DEVICES = {("device", "WL-0001"), ("device", "MT-0001")}


@pytest.fixture(scope="module")
def server(own_city: None) -> Iterator[LiveServer]:
    """One server for all conversations: cases of earlier tests stand on the map."""
    with LiveServer() as server:
        yield server


@pytest.fixture(scope="module")
def cookie(server: LiveServer) -> str:
    return server.login()


@pytest.fixture
def line(server: LiveServer, cookie: str) -> Iterator[Line]:
    """An operator's line, to which hello has not been said."""
    with server.line(cookie) as line:
        yield line


def ids(message: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["type"], one["id"]) for one in message.get("features") or message.get("changes") or []]


def key(case: Case) -> tuple[str, str]:
    return "case", str(case.pk)


# The conversation


def test_hello_snapshot_and_a_frame_for_every_case_that_is_committed(line: Line, open_case: Open) -> None:
    before = open_case()
    line.hello()
    hello = line.expect("hello")
    assert (hello["protocol"], hello["user"], hello["heartbeat"]) == (1, "demo-operator", hubs.HEARTBEAT)
    snapshot = line.expect("snapshot")
    assert (snapshot["seq"], snapshot["part"], snapshot["parts"]) == (hello["seq"], 1, 1)
    assert DEVICES | {key(before)} <= set(ids(snapshot))
    after = open_case()
    frames = line.expect("frames")
    assert (frames["from"], frames["seq"], ids(frames)) == (hello["seq"] + 1, hello["seq"] + 1, [key(after)])
    assert frames["changes"][0]["state"]["number"] == after.number


def test_a_client_that_was_away_resumes_with_what_it_missed(server: LiveServer, cookie: str, open_case: Open) -> None:
    with server.line(cookie) as line:
        line.hello()
        stood = line.expect("hello")
    missed = [key(open_case()) for _ in range(2)]
    with server.line(cookie) as line:
        line.hello(resume={"epoch": stood["epoch"], "seq": stood["seq"]})
        line.expect("hello")
        # The hub may not have read the second one yet when it answers.
        got = ids(line.expect("frames"))
        while got != missed:
            got += ids(line.expect("frames"))
            assert got == missed[: len(got)]


@pytest.mark.parametrize(
    "resume", [{"epoch": "another", "seq": 1}, {"epoch": None, "seq": 10**9}], ids=["epoch", "seq"]
)
def test_a_client_that_cannot_resume_hears_stale_and_gets_a_snapshot(line: Line, resume: dict[str, Any]) -> None:
    epoch = resume["epoch"] or str(Head.objects.get().epoch)
    line.hello(resume={"epoch": epoch, "seq": resume["seq"]})
    line.expect("hello")
    assert line.expect("stale")["reason"]
    assert set(ids(line.expect("snapshot"))) >= DEVICES


def test_a_restored_database_makes_everybody_begin_again(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "HEARTBEAT", 0.2)
    line.hello()
    line.expect("hello")
    line.expect("snapshot")
    Head.objects.update(epoch="00000000-0000-0000-0000-000000000001")
    line.expect("stale")
    assert set(ids(line.expect("snapshot"))) >= DEVICES


def test_a_new_subscription_is_answered_by_its_snapshot(line: Line, open_case: Open) -> None:
    line.hello(subscribe=[{"types": ["device"]}])
    line.expect("hello")
    assert set(ids(line.expect("snapshot"))) == DEVICES
    line.say({"op": "subscribe", "subscribe": [{"types": ["case"], "bbox": [121.4, 31.1, 121.5, 31.2]}]})
    assert ids(line.expect("snapshot")) == []
    case = open_case()  # is not in that view
    line.say({"op": "subscribe", "subscribe": [{"types": ["case"], "bbox": [*middle(0, 0), *middle(1, 1)]}]})
    if key(case) not in ids(line.expect("snapshot")):  # the hub had not read that row yet: then it follows
        assert key(case) in ids(line.expect("frames"))


def test_a_department_gets_its_own_cases_alone(server: LiveServer, open_case: Open) -> None:
    with server.line(server.login("demo-department")) as line:
        line.hello()
        line.expect("hello")
        line.expect("snapshot")
        other = open_case(
            kind="grid.report", source="grid", worker="w1", component="9901010101000001", category="C-01-01"
        )
        own = open_case()
        assert (other.department, own.department) == ("WAT.SUP", "UMB.SAN")
        assert ids(line.expect("frames")) == [key(own)]


def test_without_a_grant_nothing_is_seen_whatever_is_subscribed_to(server: LiveServer, open_case: Open) -> None:
    Grant.objects.filter(user=User.objects.get(username="demo-planner")).delete()
    open_case()
    with server.line(server.login("demo-planner")) as line:
        line.hello()
        line.expect("hello")
        assert ids(line.expect("snapshot")) == []


def test_heartbeats_say_where_the_journal_stands(
    server: LiveServer, cookie: str, open_case: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "HEARTBEAT", 0.1)
    with server.line(cookie) as line:
        line.hello(subscribe=[])
        seq = line.expect("hello")["seq"]
        line.expect("snapshot")
        assert line.expect("heartbeat")["seq"] == seq
        open_case()  # concerns nobody here, but moves the point from which to resume
        wait_for(lambda: line.expect("heartbeat")["seq"] == seq + 1, "a heartbeat says the new sequence")


# The close codes


def test_somebody_who_has_not_logged_in_is_told_so(server: LiveServer) -> None:
    with server.line() as line:
        assert line.closed() == (4401, "log in first")


def test_a_page_of_another_host_gets_no_line(server: LiveServer, cookie: str) -> None:
    with pytest.raises(InvalidStatus, match="403"), server.line(cookie, origin="http://evil.example"):
        pass


def test_another_protocol_version_is_told_so(line: Line) -> None:
    line.hello(protocol=2)
    code, reason = line.closed()
    assert (code, "protocol 1" in reason) == (4426, True)


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ("no json", "JSON"),
        ('{"op":"dance"}', "dance"),
        ('{"op":"hello","protocol":1}', "subscribe"),
        ('{"op":"hello","protocol":1,"subscribe":[{"types":["case"],"tile":4}]}', "tile"),
        ('{"op":"hello","protocol":1,"subscribe":[{"types":["case"],"bbox":[2,0,1,1]}]}', "west"),
        ('{"op":"subscribe","subscribe":[]}', "hello first"),
        (b"\xff\xfe", ""),
        ('{"op":"hello","protocol":1,"subscribe":[],"x":' + "[" * 100_000, "recursion"),
    ],
    ids=["words", "op", "no subscription", "unknown field", "no box", "no hello", "bytes", "deep"],
)
def test_a_message_that_the_protocol_does_not_have_is_told_so(line: Line, message: str | bytes, says: str) -> None:
    line.say(message)
    code, reason = line.closed()
    assert (code, says in reason) == (4400, True), reason


def test_hello_is_said_once(line: Line) -> None:
    line.hello()
    line.expect("hello")
    line.hello()
    assert line.closed() == (4400, "hello was said already")


def test_a_server_that_stops_says_so(server: LiveServer, cookie: str) -> None:
    with LiveServer() as stopping, stopping.line(cookie) as line:
        line.hello()
        line.expect("hello")
        stopping.stop()
        assert line.closed()[0] == 1012


def test_a_client_that_does_not_read_is_dropped_and_another_misses_nothing(server: LiveServer, cookie: str) -> None:
    with server.line(cookie, max_queue=1) as idle, server.line(cookie) as reading:
        for line in (idle, reading):
            line.hello(subscribe=[{"types": ["lamp"]}])
            line.expect("hello")
            line.expect("snapshot")
        viewers = list(server.hub.viewers)
        written = 0
        while written < 60 and len(server.hub.viewers) == 2:  # sockets and transports hold some megabytes too
            written += 1
            journal.write([entry(str(written), state=dump({"large": "x" * 500_000}))], AT)
            assert ids(reading.expect("frames")) == [("lamp", str(written))]
        assert sorted(viewer.slow for viewer in viewers) == [False, True]
        assert len(server.hub.viewers) == 1, "the hub does no more work for the slow one"
        journal.write([entry("after")], AT)
        assert ids(reading.expect("frames")) == [("lamp", "after")]
        assert idle.closed() == (4408, "slow: too much waited for this viewer")
