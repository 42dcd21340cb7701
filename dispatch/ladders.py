"""Escalation ladders 催办督办阶梯: who is told after what, as data that is checked when it is saved.

A ladder has steps; each is counted from the warning (four fifths of the limit), the deadline or the end of the present
stage, and names who is told. `Case.told` keeps which steps were taken, one bit for each, so that a step is taken once
however often the clock is restarted.
"""

from collections.abc import Container, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from dispatch.catalogue import Edition
from dispatch.models import Case, Flag, Ladder, LimitUnit
from twin import revisions
from twin.models import Role

MOST_STEPS = 12  # of a ladder; `Case.told` has a bit for each
ANCHORS = ("warn", "due", "stage")
WHOSE_TURN = "stage"  # tells those whom the case's present stage waits for
HANDLER, JOINT = "handler", "joint"
ON_DUTY = "on_duty"  # tells by name who is on duty for the department, or all of it where nobody is
TARGETS = {*Role.values, HANDLER, JOINT, ON_DUTY, WHOSE_TURN} - {Role.PLANNER}
SUPERVISIONS = ("overdue", "leader", "key")
CRITERIA = {"urgency", "category", "department", "channel", "flag"}


@dataclass(frozen=True)
class Step:
    """`value` and `unit` after the anchor, these are told; `supervise` puts the case under supervision 督办."""

    after: str
    value: float
    unit: str
    tell: tuple[str, ...]
    supervise: str = ""


@dataclass(frozen=True)
class Rungs:
    """A ladder, ready to be climbed. Without a criterion any case fits."""

    name_zh: str
    name_en: str
    when: Mapping[str, Sequence[Any]]
    steps: tuple[Step, ...]

    def fits(self, case: Case, flags: Set[str] = frozenset()) -> bool:
        """`flags` are the states of the city that are raised: stricter ladders may stand above the usual ones."""
        when = self.when
        return (
            ("flag" not in when or not flags.isdisjoint(when["flag"]))
            and ("urgency" not in when or case.urgency in when["urgency"])
            and ("channel" not in when or case.channel in when["channel"])
            and ("category" not in when or any(_within(case.category, code, "-") for code in when["category"]))
            and ("department" not in when or any(_within(case.department, code, ".") for code in when["department"]))
        )


def _within(code: str, above: str, separator: str) -> bool:
    return code == above or code.startswith(above + separator)


def _load() -> list[Rungs]:
    return [compiled(row.name_zh, row.name_en, row.when, row.steps) for row in Ladder.objects.order_by("order")]


def _load_raised() -> frozenset[str]:
    return frozenset(Flag.objects.filter(raised=True).values_list("code", flat=True))


ladders = revisions.Cached("ladders", _load)
raised = revisions.Cached("flags", _load_raised)
NO_LADDER = Rungs("", "", {}, ())


def ladder_of(case: Case, known: revisions.Revisions) -> Rungs:
    """The first ladder that fits; one without steps if the city has none."""
    flags = raised.fresh(known)
    return next((ladder for ladder in ladders.fresh(known) if ladder.fits(case, flags)), NO_LADDER)


def check_all(rows: Sequence[Mapping[str, Any]]) -> list[Rungs]:
    """All ladders of a city. Raises ValueError with a sentence; the last one must fit every case."""
    found = [compiled(row["name_zh"], row["name_en"], row["when"], row["steps"]) for row in rows]
    if not found or found[-1].when:
        raise ValueError("the last ladder must fit every case: it has no criteria")
    if lost := next((ladder for ladder in found[:-1] if not ladder.when), None):
        raise ValueError(f"ladder {lost.name_en!r} fits every case, so that those below it are never climbed")
    return found


def check_names(rows: Sequence[Rungs], edition: Edition, departments: Container[str], flags: Container[str]) -> None:
    """That categories (or their major classes) and departments are there. Raises ValueError with a sentence."""
    majors = {category.major for category in edition.categories.values()}
    for ladder in rows:
        for code in ladder.when.get("category", ()):
            if code not in edition.categories and code not in majors:
                raise ValueError(f"ladder {ladder.name_en!r}: {edition.label} has no category {code!r}")
        for code in ladder.when.get("department", ()):
            if code not in departments:
                raise ValueError(f"ladder {ladder.name_en!r}: there is no department {code!r}")
        for code in ladder.when.get("flag", ()):
            if code not in flags:
                raise ValueError(f"ladder {ladder.name_en!r}: there is no state {code!r} of the city")


def compiled(name_zh: str, name_en: str, when: Mapping[str, Any], steps: Sequence[Mapping[str, Any]]) -> Rungs:
    """Raises ValueError with a sentence for what cannot be climbed."""
    for name, values in when.items():
        if name not in CRITERIA:
            raise ValueError(f"ladder {name_en!r}: there is no criterion {name!r}; there are {_listed(CRITERIA)}")
        kind = int if name == "urgency" else str
        if not isinstance(values, list) or not values or not all(isinstance(value, kind) for value in values):
            raise ValueError(f"ladder {name_en!r}: {name} needs a list of {kind.__name__} with at least one value")
    if not 1 <= len(steps) <= MOST_STEPS:
        raise ValueError(f"ladder {name_en!r}: a ladder has 1 to {MOST_STEPS} steps, not {len(steps)}")
    return Rungs(name_zh, name_en, when, tuple(_steps(name_en, steps)))


def _steps(ladder: str, rows: Sequence[Mapping[str, Any]]) -> Iterator[Step]:
    for number, row in enumerate(rows, 1):
        try:
            yield _step(row)
        except ValueError as error:
            raise ValueError(f"ladder {ladder!r}, step {number}: {error}") from None


def _step(row: Mapping[str, Any]) -> Step:
    unknown = row.keys() - {"after", "value", "unit", "tell", "supervise"}
    if unknown:
        raise ValueError(f"a step has no {_listed(unknown)}")
    after, value = row.get("after"), row.get("value", 0)
    unit, tell, supervise = row.get("unit", LimitUnit.WORKING_HOUR.value), row.get("tell", []), row.get("supervise", "")
    if after not in ANCHORS:
        raise ValueError(f"it comes after one of {_listed(ANCHORS)}, not {after!r}")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1000:
        raise ValueError(f"value must be a number from 0 to 1000, not {value!r}")
    if unit not in LimitUnit.values:
        raise ValueError(f"unit must be one of {_listed(LimitUnit.values)}, not {unit!r}")
    if not isinstance(tell, list) or not tell:
        raise ValueError("it must tell somebody")
    if strangers := [who for who in tell if who not in TARGETS]:
        raise ValueError(f"nobody is {_listed(map(str, strangers))}; there are {_listed(TARGETS)}")
    if supervise and supervise not in SUPERVISIONS:
        raise ValueError(f"supervise must be one of {_listed(SUPERVISIONS)}, not {supervise!r}")
    return Step(after, float(value), unit, tuple(tell), supervise)


def _listed(words: Any) -> str:
    return ", ".join(sorted(words))
