"""Kinds of zone: data that administrators change, and that every zone is held to from its next change on."""

from typing import Any

import pytest
from django.test import Client

from tests.small_city import square
from tests.twin.verify import verify_action
from twin import revisions
from twin.models import AuditRow, JournalRow, User

pytestmark = pytest.mark.usefixtures("city")

MARKET: dict[str, Any] = {
    "name_zh": "集市",
    "name_en": "Market",
    "precedence": 75,
    "color": "#aa5500",
    "icon": "store",
    "min_zoom": 13,
    "parent": "street",
    "code_pattern": "MK[0-9]{3}",
    "schema": {
        "type": "object",
        "required": ["stalls"],
        "properties": {
            "stalls": {"type": "integer", "title": "Stalls", "x-title-zh": "摊位数"},
            "days": {"type": "string", "enum": ["每日", "周末"]},
            "since": {"type": "string", "format": "date"},
            "covered": {"type": "boolean"},
            "rent": {"type": "number"},
        },
    },
}


@pytest.fixture
def administrator(client: Client) -> Client:
    client.force_login(User.objects.get(username="demo-admin"))
    return client


def put(client: Client, code: str = "market", **more: Any) -> Any:
    return client.put(f"/api/zone-kinds/{code}", MARKET | more, content_type="application/json")


def save(client: Client, code: str = "MK001", **attributes: Any) -> Any:
    body = {"kind": "market", "code": code, "name_zh": "早市", "geometry": square(0, 0).__geo_interface__}
    return client.put("/api/zones", body | {"attributes": attributes}, content_type="application/json")


def kinds(client: Client) -> dict[str, dict[str, Any]]:
    return {kind["code"]: kind for kind in client.get("/api/zone-kinds").json()["items"]}


def test_the_demo_city_has_a_hierarchy_and_counts(administrator: Client) -> None:
    found = kinds(administrator)
    assert [found[code]["parent"] for code in ("street", "community", "cell")] == ["district", "street", "community"]
    assert (found["cell"]["zones"], found["cell"]["exclusive"]) == (16, True)
    assert found["responsibility_area"]["of_cells"]
    assert {kind["icon"] for kind in found.values()} <= set(administrator.get("/api/zone-kinds").json()["icons"])


def test_an_administrator_adds_a_kind_and_zones_of_it_hold_at_once(administrator: Client) -> None:
    before = revisions.read()["zones"]
    with verify_action() as told:
        assert put(administrator).status_code == 200
    assert [one.kind for one in told] == ["zone_kind.saved"]
    assert JournalRow.objects.get(kind="zone_kind.saved").change["icon"] == "store"
    assert AuditRow.objects.filter(act="zone_kind.saved", object_id="market").exists()
    assert revisions.read()["zones"] != before
    assert kinds(administrator)["market"] == MARKET | {
        "code": "market", "exclusive": False, "of_cells": False, "zones": 0,
    }  # fmt: skip
    assert save(administrator, stalls=12, days="周末").status_code == 200
    assert kinds(administrator)["market"]["zones"] == 1


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"color": "red"}, "colour"),
        ({"icon": "unicorn"}, "icon"),
        ({"min_zoom": 40}, "zoom"),
        ({"parent": "planet"}, "no zone kind"),
        ({"parent": "market"}, "circle"),
        ({"code_pattern": "(["}, "pattern"),
        ({"schema": {"type": "array"}}, "'object'"),
        ({"schema": {"oneOf": []}}, "'oneOf', which is not understood"),
        ({"schema": {"properties": {"a": {"type": "string", "pattern": "x"}}}}, "'pattern', which is not understood"),
        ({"schema": {"properties": {"a": {"type": "object"}}}}, "has the type 'object'"),
        ({"schema": {"properties": {"a": {"type": "string", "format": "email"}}}}, "only format"),
        ({"schema": {"properties": {"a": {"type": "integer", "enum": ["x"]}}}}, "choices"),
        ({"schema": {"required": ["a"]}}, "declared attributes"),
    ],
)
def test_a_kind_that_cannot_be_is_refused_with_the_reason(administrator: Client, more: Any, says: str) -> None:
    answer = put(administrator, **more)
    assert answer.status_code == 422
    assert says in answer.json()["detail"]
    assert answer.json()["detail_zh"]


def test_kinds_do_not_lie_inside_each_other_in_a_circle(administrator: Client) -> None:
    put(administrator)
    answer = put(administrator, "street", parent="market")
    assert (answer.status_code, "circle" in answer.json()["detail"]) == (422, True)


def test_a_kind_has_a_plain_code(administrator: Client) -> None:
    assert put(administrator, "Big-Market").status_code == 422


@pytest.mark.parametrize(
    ("attributes", "says", "says_zh"),
    [
        ({}, "stalls (Stalls) is missing", "缺少属性“摊位数”"),
        ({"stalls": "many"}, "a whole number", "应为整数"),
        ({"stalls": 1.5}, "a whole number", "应为整数"),
        ({"stalls": True}, "a whole number", "应为整数"),
        ({"stalls": 1, "days": "周三"}, "one of 每日, 周末", "以下之一"),
        ({"stalls": 1, "since": "2026-13-01"}, "a day, as 2026-12-01", "应为日期"),
        ({"stalls": 1, "covered": "yes"}, "true or false", "应为是或否"),
        ({"stalls": 1, "rent": "cheap"}, "a number", "应为数字"),
    ],
)
def test_attributes_are_held_to_the_schema(
    administrator: Client, attributes: dict[str, Any], says: str, says_zh: str
) -> None:
    put(administrator)
    answer = save(administrator, **attributes)
    assert answer.status_code == 422
    assert says in answer.json()["detail"]
    assert says_zh in answer.json()["detail_zh"]


def test_attributes_that_the_kind_does_not_declare_are_kept(administrator: Client) -> None:
    put(administrator)
    made = save(administrator, stalls=3, since="2026-12-01", owner="老王").json()
    assert made["attributes"] == {"stalls": 3, "since": "2026-12-01", "owner": "老王"}


def test_codes_follow_the_pattern_of_their_kind(administrator: Client) -> None:
    put(administrator)
    answer = save(administrator, code="X1", stalls=3)
    assert (answer.status_code, "MK[0-9]{3}" in answer.json()["detail"]) == (422, True)


@pytest.mark.parametrize("username", ["demo-planner", "demo-operator"])
def test_only_administrators_change_kinds(client: Client, username: str) -> None:
    client.force_login(User.objects.get(username=username))
    assert put(client).status_code == 403
    assert client.get("/api/zone-kinds").status_code == 200
