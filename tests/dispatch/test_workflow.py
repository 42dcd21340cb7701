"""The workflow as data: what cannot work is refused with a sentence, and what a city changes holds at once."""

import copy
import tomllib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from dispatch import actions, workflow
from dispatch.loading import WORKFLOW
from dispatch.models import Case, Workflow
from dispatch.verbs import RUN
from dispatch.verbs.requests import GRANTED
from dispatch.workflow.check import check
from dispatch.workflow.effects import EFFECTS
from tests.dispatch.people import photo
from twin import clock
from twin.models import AuditRow, Role, User
from twin.problems import Problem

Make = Callable[..., Any]
Document = dict[str, Any]


def document() -> Document:
    """The document with which a city starts."""
    read = tomllib.loads(WORKFLOW.read_text(encoding="utf-8"))
    return {"status": read["status"], "verb": read["verb"]}


def status(doc: Document, code: str) -> dict[str, Any]:
    return next(one for one in doc["status"] if one["code"] == code)


def verb(doc: Document, code: str) -> dict[str, Any]:
    return next(one for one in doc["verb"] if one["code"] == code)


def without(doc: Document, *codes: str) -> None:
    doc["verb"] = [one for one in doc["verb"] if one["code"] not in codes]


# Documents that cannot work


def lost_status(doc: Document) -> None:
    doc["status"].append({"code": "lost", "name_zh": "丢失", "name_en": "Lost", "axis": "field"})


def trap(doc: Document) -> None:
    lost_status(doc)
    verb(doc, "inspect")["to"] = "lost"
    for one in doc["verb"]:
        one["from"] = [source for source in one["from"] if source != "inspecting"] or ["handled"]
    doc["status"] = [one for one in doc["status"] if one["code"] != "inspecting"]


def no_end(doc: Document) -> None:
    doc["status"] = [one | {"open": True} for one in doc["status"]]
    without(doc, "ask_suspension", "resume", "redo")


FAULTS: list[tuple[str, Callable[[Document], Any], str]] = [
    ("a status is misspelt", lambda d: verb(d, "accept").update({"to": "acepted"}), "there is no status acepted"),
    ("a role is unknown", lambda d: verb(d, "close").update(roles=["boss"]), "there is no role boss"),
    ("a role of a step", lambda d: verb(d, "ask_appeal").update(approval=[["boss"]]), "there is no role boss"),
    ("an effect is unknown", lambda d: verb(d, "close").update(effect="explode"), "there is no effect explode"),
    ("a need is unknown", lambda d: verb(d, "close").update(needs=["blood"]), "Invalid enum value 'blood'"),
    ("a member is unknown", lambda d: verb(d, "close").update(colour="red"), "unknown field `colour`"),
    ("a member is missing", lambda d: verb(d, "close").pop("name_zh"), "missing required field `name_zh`"),
    ("nobody may", lambda d: verb(d, "close").update(roles=[]), "verb close: nobody may take it"),
    ("from nowhere", lambda d: verb(d, "close").update({"from": []}), "it can be taken from no status"),
    ("twice", lambda d: d["verb"].append(copy.deepcopy(verb(d, "close"))), "the verb close is there twice"),
    ("one past for two", lambda d: verb(d, "close").update(past="filed"), "the past filed is there twice"),
    ("no dispatched", lambda d: status(d, "dispatched").update(code="sent"), "the status dispatched is missing"),
    ("unreachable", lost_status, "no verb leads to the status lost"),
    ("no way out", trap, "a case that is lost can never end"),
    ("no end", no_end, "no status ends a case"),
    (
        "an end that leads on unsaid",
        lambda d: verb(d, "call_back").pop("after_end"),
        "it leads on from closed, which has ended",
    ),
    (
        "up again without a new limit",
        lambda d: verb(d, "redo").update({"to": "accepted", "effect": "move"}),
        "only the effect redo takes a case up again",
    ),
    (
        "dispatched without a limit",
        lambda d: verb(d, "dispatch").update(effect="move", takes=[]),
        "the limit must start",
    ),
    ("resumed without a clock", lambda d: verb(d, "resume").update(effect="move"), "by the effect resume alone"),
    (
        "a redirection to nowhere",
        lambda d: verb(d, "redirect").update(needs=["note"]),
        "redirect cannot work without department",
    ),
    ("an idle input", lambda d: verb(d, "close").update(takes=["person"]), "does nothing with person"),
    ("no choices", lambda d: verb(d, "supervise").pop("choices"), "asks for kind but gives no choices"),
    ("asks for nothing", lambda d: verb(d, "ask_appeal").pop("granted"), "it needs 'approval'"),
    ("granted unasked", lambda d: verb(d, "close").update(effect="exempt"), "the effect exempt must be approved"),
    ("suspended for ever", lambda d: verb(d, "ask_suspension").update(needs=["note"]), "cannot work without until"),
    (
        "nobody to approve",
        lambda d: verb(d, "approve").update(roles=["department_head"]),
        "nobody can approve step 2 of it",
    ),
    ("a stage of no time", lambda d: status(d, "reported").update(stage={"minutes": 0}), "a stage that lasts no time"),
    ("a stage that nobody hears", lambda d: status(d, "filed").update(stage={"tell": ["boss"]}), "tells boss"),
]


