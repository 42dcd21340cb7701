"""Several zones changed at once, for now or for later: all or none, and never over somebody else's head."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import shapely
from django.test import Client

from geo.models import Zone, ZoneVersion
from geo.turns import mark_boundaries
from tests.small_city import OUTSIDE, middle, square
from tests.twin.verify import verify_action
from twin import clock
from twin.models import AuditRow, Feature, JournalRow, User

pytestmark = pytest.mark.usefixtures("city")

ZoneId = Callable[[str], int]
DAY = timedelta(days=1)


@pytest.fixture
def planner(client: Client) -> Client:
    client.force_login(User.objects.get(username="demo-planner"))
    return client


def save(code: str, shape: Any, kind: str = "park", **more: Any) -> dict[str, Any]:
    geometry = shape.__geo_interface__
    return {"op": "save", "kind": kind, "code": code, "name_zh": f"园{code}", "geometry": geometry} | more


def retire(zone: int, base: int | None = None) -> dict[str, Any]:
    return {"op": "retire", "zone": zone, "base": base}


def post(client: Client, *changes: dict[str, Any], **more: Any) -> Any:
    return client.post("/api/zones/changes", {"changes": list(changes)} | more, content_type="application/json")


def refs(client: Client, place: tuple[float, float], at: datetime | None = None) -> list[str]:
    return [f"{z['kind']}:{z['code']}" for z in under(client, place, at)]


def under(client: Client, place: tuple[float, float], at: datetime | None = None) -> list[dict[str, Any]]:
    asked = {"lon": str(place[0]), "lat": str(place[1])} | ({"at": at.isoformat()} if at else {})
    found: list[dict[str, Any]] = client.get("/api/zones/under", asked).json()["items"]
    return found


def on_the_map(zone: int) -> dict[str, Any] | None:
    found = Feature.objects.filter(object_type="zone", object_id=str(zone)).first()
    return found.state if found else None


# All or none


def test_a_park_is_split_into_two(planner: Client, zone_id: ZoneId) -> None:
    west, east = square(1, 1, 1, 2), square(2, 1, 1, 2)
    with verify_action() as told:
        answer = post(planner, save("PK001", west, base=1), save("PK002", east))
    assert answer.status_code == 200, answer.json()
    assert [(zone["code"], zone["number"]) for zone in answer.json()["zones"]] == [("PK001", 2), ("PK002", 1)]
    assert shapely.geometry.shape(answer.json()["zones"][0]["geometry"]).equals(west)
    assert sorted(one.kind for one in told) == ["zone.saved", "zone.saved"]
    assert refs(planner, middle(1, 1))[0] == "park:PK001"
    assert refs(planner, middle(2, 1))[0] == "park:PK002"


def test_two_zones_become_one(planner: Client, zone_id: ZoneId) -> None:
    post(planner, save("PK010", square(0, 3)), save("PK011", square(1, 3)))
    one, other = zone_id("park:PK010"), zone_id("park:PK011")
    with verify_action():
        answer = post(planner, save("PK010", square(0, 3, 2, 1), base=1), retire(other, 1))
    assert answer.status_code == 200
    assert refs(planner, middle(1, 3))[0] == "park:PK010"
    assert on_the_map(other) is None
    assert on_the_map(one) is not None
    assert AuditRow.objects.filter(act="zone.retired", object_id="park:PK011").count() == 1


def test_with_one_faulty_change_nothing_is_done_and_it_is_named(planner: Client, zone_id: ZoneId) -> None:
    bow = shapely.Polygon([middle(0, 0), middle(1, 1), middle(1, 0), middle(0, 1)])
    answer = post(planner, save("PK002", square(0, 0)), retire(zone_id("park:PK001"), 1), save("PK003", bow))
    assert (answer.status_code, answer.json()["change"]) == (422, 2)
    assert "Self-intersection" in answer.json()["detail"]
    assert "自相交" in answer.json()["detail_zh"]
    assert not Zone.objects.filter(code="PK002").exists()
    assert refs(planner, middle(1, 1))[0] == "park:PK001"


def test_a_conflict_says_who_changed_the_zone_and_when(planner: Client, zone_id: ZoneId) -> None:
    changed = post(planner, save("PK001", square(1, 1), base=1)).json()["zones"][0]["versions"][1]
    for stale in (save("PK001", square(2, 2), base=1), retire(zone_id("park:PK001"), 1)):
        answer = post(planner, save("PK009", square(0, 0)), stale)
        problem = answer.json()
        assert answer.status_code == 409
        assert (problem["version"], problem["change"], problem["zone"]) == (2, 1, zone_id("park:PK001"))
        assert (problem["changed_by"], problem["holds_from"][:19]) == ("赵磊", changed["holds_from"][:19])
        assert "被 赵磊 修改" in problem["detail_zh"]
    assert not Zone.objects.filter(code="PK009").exists()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (lambda: [save("PK001", square(0, 0), base=1), save("PK001", square(1, 0), base=2)], "changes at"),
        (lambda: [retire(10**6)], "There is no zone"),
        (lambda: [save("X1", square(0, 0), kind="nonsense")], "no zone kind"),
        (lambda: [save("X1", square(0, 0), department="NOBODY")], "no department 'NOBODY'"),
        (lambda: [save("X1", square(0, 0), kind="cell")], "14 to 15 digits"),
        (lambda: [save("X1", square(0, 0), holds_to="2020-01-01T00:00:00Z")], "before it begins"),
        (lambda: [save("X1", square(0, 0)) | {"geometry": {"type": "Nonsense"}}], "no GeoJSON"),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(planner: Client, changes: Any, says: str) -> None:
    answer = post(planner, *changes())
    assert answer.status_code == 422
    assert says in answer.json()["detail"]
    assert answer.json()["detail_zh"]


def test_one_zone_comes_once(planner: Client, zone_id: ZoneId) -> None:
    later = (datetime.now(UTC) + DAY).isoformat()
    both = post(planner, save("PK001", square(0, 0), base=1), save("PK001", square(1, 0), base=2, holds_from=later))
    assert (both.status_code, both.json()["change"]) == (422, 1)
    assert "comes twice" in both.json()["detail"]


def test_what_held_in_the_past_is_not_rewritten(planner: Client, zone_id: ZoneId) -> None:
    answer = post(planner, retire(zone_id("park:PK001")), at=(datetime.now(UTC) - DAY).isoformat())
    assert answer.status_code == 422
    assert "is past" in answer.json()["detail"]


def test_cells_with_14_and_15_digits(planner: Client) -> None:
    for code in ("99010100100109", "990101001001099"):
        assert post(planner, save(code, square(0, 0), kind="cell")).status_code == 200
    assert post(planner, save("9901010010010990", square(0, 0), kind="cell")).status_code == 422


def test_only_planners_and_administrators(client: Client, operator: User) -> None:
    client.force_login(operator)
    assert post(client, save("PK002", square(0, 0))).status_code == 403


# For a later time


def test_what_is_saved_for_later_does_not_appear_before(planner: Client) -> None:
    friday = datetime.now(UTC) + 3 * DAY
    with verify_action() as told:
        made = post(planner, save("EV001", square(0, 3), kind="event"), at=friday.isoformat()).json()["zones"][0]
    assert [(one.kind, one.change["state"]) for one in told] == [("zone.saved", None)]
    assert JournalRow.objects.get(kind="zone.saved").change["code"] == "EV001", "who reads on learns of the plan"
    assert refs(planner, middle(0, 3))[0] != "event:EV001"
    assert refs(planner, middle(0, 3), friday)[0] == "event:EV001"
    with verify_action() as told:
        mark_boundaries()
    assert told == []
    clock.change(friday + timedelta(hours=1), 1)
    with verify_action() as told:
        mark_boundaries()
    assert [(one.kind, one.change["state"]["code"]) for one in told] == [("zone.began", "EV001")]
    assert on_the_map(made["id"]) is not None


def test_a_fair_comes_and_goes(planner: Client) -> None:
    friday, sunday = (datetime.now(UTC) + n * DAY for n in (3, 5))
    post(planner, save("EV001", square(0, 3), kind="event", holds_from=friday.isoformat(), holds_to=sunday.isoformat()))
    kinds = []
    for moment in (friday, sunday):
        clock.change(moment + timedelta(hours=1), 1)
        with verify_action() as told:
            mark_boundaries()
        kinds += [one.kind for one in told]
    assert kinds == ["zone.began", "zone.ended"]


def test_a_zone_retired_for_later_stays_on_the_map_until_then(planner: Client) -> None:
    made = post(planner, save("EV001", square(0, 3), kind="event")).json()["zones"][0]["id"]
    sunday = datetime.now(UTC) + 5 * DAY
    with verify_action() as told:
        post(planner, retire(made, 1), at=sunday.isoformat())
    (row,) = told
    assert (row.kind, row.change["state"]["code"]) == ("zone.retired", "EV001")
    assert row.change["state"]["holds_to"][:16] == sunday.isoformat()[:16]
    clock.change(sunday + timedelta(seconds=1), 1)
    with verify_action() as told:
        mark_boundaries()
    assert [(one.kind, one.change["state"]) for one in told] == [("zone.ended", None)]


def test_a_change_for_later_shows_the_old_shape_until_then(planner: Client) -> None:
    made = post(planner, save("EV001", square(0, 3), kind="event")).json()["zones"][0]["id"]
    tomorrow = datetime.now(UTC) + DAY
    with verify_action():
        post(planner, save("EV001", square(1, 3), kind="event", base=1), at=tomorrow.isoformat())
    assert on_the_map(made)["number"] == 1  # type: ignore[index]
    clock.change(tomorrow + timedelta(seconds=1), 1)
    with verify_action() as told:
        mark_boundaries()
    assert [(one.kind, one.change["state"]["number"]) for one in told] == [("zone.began", 2)]


def test_each_turn_is_told_once(planner: Client) -> None:
    tomorrow = datetime.now(UTC) + DAY
    post(planner, save("EV001", square(0, 3), kind="event"), at=tomorrow.isoformat())
    clock.change(tomorrow + timedelta(seconds=1), 1)
    mark_boundaries()
    with verify_action() as told:
        mark_boundaries()
    assert told == []


def test_a_department_that_lost_a_zone_no_longer_sees_it(planner: Client) -> None:
    """verify_action watches with the eyes of two bureaux."""
    post(planner, save("PK020", square(0, 0), department="UMB"))
    with verify_action():
        post(planner, save("PK020", square(0, 0), department="WAT", base=1))


# Who was it, and what was it before


def test_the_shape_of_an_older_version(planner: Client, zone_id: ZoneId) -> None:
    park = zone_id("park:PK001")
    post(planner, save("PK001", square(0, 0), base=1))
    old = planner.get(f"/api/zones/{park}", {"number": 1}).json()
    assert shapely.geometry.shape(old["geometry"]).equals(shapely.MultiPolygon([square(1, 1, 2, 2)]))
    assert [(v["number"], v["changed_by"]) for v in old["versions"]] == [(1, None), (2, "赵磊")]
    assert planner.get(f"/api/zones/{park}", {"number": 3}).status_code == 404


def test_zones_under_a_point_with_the_cell_among_them(planner: Client) -> None:
    assert refs(planner, middle(1, 1)) == [
        "park:PK001", "cell:990101001001002", "community:990101001001", "street:990101001", "district:990101",
    ]  # fmt: skip
    (first, *_) = under(planner, middle(1, 1))
    assert {"kind", "code", "name_zh", "name_en", "precedence", "number", "department"} <= set(first)
    assert refs(planner, OUTSIDE) == []
    assert planner.get("/api/zones/under", {"lon": 200, "lat": 0}).status_code == 422


def test_zones_under_a_point_in_the_past(planner: Client, zone_id: ZoneId) -> None:
    post(planner, retire(zone_id("park:PK001")))
    ended = ZoneVersion.objects.get(zone__code="PK001").holds_to
    assert ended is not None
    assert refs(planner, middle(1, 1))[0] == "cell:990101001001002"
    assert refs(planner, middle(1, 1), ended - timedelta(microseconds=1))[0] == "park:PK001"


def test_people_are_kept_and_looking_at_their_numbers_is_in_the_audit(planner: Client, zone_id: ZoneId) -> None:
    keeper = {"name": "王芳", "role_zh": "园长", "role_en": "Keeper", "phone": "13800000000"}
    post(planner, save("PK001", square(1, 1), base=1, people=[keeper]))
    assert planner.get(f"/api/zones/{zone_id('park:PK001')}").json()["people"] == [keeper]
    assert AuditRow.objects.filter(act="zone.people_viewed", object_id="park:PK001").count() == 1
    assert "13800000000" not in planner.get("/api/zones", {"kind": "park"}).content.decode()
