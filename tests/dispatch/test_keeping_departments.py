"""Departments are kept: every change is told in the journal, of two at once the second hears of the first, and hours
that change move what runs by them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from dispatch.models import Case, Delivery, SystemToken
from dispatch.outbound.making import read_on
from tests.dispatch.outbound.conftest import channel
from tests.dispatch.times import city_is_at, local
from twin import clock
from twin.models import JournalRow, Role, User

__all__ = ["channel"]
pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]


@pytest.fixture
def administrator(make_person: Make) -> User:
    user: User = make_person(Role.ADMINISTRATOR)
    User.objects.filter(pk=user.pk).update(name="周芳")
    return user


@pytest.fixture
def admin(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


def read(client: Client, code: str = "UMB.SAN") -> dict[str, Any]:
    answer: dict[str, Any] = client.get(f"/api/departments/{code}").json()
    return answer


def put(client: Client, body: dict[str, Any], code: str = "UMB.SAN") -> Any:
    return client.put(f"/api/departments/{code}", body, "application/json")


def told(kind: str) -> JournalRow:
    return JournalRow.objects.get(kind=kind)


def night_shift(admin: Client) -> str:
    """A calendar for work from 22:00 to 06:00 on all days."""
    city = admin.get("/api/calendars/city").json()
    night = city | {"name_zh": "夜班", "name_en": "Night", "hours": [["22:00", "06:00"]], "days": []}
    night["weekdays"] = [1, 2, 3, 4, 5, 6, 7]
    assert admin.put("/api/calendars/night", night, "application/json").status_code == 200
    return "night"


@pytest.mark.parametrize("code", ["UMB.SAN", "UMB"])
def test_other_hours_move_running_deadlines_at_once(admin: Client, open_case: Make, code: str) -> None:
    """Four working hours from Monday 16:00; by night they end on Tuesday at 2:00. What stands above counts too."""
    case = open_case(at=city_is_at("2026-09-07 16:00"))
    assert case.due_at == local("2026-09-08 10:00")
    answer = put(admin, {"version": 1, "calendar": night_shift(admin)}, code).json()
    assert (answer["moved"], answer["calendar_in_force"]) == (1, "night")
    case.refresh_from_db()
    assert (case.due_at, case.version) == (local("2026-09-08 02:00"), 2)
    assert told("case.retimed").change["text_zh"] == "部门工作时间调整，时限重算"
    assert put(admin, {"version": 2, "calendar": ""}, code).json()["moved"] == 1
    assert Case.objects.get(pk=case.pk).due_at == local("2026-09-08 10:00")


def test_hours_of_others_and_the_same_hours_move_nothing(admin: Client, open_case: Make) -> None:
    open_case(at=city_is_at("2026-09-07 16:00"))
    night = night_shift(admin)
    assert put(admin, {"version": 1, "calendar": night}, "WAT").json()["moved"] == 0
    assert put(admin, {"version": 1, "calendar": "city"}).json()["moved"] == 0


def test_a_roster_and_settings_are_told_each_with_a_row_of_its_own(
    admin: Client, administrator: User, make_person: Make
) -> None:
    worker, now = make_person(Role.DEPARTMENT, ["UMB.SAN"]), clock.now()
    shift = {"user": worker.pk, "starts": now.isoformat(), "ends": (now + timedelta(hours=8)).isoformat()}
    put(admin, {"version": 1, "phone": "0510-1", "name_en": "Sanitation", "roster": [shift]})
    roster, settings = told("roster.saved"), told("department.saved")
    assert (roster.object_id, roster.department, roster.version, roster.state) == ("UMB.SAN", "UMB.SAN", 2, None)
    assert settings.change["fields"] == ["name_en", "phone"]
    assert roster.actor == f"user:{administrator.pk}"
    assert {one["code"]: one for one in admin.get("/api/bootstrap").json()["departments"]}["UMB.SAN"][
        "name_en"
    ] == "Sanitation"


def test_of_two_who_change_a_department_at_once_the_second_hears_who_changed_what(admin: Client) -> None:
    assert put(admin, {"version": 1, "phone": "0510-1"}).status_code == 200
    late = put(admin, {"version": 1, "phone": "0510-2"})
    assert late.status_code == 409
    said = late.json()
    assert (said["by"], said["changed"], said["version"]) == ("周芳", ["phone"], 2)
    assert read(admin)["phone"] == "0510-1"


def test_a_head_reads_and_keeps_the_own_department_and_not_its_hours(client: Client, make_person: Make) -> None:
    client.force_login(make_person(Role.DEPARTMENT_HEAD, ["UMB"]))
    assert read(client)["may"] == {"keep": True, "administrate": False}
    assert put(client, {"version": 1, "phone": "0510-3"}).status_code == 200
    assert put(client, {"version": 2, "calendar": "city"}).status_code == 403
    assert put(client, {"version": 2, "name_zh": "环卫"}).status_code == 403
    assert client.get("/api/departments/WAT").status_code == 404
    assert client.get("/api/departments/UMB.SAN/tokens").status_code == 403


def test_addresses_of_channels_are_for_those_who_keep_the_department(
    client: Client, channel: Make, make_person: Make
) -> None:
    channel(url="http://127.0.0.1:9/?key=1")
    for role, seen in ((Role.DEPARTMENT, 0), (Role.DEPARTMENT_HEAD, 1)):
        client.force_login(make_person(role, ["UMB.SAN"]))
        assert len(read(client)["channels"]) == seen


def test_a_channel_is_told_without_its_secret_and_two_at_once_hear_of_each_other(admin: Client) -> None:
    body = {"kind": "webhook", "department": "UMB.SAN", "url": "http://127.0.0.1:9/"}
    made = admin.post("/api/channels", body, "application/json").json()
    row = told("channel.saved")
    assert (row.object_id, row.department, row.state) == (str(made["id"]), "UMB.SAN", None)
    path = f"/api/channels/{made['id']}"
    changed = admin.put(path, {"version": 1, "renew_secret": True, "enabled": False}, "application/json").json()
    late = admin.put(path, {"version": 1, "enabled": True}, "application/json")
    assert (late.status_code, late.json()["changed"]) == (409, ["enabled", "secret"])
    rows = str(list(JournalRow.objects.filter(object_type="channel").values()))
    assert made["secret"] not in rows
    assert changed["secret"] not in rows


def test_a_token_is_told_when_it_is_made_and_when_it_is_withdrawn_and_listed_without_itself(admin: Client) -> None:
    made = admin.post("/api/departments/UMB.SAN/tokens", {"name": "环卫系统"}, "application/json").json()
    path = f"/api/departments/UMB.SAN/tokens/{made['id']}"
    assert told("token.made").change == {"name": "环卫系统"}
    (line,) = admin.get("/api/departments/UMB.SAN/tokens").json()["items"]
    assert (line["name"], line["active"], "token" in line) == ("环卫系统", True, False)
    assert admin.delete(path.replace("UMB.SAN", "WAT")).status_code == 404
    assert admin.delete(path).status_code == 200
    assert told("token.withdrawn").department == "UMB.SAN"
    assert not SystemToken.objects.get(pk=made["id"]).active


def test_a_channel_that_names_changes_tells_those_and_that_a_task_comes_goes_or_ends(
    admin: Client, channel: Make, open_case: Make, make_person: Make
) -> None:
    out, case = channel(), open_case()
    body = {"version": 1, "url": "http://127.0.0.1:9/", "changes": ["urged"]}
    assert admin.put(f"/api/channels/{out.pk}", body, "application/json").status_code == 200
    for verb, role, inputs in (
        ("accept", Role.DEPARTMENT, {}),
        ("urge", Role.LEADER, {}),
        ("redirect", Role.DISPATCHER, {"department": "WAT", "note": "属排水"}),
    ):
        case.refresh_from_db()
        client = Client()
        client.force_login(make_person(role, ["UMB.SAN"] if role == Role.DEPARTMENT else ()))
        act = client.post(
            f"/api/cases/{case.pk}/actions/{verb}", {"version": case.version} | inputs, "application/json"
        )
        assert act.status_code == 200, act.content
    read_on(out.pk)
    types = [one.type.rpartition(".")[2] for one in Delivery.objects.order_by("seq")]
    assert types == ["opened", "urged", "redirected"]
    wrong = admin.put(f"/api/channels/{out.pk}", body | {"version": 2, "changes": ["sung"]}, "application/json")
    assert wrong.status_code == 422
    assert "urged" in [one["code"] for one in admin.get("/api/channel-changes").json()["items"]]


def test_the_log_shows_what_failed_first_and_sends_all_of_it_again(
    admin: Client, channel: Make, open_case: Make
) -> None:
    out = channel(url="http://127.0.0.1:9/")
    for _ in range(5):
        open_case()
    read_on(out.pk)
    ids = list(Delivery.objects.order_by("pk").values_list("pk", flat=True))
    Delivery.objects.filter(pk__in=ids[:2]).update(state="failed", attempts=60)
    Delivery.objects.filter(pk=ids[4]).update(state="delivered")
    seen, after = [], ""
    asked: dict[str, Any]
    while after is not None:
        asked = {"failed_first": True, "department": "UMB.SAN", "limit": 2, "after": after}
        page = admin.get("/api/deliveries", asked).json()
        seen += [one["id"] for one in page["items"]]
        after = page["next"]
    assert seen == [ids[1], ids[0], ids[3], ids[2], ids[4]]
    again = admin.post("/api/deliveries/send-again", {"ids": [ids[0], ids[4]]}, "application/json")
    assert again.json() == {"sent": 1}, "what was delivered is sent again one by one"
    assert admin.post("/api/deliveries/send-again", {"department": "UMB.SAN"}, "application/json").json() == {"sent": 1}
    assert not Delivery.objects.filter(state="failed").exists()
    assert [row.change["sent"] for row in JournalRow.objects.filter(kind="channel.sent_again")] == [1, 1]
