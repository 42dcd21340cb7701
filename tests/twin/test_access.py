"""A scope means the same as a database condition and as a predicate in memory."""

from collections.abc import Callable
from itertools import chain, combinations, product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.twin.journals import AT, entry
from twin import journal
from twin.access import Scope, ancestry
from twin.models import Feature, Role, User

# Codes that begin alike, that hold each other, and that hold what LIKE would take for a pattern.
DEPARTMENTS = ["", "UMB", "UMB.SAN", "UMB.SAN.1", "UMBX", "UMB.SANX", "umb", "WAT", "U_B", "U%", "U_B.X"]
ZONES = list(chain.from_iterable(combinations((1, 2, 3), size) for size in range(4)))
SHARED = [[], ["UMB", "UMB.SAN"], ["WAT"]]
ROWS = {f"{row}": row for row in product(DEPARTMENTS, ZONES, SHARED)}

grants = st.builds(
    Scope.limited, st.lists(st.sampled_from(DEPARTMENTS), max_size=3), st.lists(st.integers(1, 4), max_size=3)
)


@pytest.fixture
def rows(db: None) -> None:
    journal.write([entry(name, department=d, zones=z, shared=s) for name, (d, z, s) in ROWS.items()], AT)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(scope=st.lists(grants, max_size=3).map(Scope.union))
def test_the_database_shows_what_memory_allows(rows: None, scope: Scope) -> None:
    shown = set(Feature.objects.visible_to(scope).filter(object_type="lamp").values_list("object_id", flat=True))
    assert shown == {name for name, row in ROWS.items() if scope.allows(*row)}


def test_a_person_acts_in_the_roles_of_all_their_grants_and_a_superuser_in_any(
    db: None, make_person: Callable[..., User]
) -> None:
    planner, superuser = make_person(Role.PLANNER, ["UMB"]), User.objects.create(username="root", is_superuser=True)
    assert planner.may_act_as({Role.ADMINISTRATOR, Role.PLANNER})
    assert not planner.may_act_as({Role.ADMINISTRATOR})
    assert superuser.may_act_as({Role.ADMINISTRATOR})
    assert not User.objects.create(username="nobody").may_act_as(set(Role))


def test_without_a_grant_nobody_sees_anything() -> None:
    assert not Scope.union([]).allows("UMB", [1])


def test_a_department_takes_its_parts_with_it_and_nothing_that_is_only_spelt_alike() -> None:
    scope = Scope.limited(["UMB"], [])
    assert [code for code in DEPARTMENTS if scope.allows(code, [])] == ["UMB", "UMB.SAN", "UMB.SAN.1", "UMB.SANX"]


def test_a_department_sees_what_it_and_its_parts_help_with() -> None:
    shared = ancestry(["UMB.SAN", "WAT"])
    assert shared == ["UMB", "UMB.SAN", "WAT"]
    assert [
        code for code in ("UMB", "UMB.SAN", "UMB.SAN.1") if Scope.limited([code], []).allows("GAS", [], shared)
    ] == [
        "UMB",
        "UMB.SAN",
    ]


def test_departments_and_zones_of_one_grant_must_both_fit_and_grants_add_up() -> None:
    bureau_in_one, water = Scope.limited(["UMB"], [1]), Scope.limited(["WAT"], [])
    assert bureau_in_one.allows("UMB", [1, 2])
    assert not bureau_in_one.allows("UMB", [2])
    assert not bureau_in_one.allows("WAT", [1])
    assert Scope.union([bureau_in_one, water]).allows("WAT", [])
    assert Scope.union([bureau_in_one, Scope.everything()]).unlimited


def test_a_persons_scope_is_the_union_of_their_grants(db: None, make_person: Callable[..., User]) -> None:
    user = make_person(Role.DEPARTMENT, ["WAT"])
    user.grants.create(role=Role.GRID_WORKER, zones=[2])
    assert user.scope == Scope.union([Scope.limited(["WAT"], []), Scope.limited([], [2])])
    assert user.roles() == {"department", "grid_worker"}
