"""A person registers what a caller says or what they see: filed at once, taken in first, joined or parked."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dispatch.attachments import store
from dispatch.models import Attachment, Case, Report
from tests.dispatch.people import PNG
from tests.small_city import OUTSIDE, middle
from tests.twin.verify import verify_action
from twin.models import AuditRow, Role, User

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]
LON, LAT = middle(0, 0)


def form(**more: Any) -> dict[str, Any]:
    """What a hotline agent fills in."""
    usual = {"client_id": uuid4().hex, "lon": LON, "lat": LAT, "category": "E-01-10", "description": "路边有垃圾"}
    return {name: value for name, value in (usual | more).items() if value is not None}


def post(client: Client, path: str, body: dict[str, Any], status: int = 200) -> dict[str, Any]:
    answer = client.post(f"/api/{path}", body, "application/json")
    assert answer.status_code == status, answer.json()
    return dict(answer.json())


@pytest.fixture
def agent(make_person: Make, client: Client) -> User:
    user: User = make_person(Role.HOTLINE_AGENT)
    client.force_login(user)
    return user


def test_filed_at_once_it_is_routed_as_what_machines_report_is(client: Client, agent: User, open_case: Make) -> None:
    by_machine = open_case(description="路边有垃圾")
    with verify_action() as told:
        made = post(client, "reports", form(), 201)
    assert [one.kind for one in told] == ["case.opened"]
    assert made["became"] == "filed"
    case = Case.objects.get(pk=made["case"]["id"])
    assert (case.status, case.department, case.category) == ("dispatched", by_machine.department, by_machine.category)
    assert case.due_at is not None
    assert AuditRow.objects.get(act="report.registered").user == agent


def test_taken_in_first_it_goes_to_nobody_until_it_is_filed_and_dispatched(
    client: Client, agent: User, make_person: Make, open_case: Make
) -> None:
    expected = open_case().department
    sanitation = make_person(Role.DEPARTMENT, [expected])
    with verify_action() as told:
        made = post(client, "reports", form(mode="report"), 201)
    assert [one.kind for one in told] == ["case.opened"]
    address = f"cases/{made['case']['id']}"
    shown = client.get(f"/api/{address}").json()
    assert (shown["status"], shown["department"], shown["due_at"]) == ("reported", "", None)
    assert shown["stage_due_at"] is not None
    assert shown["timeline"][0]["text_zh"] == "登记，待受理"
    client.force_login(sanitation)
    assert client.get(f"/api/{address}").status_code == 404
    client.force_login(make_person(Role.OPERATOR))
    filed = post(client, f"{address}/actions/file", {"version": 1})
    sent = post(client, f"{address}/actions/dispatch", {"version": filed["version"]})
    assert (sent["status"], sent["department"]) == ("dispatched", expected)
    assert sent["due_at"] is not None


def test_without_a_place_it_waits_to_be_located(client: Client, agent: User) -> None:
    made = post(client, "reports", form(lon=None, lat=None, address="中路 1 号"), 201)
    assert (made["became"], made["case"]) == ("to_be_located", None)
    assert [one["id"] for one in client.get("/api/reports").json()["items"]] == [made["report"]["id"]]
    lon, lat = middle(2, 2)
    post(client, f"reports/{made['report']['id']}/locate", {"lon": lon, "lat": lat})
    assert Report.objects.get(pk=made["report"]["id"]).case is not None


@pytest.mark.parametrize(
    ("mode", "status", "department", "became"),
    [("report", "reported", "", "reported"), ("file", "dispatched", "UMB.SAN", "filed")],
)
def test_once_located_it_goes_as_far_as_it_was_registered_for(
    client: Client, agent: User, mode: str, status: str, department: str, became: str
) -> None:
    """To say where it is takes nothing in: 受理 and 立案 are other people's steps."""
    body = form(mode=mode, lon=None, lat=None, address="中路 1 号")
    made = post(client, "reports", body, 201)
    with verify_action() as told:
        post(client, f"reports/{made['report']['id']}/locate", {"lon": LON, "lat": LAT})
    assert "case.opened" in [one.kind for one in told]
    case = Report.objects.get(pk=made["report"]["id"]).case
    assert case is not None
    assert (case.status, case.department, case.due_at is not None) == (status, department, mode == "file")
    assert post(client, "reports", body)["became"] == became


@pytest.mark.usefixtures("media")
def test_the_photos_of_a_report_that_is_located_later_are_in_its_case(client: Client, agent: User) -> None:
    photo = store.add(SimpleUploadedFile("现场.png", PNG), "scene", agent)
    made = post(client, "reports", form(lon=None, lat=None, attachments=[str(photo.pk)]), 201)
    located = post(client, f"reports/{made['report']['id']}/locate", {"lon": LON, "lat": LAT})
    shown = client.get(f"/api/cases/{located['case']['id']}").json()
    assert [one["id"] for one in shown["attachments"]] == [str(photo.pk)]


