"""Who leads, who helps, who has it personally; and that everybody sees a case as long as it is theirs."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection
from django.test import Client

from dispatch.models import Case, JointTask, Notice
from tests.dispatch.people import take
from tests.twin.verify import verify_action
from twin.models import JournalRow, User
from twin.problems import Problem

pytestmark = pytest.mark.usefixtures("city")
Make = Callable[..., Any]


def sees(client: Client, case: Case, user: User) -> bool:
    client.force_login(user)
    return client.get(f"/api/cases/{case.pk}").status_code == 200


def test_a_redirected_case_leaves_one_department_and_comes_to_another(
    client: Client, case: Case, people: dict[str, User]
) -> None:
    Case.objects.filter(pk=case.pk).update(due_at=None)
    with verify_action() as told:
        moved = take(case, "redirect", people["dispatcher"], department="WAT.DRN", note="属排水")
    assert [one.kind for one in told] == ["case.redirected"]
    assert (sees(client, case, people["worker"]), sees(client, case, people["water"])) == (False, True)
    assert moved.due_at is not None, "its limit has begun anew"
    was = JournalRow.objects.get(kind="case.redirected").was
    assert (was["department"], was["shared"]) == ("UMB.SAN", [])


def test_who_helps_sees_the_case_but_does_not_lead_it(client: Client, case: Case, people: dict[str, User]) -> None:
    assert not sees(client, case, people["water"])
    with verify_action():
        helped = take(case, "invite", people["dispatcher"], departments=["WAT.DRN"])
    assert (helped.joint, helped.shared) == (["WAT.DRN"], ["WAT", "WAT.DRN"])
    client.force_login(people["water"])
    shown = client.get(f"/api/cases/{case.pk}").json()
    assert [verb["code"] for verb in shown["verbs"]] == ["opine"]
    with pytest.raises(PermissionDenied):
        take(case, "accept", people["water"])
    with pytest.raises(PermissionDenied):
        take(case, "opine", people["worker"], opinion="x")
    take(case, "opine", people["water"], opinion="管道无异常")
    assert JointTask.objects.get().answered_by == people["water"]
    assert sees(client, case, people["water"]), "it stays theirs to read"


def test_a_department_that_helps_already_or_leads_is_not_invited(case: Case, people: dict[str, User]) -> None:
    take(case, "invite", people["dispatcher"], departments=["WAT"])
    for code in ("WAT", "UMB.SAN", "NOBODY"):
        with pytest.raises(Problem) as problem:
            take(case, "invite", people["dispatcher"], departments=[code])
        assert problem.value.status == 422


def test_a_helper_that_is_given_the_case_leads_it(case: Case, people: dict[str, User]) -> None:
    take(case, "invite", people["dispatcher"], departments=["WAT", "UMB.GRN"])
    moved = take(case, "redirect", people["dispatcher"], department="WAT", note="x")
    assert (moved.department, moved.joint, moved.shared) == ("WAT", ["UMB.GRN"], ["UMB", "UMB.GRN"])


def test_a_case_is_handed_to_people_of_its_department_alone(case: Case, people: dict[str, User]) -> None:
    mine = take(case, "hand_over", people["head"], person=people["colleague"].pk)
    assert mine.handler == people["colleague"]
    for who in ("water", "operator"):
        with pytest.raises(Problem) as problem:
            take(case, "hand_over", people["head"], person=people[who].pk)
        assert problem.value.status == 422
    take(case, "accept", people["colleague"])
    assert take(case, "complete", people["colleague"], note="好了").handler is None, "others have it now"


def test_what_is_urged_is_told_to_the_department(case: Case, people: dict[str, User]) -> None:
    take(case, "urge", people["leader"], note="市民多次来电")
    take(case, "urge", people["leader"])
    notices = Notice.objects.filter(reason="urge").order_by("pk")
    assert [notice.department for notice in notices] == ["UMB.SAN", "UMB.SAN"]
    assert "市民多次来电" in notices[0].text_zh
    case.refresh_from_db()
    assert (case.urges, case.status) == (2, "dispatched")


def test_an_act_of_which_nobody_can_be_told_does_not_happen(case: Case, people: dict[str, User]) -> None:
    """A notification that fails is never swallowed: act, audit and journal go with it."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE dispatch_notice ADD CHECK (false) NOT VALID")
    with pytest.raises(IntegrityError):
        take(case, "urge", people["leader"])
    case.refresh_from_db()
    assert (case.urges, case.version) == (0, 1)
    assert not JournalRow.objects.filter(kind="case.urged").exists()


def test_an_exercise_stays_one_in_all_that_is_told(open_case: Make, make_event: Make, people: dict[str, User]) -> None:
    case = open_case()
    Case.objects.filter(pk=case.pk).update(exercise="flood")
    take(case, "urge", people["leader"])
    assert Notice.objects.get().exercise == JournalRow.objects.get(kind="case.urged").exercise == "flood"
