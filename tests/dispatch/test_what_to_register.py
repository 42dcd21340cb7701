"""What a form for registering asks the city: filing conditions, components around, places by name."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from dispatch.models import Component
from tests.small_city import middle
from twin.models import Role

pytestmark = pytest.mark.usefixtures("city")
LON, LAT = middle(0, 0)


@pytest.fixture(autouse=True)
def logged_in(city: None, client: Client, make_person: Callable[..., Any]) -> None:
    client.force_login(make_person(Role.HOTLINE_AGENT))


def items(client: Client, path: str, **query: Any) -> list[dict[str, Any]]:
    answer = client.get(f"/api/{path}", query)
    assert answer.status_code == 200, answer.json()
    return list(answer.json()["items"])


def test_a_category_says_when_it_is_filed_and_when_it_is_done(client: Client) -> None:
    shown = client.get("/api/categories/E-01-10").json()
    assert shown["code"] == "E-01-10"
    first = shown["conditions"][0]
    assert (first["no"], first["urgency"] in (1, 2, 3)) == (1, True)
    assert all(first[name] for name in ("text_zh", "text_en", "closing_zh", "limit_value", "limit_unit"))
    assert client.get("/api/categories/E-99-99").status_code == 404


def test_components_are_found_by_distance_and_class(client: Client) -> None:
    component = Component.objects.get(category="C-01-01")
    (found,) = items(client, "components/near", lon=LON + 0.0003, lat=LAT)
    assert (found["code"], round(found["distance_m"])) == (component.code, 28)
    assert items(client, "components/near", lon=LON + 0.001, lat=LAT) == []
    assert items(client, "components/near", lon=LON, lat=LAT, category="C-02") == []


def test_an_address_is_a_place_and_a_park_is_an_area(client: Client) -> None:
    first, *others = items(client, "places", q="中路 1 号")
    assert (first["name_zh"], first["kind"], first["exact"]) == ("中路1号", "address", True)
    assert (round(first["lon"], 4), round(first["lat"], 4)) == (120.3001, 31.5721)
    assert all("中路1号" in one["name_zh"].replace(" ", "") for one in others)
    (park,) = [one for one in items(client, "places", q="central") if one["kind"] == "park"]
    assert (park["name_zh"], park["exact"]) == ("中央公园", False)
    assert [round(edge, 3) for edge in park["bbox"]] == [120.301, 31.571, 120.303, 31.573]
    assert items(client, "places", q="中路")[0]["kind"] == "road"
    assert items(client, "places", q=" ") == []
