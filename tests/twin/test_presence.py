"""Who looks at what: told to those who look at the same and may see it, whichever process they are at."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from dispatch.models import Case
from tests.twin.live_server import Line, LiveServer
from twin.live import hub as hubs
from twin.models import Grant

Open = Callable[..., Case]


@pytest.fixture(scope="module")
def servers(own_city: None) -> Iterator[tuple[LiveServer, LiveServer]]:
    """Two web processes of one city."""
    with LiveServer() as one, LiveServer() as another:
        yield one, another


@pytest.fixture(autouse=True)
def nobody_before() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM twin_presence")


def look(line: Line, case: Case | None) -> None:
    line.say({"op": "look", "type": "case", "id": str(case.pk)} if case else {"op": "look"})


def others(line: Line) -> list[str]:
    return [person["user"] for person in line.expect("presence")["people"]]


def hello(line: Line) -> Line:
    line.hello(subscribe=[])
    line.expect("hello")
    line.expect("snapshot")
    return line


def test_two_who_look_at_the_same_case_see_each_other_across_processes(
    servers: tuple[LiveServer, LiveServer], open_case: Open
) -> None:
    case, other = open_case(), open_case()
    with servers[0].line(servers[0].login()) as wang, servers[1].line(servers[1].login("demo-hotline")) as chen:
        hello(wang)
        hello(chen)
        look(wang, case)
        message = wang.expect("presence")
        assert (message["type"], message["id"], message["people"]) == ("case", str(case.pk), [])
        look(chen, case)
        assert others(chen) in ([], ["demo-operator"])  # who looked first may not have been read yet
        assert wang.expect("presence")["people"] == [{"user": "demo-hotline", "name": "陈静"}]
        look(chen, other)
        assert others(wang) == []


def test_who_goes_away_looks_at_nothing(servers: tuple[LiveServer, LiveServer], open_case: Open) -> None:
    case = open_case()
    with servers[0].line(servers[0].login()) as wang:
        look(hello(wang), case)
        assert others(wang) == []
        with servers[1].line(servers[1].login("demo-hotline")) as chen:
            look(hello(chen), case)
            assert others(wang) == ["demo-hotline"]
        assert others(wang) == []


def test_a_process_that_was_killed_leaves_nobody_looking(
    servers: tuple[LiveServer, LiveServer], open_case: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "HEARTBEAT", 0.2)
    case = open_case()
    with servers[0].line(servers[0].login()) as wang:
        look(hello(wang), case)
        assert others(wang) == []
        with connection.cursor() as cursor:  # the row of a process that is not there
            cursor.execute(
                "INSERT INTO twin_presence VALUES"
                " (gen_random_uuid(), gen_random_uuid(), 'ghost', '', 'case', %s, now() + interval '1 s')",
                [str(case.pk)],
            )
        assert others(wang) == ["ghost"]
        assert others(wang) == []


def test_what_somebody_may_not_see_they_do_not_look_at(servers: tuple[LiveServer, LiveServer], open_case: Open) -> None:
    case: Any = open_case()
    assert case.department == "UMB.SAN"
    grant = Grant.objects.get(user__username="demo-department")
    with servers[0].line(servers[0].login()) as wang, servers[1].line(servers[1].login("demo-department")) as bureau:
        look(hello(wang), case)
        assert others(wang) == []
        look(hello(bureau), case)
        assert others(wang) == ["demo-department"]
        Grant.objects.filter(pk=grant.pk).update(departments=["WAT"])
        while bureau.take()["op"] != "snapshot":  # by what it may see now
            pass
        assert others(wang) == [], "they have lost the case from sight"
        look(bureau, case)
        bureau.say({"op": "subscribe", "subscribe": []})
        assert bureau.take()["op"] == "snapshot", "nothing is said of who looks at it"
        Grant.objects.filter(pk=grant.pk).update(departments=["UMB"])
