"""Cases led through every verb of the workflow over HTTP, by the people whose turn it is; compared with the diagram."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from dispatch import workflow
from dispatch.models import Case
from dispatch.workflow import diagram
from tests.dispatch.people import ENDS, LONG, Walk, as_reported, steps
from twin.models import AuditRow, JournalRow, User

pytestmark = pytest.mark.usefixtures("city", "media")
Make = Callable[..., Any]
Way = tuple[str, str, str]


def lead(client: Client, case: Case, walk: Walk, people: dict[str, User]) -> None:
    """Each step is offered to the person before it is taken, and is there in their language after it."""
    for step in steps(walk, case, people):
        client.force_login(people[step.who])
        seen = client.get(f"/api/cases/{case.pk}").json()
        offered = {verb["code"]: verb for verb in seen["verbs"]}
        assert step.verb in offered, f"{step.verb} is not offered to the {step.who} of a case that is {seen['status']}"
        body = {"version": seen["version"], **step.inputs}
        answer = client.post(f"/api/cases/{case.pk}/actions/{step.verb}", body, "application/json")
        assert answer.status_code == 200, (step, answer.json())
        moment = answer.json()["timeline"][-1]
        assert re.search("[一-鿿]", moment["text_zh"]), moment
        assert not moment["text_en"].startswith("case."), moment


def visited(case: Case) -> list[Way]:
    """What the journal says of the case: past, from, to."""
    ways, status = [], "reported"
    rows = JournalRow.objects.filter(object_type="case", object_id=str(case.pk)).exclude(kind="case.opened")
    for row in rows.order_by("seq"):
        before, after = row.change.get("status", [status, status])
        ways.append((row.kind.removeprefix("case."), before, after))
        status = after
    return ways


def test_every_verb_is_taken_and_is_in_the_diagram(client: Client, people: dict[str, User], open_case: Make) -> None:
    taken: list[Way] = []
    for walk in [LONG, *ENDS.values()]:
        case = as_reported(open_case())
        lead(client, case, walk, people)
        taken += visited(case)
        acts = AuditRow.objects.filter(object_type="case", object_id=str(case.pk)).values_list("act", flat=True)
        assert [f"case.{past}" for past, _, _ in visited(case)] == list(acts.order_by("pk")), "an audit row for each"
    flow = workflow.current()
    code_of = {verb.past: verb.code for verb in flow.document.verb}
    client.force_login(people["operator"])
    drawn = drawn_ways(client.get("/api/workflow/diagram.svg").content.decode())
    assert {(code_of.get(past, past), before, after) for past, before, after in taken} <= drawn
    assert {past for past, _, _ in taken} == set(flow.by_past), "every verb, and all that can be granted"
    assert {after for _, _, after in taken} == set(flow.statuses) - {"merged"}, "merging has tests of its own"


def drawn_ways(svg: str) -> set[Way]:
    return set(re.findall(r'data-verb="(\w+)" data-from="(\w+)" data-to="(\w+)"', svg))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_diagram_has_every_way_of_the_data_and_no_other(client: Client, operator: User, language: str) -> None:
    client.force_login(operator)
    data = client.get("/api/workflow").json()
    ways: set[Way] = set()
    for verb in data["document"]["verb"]:
        for source in verb["from"]:
            ways.add((verb["code"], source, verb.get("to", source)))
            if "granted" in verb:
                ways.add((verb["granted"]["past"], source, verb["granted"].get("to", source)))
    answer = client.get(f"/api/workflow/diagram.svg?language={language}")
    assert answer["Content-Type"] == "image/svg+xml"
    svg = answer.content.decode()
    assert drawn_ways(svg) == ways == {(w["verb"], w["from"], w["to"]) for w in data["diagram"]["ways"]}
    assert set(re.findall(r'data-status="(\w+)"', svg)) == {status["code"] for status in data["document"]["status"]}


def test_boxes_of_the_diagram_do_not_lie_on_each_other(city: None) -> None:
    boxes = list(diagram.layout(workflow.current()).boxes.values())
    for i, one in enumerate(boxes):
        for other in boxes[:i]:
            assert one.right < other.x or other.right < one.x or one.bottom < other.y or other.bottom < one.y


def test_what_came_of_the_long_walk(client: Client, people: dict[str, User], open_case: Make, media: Path) -> None:
    case = as_reported(open_case())
    lead(client, case, LONG[:-4], people)
    case.refresh_from_db()
    counts = {name: getattr(case, name) for name in ("returns", "extensions", "suspensions", "reworks", "urges")}
    assert counts == {"returns": 1, "extensions": 1, "suspensions": 1, "reworks": 1, "urges": 1}
    assert (case.status, case.ending, case.exempt, case.asking, case.supervised) == (
        "closed", "closed", True, "", "leader"
    )  # fmt: skip
    assert (case.joint, case.shared) == (["WAT"], ["WAT"])
    client.force_login(people["chief"])
    shown = client.get(f"/api/cases/{case.pk}").json()
    assert [(r["verb"], r["granted"], r["step"]) for r in shown["requests"]] == [
        ("ask_extension", True, 2), ("ask_extension", False, 0), ("ask_suspension", True, 2), ("ask_appeal", True, 2)
    ]  # fmt: skip
    assert [task["opinion"] for task in shown["joint_tasks"]] == ["管道无异常"]
    assert [call["resolved"] for call in shown["call_backs"]] == ["no"]
    assert len(shown["attachments"]) == len(list(media.rglob("*/*"))) == 2
    assert {notice["reason"] for notice in shown["notices"]} >= {"task", "joint", "urge", "supervise", "request"}
