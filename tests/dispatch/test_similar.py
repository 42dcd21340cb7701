"""Suggestions of the same matter while a report is registered, with their reasons."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pyproj import Geod

from dispatch.models import Case
from tests.dispatch.test_merging import merge
from tests.small_city import middle
from twin.models import Role

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]
LON, LAT = middle(1, 1)


@pytest.fixture(autouse=True)
def logged_in(city: None, client: Client, make_person: Make) -> None:
    client.force_login(make_person(Role.OPERATOR))


def at_distance(metres: float, azimuth: float = 90) -> tuple[float, float]:
    """Longitude and latitude so far away on the WGS-84 spheroid."""
    lon, lat, _ = Geod(ellps="WGS84").fwd(LON, LAT, azimuth, metres)
    return lon, lat


def ask(client: Client, **more: Any) -> list[dict[str, Any]]:
    body: dict[str, Any] = {"lon": LON, "lat": LAT, "category": "E-01-10", "text": "路边垃圾没人清"} | more
    answer = client.get("/api/matters/similar", body)
    assert answer.status_code == 200, answer.json()
    return list(answer.json()["items"])


@pytest.mark.parametrize("azimuth", [0, 45, 90, 180, 270])
def test_metres_are_metres_in_every_direction(client: Client, open_case: Make, azimuth: float) -> None:
    inside, _ = (open_case(place=at_distance(metres, azimuth)) for metres in (49.5, 50.5))
    (found,) = ask(client)
    assert (found["id"], found["distance_m"]) == (inside.pk, 49.5)


def test_each_suggestion_says_why(client: Client, open_case: Make) -> None:
    open_case(place=at_distance(35), description="路边垃圾没人清理")
    (found,) = ask(client)
    assert found["text_zh"] == "近 35 米 · 1 小时内 · 同类别 · 描述相似"
    assert found["text_en"] == "35 m away · within 1 hour · same category · described alike"
    assert [part["name"] for part in found["parts"]] == ["distance", "time", "category", "text"]
    assert all(0 <= part["score"] <= 1 for part in found["parts"])


def test_the_likeliest_comes_first(client: Client, open_case: Make) -> None:
    far = open_case(place=at_distance(45), description="下水道堵塞")
    near = open_case(place=at_distance(5), description="路边垃圾没人清理")
    assert [one["id"] for one in ask(client)] == [near.pk, far.pk]


def test_the_city_says_what_is_compared_and_the_person_may_ask_for_more(client: Client, open_case: Make) -> None:
    case = open_case(place=at_distance(5), category="E-01-11")
    assert ask(client) == []
    (found,) = ask(client, same="major")
    assert (found["id"], found["parts"][2]["zh"]) == (case.pk, "同大类")
    assert ask(client, category="") != []
    Case.objects.filter(pk=case.pk).update(opened_at=case.opened_at - timedelta(hours=30))
    assert ask(client, same="major") == []
    assert len(ask(client, same="major", hours=48)) == 1
    moved = open_case(place=at_distance(150))
    assert [one["id"] for one in ask(client, within_m=200)] == [moved.pk]


def test_another_city_compares_otherwise(client: Client, open_case: Make, make_person: Make) -> None:
    case = open_case(place=at_distance(150), category="E-01-11")
    client.force_login(make_person(Role.ADMINISTRATOR))
    document = client.get("/api/workflow").json()["document"]
    document["matters"] = {"within_m": 200, "same": "major"}
    body = {"version": "wider", "document": document}
    assert client.put("/api/workflow", body, "application/json").status_code == 200
    assert [one["id"] for one in ask(client)] == [case.pk]
    document["matters"] = {"within_m": 5000}
    answer = client.put("/api/workflow", body | {"version": "too wide"}, "application/json")
    assert (answer.status_code, "1000 m" in answer.json()["detail"]) == (422, True)


def test_what_has_just_been_closed_is_shown_as_such(client: Client, open_case: Make) -> None:
    recent, old, merged, into = (open_case(place=at_distance(5)) for _ in range(4))
    merge(client, merged, into)
    now = datetime.now(UTC)
    for case, closed in ((recent, now - timedelta(hours=1)), (old, now - timedelta(days=3))):
        Case.objects.filter(pk=case.pk).update(status="closed", closed_at=closed)
    assert {one["id"]: one["open"] for one in ask(client)} == {recent.pk: False, into.pk: True}


def test_nobody_is_shown_what_is_not_theirs_to_see(client: Client, open_case: Make, make_person: Make) -> None:
    open_case(place=at_distance(5))
    client.force_login(make_person(Role.DISPATCHER, ["WAT"]))
    assert ask(client) == []


def test_a_case_has_its_own_suggestions(client: Client, open_case: Make) -> None:
    case, other, drill = (open_case(place=at_distance(metres)) for metres in (0, 10, 20))
    Case.objects.filter(pk=drill.pk).update(exercise="drill")
    answer = client.get(f"/api/cases/{case.pk}/similar").json()
    assert ([one["id"] for one in answer["items"]], answer["within_m"]) == ([other.pk], 50)


def test_many_candidates_cost_as_many_statements_as_one(client: Client, open_case: Make, statements: Make) -> None:
    counts = []
    for more in (1, 19):
        for _ in range(more):
            open_case(place=at_distance(5))
        ask(client)  # loads what a process keeps
        with statements() as sent:
            found = ask(client)
        counts.append(len(sent))
    assert (len(found), counts[0]) == (10, counts[1])


def test_a_case_says_whether_the_person_may_merge_it(client: Client, open_case: Make, make_person: Make) -> None:
    case, _ = open_case(), open_case()
    address = f"/api/cases/{case.pk}/similar"
    assert client.get(address).json()["may_merge"] is True
    client.force_login(make_person(Role.DEPARTMENT, [case.department]))
    shown = client.get(address).json()
    assert (len(shown["items"]), shown["may_merge"]) == (1, False)