def test_sent_twice_it_is_registered_once(client: Client, agent: User, make_person: Make) -> None:
    body = form(mode="report")
    first = post(client, "reports", body, 201)
    again = post(client, "reports", body | {"channel": "grid", "description": "另一句"})
    assert again == first | {"again": True}
    client.force_login(make_person(Role.GRID_WORKER))
    assert post(client, "reports", body, 201)["case"]["id"] != first["case"]["id"], "unique per person"


def test_a_repeated_report_joins_the_case(client: Client, agent: User, open_case: Make) -> None:
    case = open_case()
    with verify_action() as told:
        made = post(client, "reports", form(join=case.pk, category=None, urgency=3, lon=None, lat=None), 201)
    assert [one.kind for one in told] == ["case.report_joined"]
    assert (made["became"], made["case"]["id"]) == ("joined", case.pk)
    shown = client.get(f"/api/cases/{case.pk}").json()
    assert (len(shown["reports"]), shown["version"], shown["urgency"]) == (2, 2, 3)
    assert Case.objects.get(pk=case.pk).due_at == case.due_at
    history = client.get(f"/api/history/cases/{case.pk}").json()
    assert [report["id"] for report in history["reports"]] == [report["id"] for report in shown["reports"]]


def test_nothing_joins_a_case_that_has_ended(client: Client, agent: User, open_case: Make) -> None:
    case = open_case()
    Case.objects.filter(pk=case.pk).update(status="closed", closed_at=case.opened_at)
    answer = post(client, "reports", form(join=case.pk), 409)
    assert answer["status_now"] == "closed"
    assert Report.objects.filter(case=case).count() == 1


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"category": "E-99-99"}, "not in the catalogue"),
        ({"category": None}, "category"),
        ({"condition": 98}, "filing condition"),
        ({"lon": OUTSIDE[0], "lat": OUTSIDE[1]}, "no unit grid cell"),
        ({"lat": None}, "both lon and lat"),
        ({"component": "nothing"}, "not registered"),
        ({"occurred_at": "2999-01-01T00:00:00+08:00"}, "future"),
        ({"attachments": [str(uuid4())]}, "attachment"),
    ],
)
def test_what_cannot_be_registered_is_refused_with_a_sentence(
    client: Client, agent: User, wrong: dict[str, Any], says: str
) -> None:
    body = form() | wrong
    answer = post(client, "reports", {name: value for name, value in body.items() if value is not None}, 422)
    assert says in answer["detail"]
    assert not Report.objects.exists()


def test_who_takes_no_calls_registers_nothing(client: Client, make_person: Make) -> None:
    client.force_login(make_person(Role.DEPARTMENT, ["UMB"]))
    post(client, "reports", form(), 403)


def test_who_reported_is_in_no_list_and_no_frame(client: Client, agent: User) -> None:
    caller = {"name": "王女士", "phone": "13800000000", "confidential": True}
    with verify_action() as told:
        made = post(client, "reports", form(reporter=caller), 201)
    shown = client.get(f"/api/cases/{made['case']['id']}").content.decode()
    for text in (shown, str(told), str(list(AuditRow.objects.values_list("detail", flat=True)))):
        assert "13800000000" not in text
        assert "王女士" not in text
    seen = client.get(f"/api/reports/{made['report']['id']}/reporter").json()["reporter"]
    assert seen["phone"] == "13800000000"


@pytest.mark.usefixtures("media")
def test_photos_come_with_it(client: Client, agent: User) -> None:
    one = store.add(SimpleUploadedFile("现场.png", PNG), "scene", agent)
    made = post(client, "reports", form(attachments=[str(one.pk)]), 201)
    kept = Attachment.objects.get(pk=one.pk)
    assert (kept.case_id, kept.report_id) == (made["case"]["id"], made["report"]["id"])
    post(client, "reports", form(attachments=[str(one.pk)]), 422)


@pytest.mark.usefixtures("media")
@pytest.mark.parametrize("mode", ["file", "report"])
def test_a_case_by_hand_costs_at_most_twelve_statements_in_its_transaction(
    client: Client, agent: User, statements: Make, mode: str
) -> None:
    for _ in range(2):  # the first one makes the desk, after which processes load anew what they keep
        post(client, "reports", form(), 201)
    photos = [str(store.add(SimpleUploadedFile("现场.png", PNG), "scene", agent).pk) for _ in range(3)]
    body = form(mode=mode, attachments=photos, category="C-01-01", component="9901010101000001")
    with statements() as sent:
        post(client, "reports", body, 201)
    # In a test BEGIN and COMMIT are a savepoint and its release.
    begin = next(i for i, text in enumerate(sent) if text.startswith("SAVEPOINT"))
    end = max(i for i, text in enumerate(sent) if text.startswith("RELEASE"))
    assert end - begin + 1 <= 12, sent[begin : end + 1]
