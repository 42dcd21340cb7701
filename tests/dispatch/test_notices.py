"""Whom a notice reaches: by role, department and zone; and that one has seen it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from dispatch import timers
from dispatch.models import Case, Notice
from tests.dispatch.times import city_is_at, local
from tests.small_city import middle
from twin.models import AuditRow, Role, User

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]


@pytest.fixture
def overdue(open_case: Make) -> Case:
    """Overdue at UMB.SAN: its department and the dispatchers were told."""
    case: Case = open_case(at=city_is_at("2026-09-07 09:00"))
    city_is_at("2026-09-07 15:00")
    timers.turn()
    return case


def told(client: Client, user: User, **query: Any) -> dict[str, Any]:
    client.force_login(user)
    answer: dict[str, Any] = client.get("/api/notices", query).json()
    return answer


def test_the_department_and_the_dispatcher_each_see_their_own(overdue: Case, client: Client, make_person: Make) -> None:
    (mine,) = told(client, make_person(Role.DEPARTMENT, ["UMB.SAN"]))["items"]
    assert (mine["number"], mine["reason"], mine["role"], mine["seen"]) == (overdue.number, "due", "department", False)
    assert mine["text_zh"].startswith(
        f"{overdue.number}：暴露生活垃圾，东风街道社区00：已超过处置时限（时限 2026-09-07 15:00"
    )
    assert "it is past its deadline (due 2026-09-07 15:00)" in mine["text_en"]
    assert [n["role"] for n in told(client, make_person(Role.DISPATCHER))["items"]] == ["dispatcher"]


@pytest.mark.parametrize(
    ("role", "departments", "zone", "reached"),
    [
        (Role.DEPARTMENT, ["UMB"], None, True),  # the bureau above
        (Role.DEPARTMENT, ["UMB.GRN"], None, False),
        (Role.DEPARTMENT, ["UMB.S"], None, False),
        (Role.DEPARTMENT_HEAD, ["UMB.SAN"], None, False),  # not told yet
        (Role.DISPATCHER, [], "street:990101001", True),
        (Role.DISPATCHER, [], "street:990101002", False),
        (Role.OPERATOR, [], None, False),
        (Role.ADMINISTRATOR, [], None, False),
    ],
)
def test_nobody_is_told_beyond_their_role_department_and_zone(
    overdue: Case,
    client: Client,
    make_person: Make,
    zone_id: Make,
    role: str,
    departments: Any,
    zone: Any,
    reached: bool,
) -> None:
    person = make_person(role, departments, [zone_id(zone)] if zone else [])
    assert bool(told(client, person)["items"]) == reached


def test_who_is_on_duty_is_told_by_name_and_the_department_where_nobody_is(
    open_case: Make, client: Client, make_person: Make
) -> None:
    """The bureau above keeps the roster; the night's shift is over when the day's warning comes."""
    night, day = (make_person(Role.DEPARTMENT, ["UMB"]) for _ in range(2))
    at = city_is_at("2026-09-07 09:00")
    client.force_login(make_person(Role.DEPARTMENT_HEAD, ["UMB"]))
    roster = [
        {
            "user": user.pk,
            "starts": local(f"2026-09-07 {begin}").isoformat(),
            "ends": local(f"2026-09-07 {end}").isoformat(),
        }
        for user, begin, end in ((night, "00:00", "09:30"), (day, "09:30", "18:00"))
    ]
    assert client.put("/api/departments/UMB", {"roster": roster, "version": 1}, "application/json").status_code == 200
    client.force_login(make_person(Role.ADMINISTRATOR))
    ladder = {"name_zh": "值班", "name_en": "Duty", "when": {}, "steps": [{"after": "due", "tell": ["on_duty"]}]}
    revision = client.get("/api/ladders").json()["revision"]
    body = {"ladders": [ladder], "revision": revision}
    assert client.put("/api/ladders", body, "application/json").status_code == 200
    case, later = open_case(at=at), open_case(at=at)
    Case.objects.filter(pk=later.pk).update(department="WAT")
    city_is_at("2026-09-07 15:00")
    timers.turn()
    assert [(n.user, n.role) for n in case.notices.all()] == [(day, "")]
    assert [(n.user, n.role, n.department) for n in later.notices.all()] == [(None, "department", "WAT")]
    assert [n["number"] for n in told(client, day)["items"]] == [case.number]


def test_two_grants_are_not_mixed(overdue: Case, client: Client, make_person: Make) -> None:
    """Somebody who dispatches in the other street and works in this department hears as the latter alone."""
    person = make_person(Role.DEPARTMENT, ["UMB.SAN"])
    person.grants.create(role=Role.DISPATCHER, departments=["WAT"])
    assert [n["role"] for n in told(client, person)["items"]] == ["department"]


def test_what_was_seen_is_seen_by_that_person_alone_and_leaves_an_audit_row(
    overdue: Case, client: Client, make_person: Make
) -> None:
    one, other = (make_person(Role.DISPATCHER) for _ in range(2))
    ids = [notice["id"] for notice in told(client, one)["items"]]
    for count in (1, 0):
        answer = client.post("/api/notices/seen", {"ids": ids}, "application/json")
        assert answer.json() == {"seen": count}
    assert (told(client, one)["items"][0]["seen"], told(client, one)["unseen"]) == (True, 0)
    assert told(client, one, unseen=True)["items"] == []
    assert told(client, other)["unseen"] == 1
    assert AuditRow.objects.get(act="notice.seen").detail == {"ids": ids}


def test_others_notices_cannot_be_marked(overdue: Case, client: Client, make_person: Make) -> None:
    client.force_login(make_person(Role.DEPARTMENT, ["WAT"]))
    ids = list(Notice.objects.values_list("pk", flat=True))
    assert client.post("/api/notices/seen", {"ids": ids}, "application/json").json() == {"seen": 0}
    assert set(map(tuple, Notice.objects.values_list("seen_by", flat=True))) == {()}


def test_unseen_ones_come_first_then_the_newest(open_case: Make, client: Client, make_person: Make) -> None:
    cases = []
    for hour in ("08:00", "09:00", "10:00"):
        cases.append(open_case(at=city_is_at(f"2026-09-07 {hour}")).number)
    for hour in ("14:00", "15:00", "16:00"):  # due four working hours after each, with the break at noon
        city_is_at(f"2026-09-07 {hour}")
        timers.turn()
    dispatcher = make_person(Role.DISPATCHER)
    newest_first = told(client, dispatcher)["items"]
    assert [n["number"] for n in newest_first] == cases[::-1]
    pages = [told(client, dispatcher, limit=2, page=page)["items"] for page in (1, 2, 3)]
    assert [[n["number"] for n in page] for page in pages] == [cases[:0:-1], cases[:1], []]
    client.post("/api/notices/seen", {"ids": [newest_first[0]["id"]]}, "application/json")
    assert [n["number"] for n in told(client, dispatcher)["items"]] == [cases[1], cases[0], cases[2]]


def test_a_hundred_notices_cost_as_many_statements_as_one(
    open_case: Make, client: Client, make_person: Make, statements: Make
) -> None:
    dispatcher, counts = make_person(Role.DISPATCHER, ["UMB"]), []
    for size in (1, 9):
        for column in range(size):
            open_case(at=city_is_at("2026-09-07 09:00"), place=middle(column % 4, 3))
        city_is_at("2026-09-07 15:00")
        timers.turn()
        client.force_login(dispatcher)
        with statements() as sent:
            client.get("/api/notices")
        counts.append(len(sent))
    assert counts[0] == counts[1], sent
