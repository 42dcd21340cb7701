"""An import does what its dry run showed, or nothing, whatever others do meanwhile."""

import pytest

from geo import changes
from geo.exchange import applying
from geo.exchange.rows import Wanted
from geo.models import ZoneVersion
from tests.geo.exchange.samples import FileOf, Run, park
from tests.small_city import square
from tests.threads import at_once, somebody_waits_for_me, wait_for
from twin import journal
from twin.models import User
from twin.problems import Problem


def edit(person: User, column: int, base: int | None, code: str = "PK001") -> ZoneVersion:
    """Somebody at the map moves the park."""
    with journal.writing() as said:
        draft = changes.Draft(kind="park", code=code, name_zh="中央公园", shape=square(column, 2))
        return changes.save(said, draft, person, base=base)


def test_an_edit_after_the_dry_run_is_not_lost(file_of: FileOf, dry_run: Run, import_: Run, planner: User) -> None:
    path = file_of([park("PK001", 0, 0)])
    seen = dry_run(path)
    edit(planner, 2, base=1)
    with pytest.raises(Problem, match="Look at the plan again") as caught:
        import_(path, token=seen.token)
    assert caught.value.status == 409
    assert ZoneVersion.objects.filter(zone__code="PK001").count() == 2
    assert import_(path, token=dry_run(path).token).counts["changed"] == 1


def test_the_plan_that_was_seen_is_applied(file_of: FileOf, dry_run: Run, import_: Run) -> None:
    path = file_of([park("PK001", 0, 0), park("PK100", 1, 0)])
    assert import_(path, token=dry_run(path).token).counts["created"] == 1


def test_another_file_or_other_options_are_another_plan(file_of: FileOf, dry_run: Run) -> None:
    one = dry_run(file_of([park("PK100", 0, 0)])).token
    assert dry_run(file_of([park("PK100", 1, 0)])).token != one
    assert dry_run(file_of([park("PK100", 0, 0)]), retire_missing=True).token != one


def test_an_editor_who_began_before_the_import_is_told(file_of: FileOf, import_: Run, planner: User) -> None:
    import_(file_of([park("PK001", 0, 0)]))
    with pytest.raises(Problem, match="version 2, you worked on 1"):
        edit(planner, 2, base=1)


@pytest.mark.parametrize(("code", "base"), [("PK001", 1), ("PK100", None)])
def test_the_import_waits_for_an_edit_under_way(code: str, base: int | None, own_city: None, file_of: FileOf) -> None:
    """Then it plans with what that edit left: a version more, or a zone that was new to it as well."""
    planner = User.objects.get(username="demo-planner")
    path = file_of([park(code, 0, 0)])
    wanted = Wanted(path, path.name, "park")
    with at_once() as start:
        with journal.writing() as said:
            draft = changes.Draft(kind="park", code=code, name_zh="中央公园", shape=square(2, 2))
            edited = changes.save(said, draft, planner, base=base)
            importing = start(applying.apply, wanted, planner)
            wait_for(somebody_waits_for_me, "the import waits for the edit")
        plan = importing.result()
    assert plan.counts == {"created": 0, "changed": 1, "unchanged": 0, "retired": 0}
    numbers = ZoneVersion.objects.filter(zone__code=code).order_by("number").values_list("number", flat=True)
    assert list(numbers)[-2:] == [edited.number, edited.number + 1]
