"""`/api/history` as the console asks it: moments, pages, the range, rights, bookmarks."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson
import pytest
from django.test import Client

from tests.twin.history.stories import BBOX, Story
from tests.twin.journals import FAR, HERE, head
from twin.history import density
from twin.history.making import make_keyframes
from twin.models import AuditRow, Role, User

pytestmark = pytest.mark.usefixtures("city")
Ask = Callable[..., Any]


@pytest.fixture
def begin() -> int:
    """Lamp 1 changes hands, lamp 2 moves away, lamp 3 goes: a second each, from the row after this one on."""
    before, story = head(), Story()
    for act in [
        ("lamp", 1, True, HERE, (1,), "UMB", 1),
        ("lamp", 2, True, HERE, (1,), "UMB", 1),
        ("lamp", 3, True, HERE, (2,), "WAT", 1),
        ("lamp", 1, True, HERE, (2,), "WAT", 1),
        ("lamp", 2, True, FAR, (), "UMB", 1),
        ("lamp", 3, False, HERE, (2,), "WAT", 1),
    ]:
        story.tell(act)
    make_keyframes()
    return before


@pytest.fixture
def ask(client: Client, operator: User) -> Ask:
    def get(path: str, user: User = operator, status: int = 200, **query: Any) -> Any:
        client.force_login(user)
        answer = client.get(f"/api/history/{path}", query)
        assert answer.status_code == status, answer.content
        return answer.json()

    return get


def lamps(answer: Any) -> list[str]:
    return sorted(f"{feature['id']}v{feature['version']}" for feature in answer["features"])


def counted(found: Any) -> Counter[str]:
    return sum((Counter(step["kinds"]) for step in found["density"]), Counter())


def test_a_moment_by_its_sequence(begin: int, ask: Ask) -> None:
    found = [lamps(ask("snapshot", types="lamp", seq=begin + n)) for n in range(7)]
    assert found == [
        [],
        ["1v1"],
        ["1v1", "2v1"],
        ["1v1", "2v1", "3v1"],
        ["1v2", "2v1", "3v1"],
        ["1v2", "2v2", "3v1"],
        ["1v2", "2v2"],
    ]
    assert lamps(ask("snapshot", types="lamp")) == found[-1], "without a moment it is the present"


def test_a_time_between_two_rows_is_the_moment_after_the_first(begin: int, ask: Ask) -> None:
    shown = [ask("snapshot", types="lamp", seq=begin + n)["at"] for n in (2, 3)]
    first, second = map(datetime.fromisoformat, shown)
    between = ask("snapshot", types="lamp", at=(first + (second - first) / 2).isoformat())
    assert (between["seq"], lamps(between)) == (begin + 2, ["1v1", "2v1"])
    for n, at in zip((2, 3), shown, strict=True):
        assert ask("snapshot", types="lamp", at=at)["seq"] == begin + n, "a time that was given finds its moment"


def test_rights_are_those_over_the_objects_of_then(begin: int, ask: Ask, make_person: Ask) -> None:
    bureau, zone = make_person(Role.DEPARTMENT, departments=["UMB"]), make_person(Role.OPERATOR, zones=[2])
    assert lamps(ask("snapshot", bureau, types="lamp", seq=begin + 3)) == ["1v1", "2v1"]
    assert lamps(ask("snapshot", bureau, types="lamp", seq=begin + 4)) == ["2v1"], "lamp 1 is another's now"
    assert lamps(ask("snapshot", zone, types="lamp", seq=begin + 3)) == ["3v1"]
    changes = ask("frames", bureau, types="lamp", **{"from": begin + 4, "to": begin + 6})["changes"]
    assert [(c["id"], c["state"] is None) for c in changes] == [("1", True), ("2", False)]


def test_a_viewport_and_a_subscription(begin: int, ask: Ask) -> None:
    box = BBOX
    assert lamps(ask("snapshot", types="lamp", bbox=",".join(map(str, box)))) == ["1v2"]
    subscribe = orjson.dumps([{"types": ["lamp"], "bbox": box}]).decode()
    assert lamps(ask("snapshot", subscribe=subscribe)) == ["1v2"]
    left = ask("frames", subscribe=subscribe, **{"from": begin + 5, "to": begin + 5})["changes"]
    assert [(c["id"], c["state"]) for c in left] == [("2", None)], "it has left the viewport"


def test_pages_follow_each_other_without_gap(begin: int, ask: Ask) -> None:
    pages: list[Any] = []
    first = begin + 1
    while not (pages and pages[-1]["whole"]):
        pages.append(ask("frames", types="lamp", limit=4, **{"from": first}))
        first = pages[-1]["seq"] + 1
    assert [(p["from"], p["seq"]) for p in pages] == [(begin + 1, begin + 4), (begin + 5, begin + 6)]
    assert [c["seq"] for p in pages for c in p["changes"]] == list(range(begin + 1, begin + 7))
    nothing = ask("frames", types="lamp", **{"from": first})
    assert (nothing["changes"], nothing["whole"], nothing["seq"]) == ([], True, begin + 6)


def test_pages_end_at_a_time(begin: int, ask: Ask) -> None:
    until = ask("snapshot", types="lamp", seq=begin + 3)["at"]
    assert ask("frames", types="lamp", until=until, **{"from": begin + 1})["seq"] == begin + 3


@pytest.mark.parametrize("few", [True, False], ids=["counted", "tallied"])
def test_the_range_says_how_much_happened_when(
    begin: int, ask: Ask, make_person: Ask, monkeypatch: pytest.MonkeyPatch, few: bool
) -> None:
    if not few:
        monkeypatch.setattr(density, "MOST_COUNTED", 1)
    found = ask("range", steps=10)
    assert (found["first"]["seq"], found["last"]["seq"]) == (1, begin + 6)
    assert counted(found) == {"device.registered": begin, "lamp.changed": 5, "lamp.removed": 1}
    bureau = ask("range", make_person(Role.DEPARTMENT, departments=["WAT"]))
    assert counted(bureau) == {"lamp.changed": 2, "lamp.removed": 1}
    zone = ask("range", make_person(Role.OPERATOR, zones=[2]))
    assert (zone["density"] is None) != few, "there are no tallies by zone"


@pytest.mark.parametrize(
    ("path", "query", "status", "says"),
    [
        ("snapshot", {}, 422, "say what to show"),
        ("snapshot", {"types": "lamp", "bbox": "1,2,3"}, 422, "west,south,east,north"),
        ("snapshot", {"types": "lamp", "at": "2026-05-01T08:00:00"}, 422, "no time zone"),
        ("snapshot", {"types": "lamp", "at": "2026-05-01T08:00:00Z", "seq": 1}, 422, "not both"),
        ("snapshot", {"types": "lamp", "at": "1999-01-01T00:00:00Z"}, 410, "history begins at"),
        ("snapshot", {"types": "lamp", "seq": 0}, 410, "history begins at"),
        ("snapshot", {"types": "lamp", "seq": 10**9}, 422, "The journal is at"),
        ("frames", {"types": "lamp", "from": 0}, 410, "begins at 1"),
        ("frames", {"types": "lamp"}, 422, "from"),
        ("range", {"from": "2026-05-02T00:00:00Z", "until": "2026-05-01T00:00:00Z"}, 422, "the earlier first"),
    ],
)
def test_what_cannot_be_answered_says_why(
    begin: int, ask: Ask, path: str, query: dict[str, Any], status: int, says: str
) -> None:
    assert says in ask(path, status=status, **query)["detail"]


def test_a_moment_beyond_the_keyframes_waits_for_them(begin: int, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twin.history.moments.MOST_ROWS", 0)
    assert "Keyframes are still being made" in ask("snapshot", types="lamp", status=503)["detail"]


def test_a_bookmark_is_made_shared_and_removed(begin: int, client: Client, operator: User, make_person: Ask) -> None:
    client.force_login(operator)
    body = {"title": "第一场雨", "seq": begin + 2, "view": {"zoom": 14}}
    answer = client.post("/api/history/bookmarks", body, content_type="application/json")
    assert answer.status_code == 201
    made = answer.json()
    assert (made["seq"], made["title"], made["view"], made["mine"]) == (begin + 2, "第一场雨", {"zoom": 14}, True)
    assert [b["id"] for b in client.get("/api/history/bookmarks").json()] == [made["id"]]

    link = f"/api/history/bookmarks/{made['id']}"
    client.force_login(make_person(Role.DEPARTMENT, departments=["WAT"]))
    assert client.get(link).json() | {"mine": True} == made, "whoever has the link can open it"
    assert client.get("/api/history/bookmarks").json() == []
    assert client.delete(link).status_code == 403

    client.force_login(operator)
    assert client.delete(link).status_code == 204
    assert client.get(link).status_code == 404
    assert set(AuditRow.objects.filter(object_id=made["id"]).values_list("act", flat=True)) == {
        "bookmark.made",
        "bookmark.removed",
    }


def test_a_bookmark_needs_a_name(begin: int, client: Client, operator: User) -> None:
    client.force_login(operator)
    answer = client.post("/api/history/bookmarks", {"title": " "}, content_type="application/json")
    assert answer.status_code == 422


@pytest.mark.parametrize("path", ["snapshot", "frames", "range", "export", "bookmarks", "cases/1"])
def test_nobody_looks_back_without_a_login(client: Client, path: str) -> None:
    assert client.get(f"/api/history/{path}").status_code == 401