@pytest.mark.parametrize(("spoil", "says"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_a_document_that_cannot_work_is_refused_with_its_first_fault(
    spoil: Callable[[Document], Any], says: str
) -> None:
    doc = document()
    spoil(doc)
    with pytest.raises(ValueError, match=says.replace("`", ".")):
        check(doc)


def test_every_effect_has_a_function_and_every_function_an_effect() -> None:
    assert set(EFFECTS) == set(RUN) | set(GRANTED)
    assert {name for name, effect in EFFECTS.items() if effect.granted} == set(GRANTED)


# What a city changes


@pytest.fixture
def change(client: Client, make_person: Make) -> Callable[[Callable[[Document], Any]], Any]:
    """Put a changed document into force as an administrator; gives the answer."""
    administrator = make_person(Role.ADMINISTRATOR)

    def put(alter: Callable[[Document], Any], version: str = "2", **more: Any) -> Any:
        client.force_login(administrator)
        doc = client.get("/api/workflow").json()["document"]
        alter(doc)
        body = {"version": version, "document": doc, **more}
        return client.put("/api/workflow", body, "application/json")

    return put


def refused(case: Case, code: str, user: User, **inputs: Any) -> Problem:
    with pytest.raises(Problem) as problem:
        actions.act(case.pk, code, user, version=case.version, **inputs)
    return problem.value


def offered(client: Client, case: Case, user: User) -> list[str]:
    client.force_login(user)
    return [one["code"] for one in client.get(f"/api/cases/{case.pk}").json()["verbs"]]


@pytest.mark.usefixtures("city")
def test_what_is_read_can_be_put_again_and_is_in_force(change: Make) -> None:
    before = workflow.current().document
    answer = change(lambda doc: None)
    assert (answer.status_code, answer.json()["version"]) == (200, "2")
    assert (workflow.current().version, workflow.current().document) == ("2", before)
    assert AuditRow.objects.get(act="workflow.saved").object_id == "2"


@pytest.mark.usefixtures("city")
def test_a_role_is_moved(client: Client, change: Make, make_person: Make, open_case: Make) -> None:
    case, leader = open_case(), make_person(Role.LEADER)
    assert "redirect" not in offered(client, case, leader)
    change(lambda doc: verb(doc, "redirect").update(roles=["leader"]))
    assert "redirect" in offered(client, case, leader)
    assert "redirect" not in offered(client, case, make_person(Role.DISPATCHER))


@pytest.mark.usefixtures("city")
def test_a_verb_is_forbidden(change: Make, make_person: Make, open_case: Make) -> None:
    case = open_case()
    assert change(lambda doc: without(doc, "redirect")).status_code == 200
    assert refused(case, "redirect", make_person(Role.DISPATCHER), department="WAT", note="x").status == 404


@pytest.mark.usefixtures("city", "media")
def test_a_photo_is_required(change: Make, make_person: Make, open_case: Make) -> None:
    case, worker = open_case(), make_person(Role.DEPARTMENT, ["UMB"])
    change(lambda doc: verb(doc, "complete").update(needs=["note", "photos_after"], takes=[]))
    case = actions.act(case.pk, "accept", worker, version=1)
    problem = refused(case, "complete", worker, note="好了")
    assert (problem.status, problem.extra["missing"]) == (422, "photos_after")
    before = photo(case, worker, "before")
    assert refused(case, "complete", worker, note="好了", attachments=[before]).extra["missing"] == "photos_after"
    done = actions.act(case.pk, "complete", worker, version=2, note="好了", attachments=[photo(case, worker)])
    assert done.status == "handled"


@pytest.mark.usefixtures("city")
def test_a_status_is_added(client: Client, change: Make, make_person: Make, open_case: Make) -> None:
    def with_a_second_look(doc: Document) -> None:
        doc["status"].append(
            {"code": "second_look", "name_zh": "复核中", "name_en": "Second look", "axis": "supervision"}
        )
        verb(doc, "pass_inspection")["to"] = "second_look"
        doc["verb"].append(
            {"code": "confirm", "past": "confirmed", "name_zh": "复核通过", "name_en": "Confirm"}
            | {"from": ["second_look"], "to": "inspected", "roles": ["leader"], "axis": "supervision"}
        )

    case, admin, leader = open_case(), make_person(Role.ADMINISTRATOR), make_person(Role.LEADER)
    assert change(with_a_second_look).status_code == 200
    for code in ("accept", "complete", "inspect", "pass_inspection"):
        case = actions.act(case.pk, code, admin, version=case.version, note="x")
    assert case.status == "second_look"
    assert offered(client, case, leader) == ["confirm"]
    assert actions.act(case.pk, "confirm", leader, version=case.version).status == "inspected"
    client.force_login(leader)
    assert "复核中" in str(client.get("/api/bootstrap").json()["statuses"])
    assert "复核通过" in client.get(f"/api/cases/{case.pk}").json()["timeline"][-1]["text_zh"]


@pytest.mark.usefixtures("city")
def test_a_version_can_wait_for_its_day(change: Make) -> None:
    tomorrow = clock.now() + timedelta(days=1)
    assert change(lambda doc: without(doc, "redirect"), holds_from=tomorrow.isoformat()).status_code == 200
    assert "redirect" in workflow.current().verbs
    assert "redirect" not in workflow.current(at=tomorrow).verbs


@pytest.mark.usefixtures("city")
def test_what_cannot_be_put(change: Make, client: Client, make_person: Make, open_case: Make) -> None:
    case = open_case()
    for code in ("accept", "complete", "inspect"):
        case = actions.act(case.pk, code, make_person(Role.ADMINISTRATOR), version=case.version, note="x")

    def without_inspecting(doc: Document) -> None:
        doc["status"] = [one for one in doc["status"] if one["code"] != "inspecting"]
        without(doc, "inspect", "pass_inspection")
        for one in doc["verb"]:
            one["from"] = [source for source in one["from"] if source != "inspecting"]
        verb(doc, "close")["from"] = ["handled"]
        doc["status"] = [one for one in doc["status"] if one["code"] != "inspected"]
        for one in doc["verb"]:
            one["from"] = [source for source in one["from"] if source != "inspected"]

    stands = change(without_inspecting)
    assert (stands.status_code, "open cases that are inspecting" in stands.json()["detail"]) == (422, True)
    assert change(lambda doc: None, version="1").status_code == 409
    past = (clock.now() - timedelta(days=1)).isoformat()
    assert change(lambda doc: None, holds_from=past).status_code == 422
    broken = change(lambda doc: verb(doc, "close").update(roles=["boss"]))
    assert (broken.status_code, "there is no role boss" in broken.json()["detail"]) == (422, True)
    client.force_login(make_person(Role.PLANNER))
    body = {"version": "3", "document": document()}
    assert client.put("/api/workflow", body, "application/json").status_code == 403
    assert Workflow.objects.count() == 1
