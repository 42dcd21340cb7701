"""One search for cases, zones, addresses, components and devices, of what the person may see."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.small_city import CODE, middle
from twin.models import User

pytestmark = pytest.mark.usefixtures("city")
Find = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def find(client: Client, operator: User) -> Find:
    def search(text: str, user: User = operator, **more: Any) -> list[dict[str, Any]]:
        client.force_login(user)
        answer = client.get("/api/search", {"q": text} | more)
        assert answer.status_code == 200, answer.content
        return list(answer.json()["items"])

    return search


def codes(found: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(hit["kind"], hit["code"] or hit["name_zh"]) for hit in found}


def test_each_kind_is_found_by_name_or_code_with_its_place(find: Find, open_case: Callable[..., Any]) -> None:
    case = open_case()
    (park,) = find("中央公园", kinds="zone")
    assert (park["code"], park["more_en"]) == ("PK001", "Park")
    west, south, east, north = park["bbox"]
    assert west < park["lon"] < east
    assert south < park["lat"] < north
    (gauge,) = find("wl-00")
    assert (gauge["kind"], gauge["code"], gauge["bbox"]) == ("device", "WL-0001", None)
    assert (gauge["lon"], gauge["lat"]) == pytest.approx(middle(2, 0))
    assert codes(find("中路7号")) == {("address", "中路7号")}
    assert ("component", f"{CODE}0101000001") in codes(find(f"{CODE}0101"))
    assert codes(find(case.number)) == {("case", case.number)}
    assert [hit["kind"] for hit in find("central park")][:1] == ["zone"]


def test_what_a_person_may_not_see_is_not_found(
    find: Find, open_case: Callable[..., Any], make_person: Callable[..., User]
) -> None:
    case = open_case()
    stranger = make_person("department", departments=["GAS"])
    assert codes(find(case.number, stranger)) == set()
    assert codes(find("WL-0001", stranger)) == set(), "it sees no device on the map either"
    assert codes(find(case.number, make_person("department", departments=[case.department]))) == {("case", case.number)}


def test_the_number_of_statements_does_not_grow_with_what_is_found(
    find: Find, open_case: Callable[..., Any], statements: Callable[..., Any]
) -> None:
    open_case()
    find("路")  # what is cached is loaded
    with statements() as few:
        assert find("中路7号")
    with statements() as many:
        assert len(find("路", limit=20)) > 10
    assert len(many) == len(few)


def test_an_empty_question_finds_nothing_and_a_kind_that_is_none_is_refused(find: Find, client: Client) -> None:
    assert find("  ") == []
    assert client.get("/api/search", {"q": "a", "kinds": "street_lamp"}).status_code == 422
    assert client.get("/api/search", {"q": "x" * 101}).status_code == 422
