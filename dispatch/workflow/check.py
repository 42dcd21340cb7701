"""Whether a workflow document can work. The first fault is said in a sentence that an administrator can act on."""

from collections.abc import Iterable
from typing import Any

from dispatch.workflow.document import ENTRIES, Document, Matters, Status, Verb, decode
from dispatch.workflow.effects import DISPATCHING, EFFECTS, EVIDENCE
from twin.models import Role


def check(document: Any) -> Document:
    """Give the document, read. Raises ValueError with the first fault."""
    read = decode(document)
    _once("status", (status.code for status in read.status))
    _once("verb", (verb.code for verb in read.verb))
    _once("past", [v.past for v in read.verb] + [v.granted.past for v in read.verb if v.granted])
    statuses = {status.code: status for status in read.status}
    for code, who in ENTRIES.items():
        if code not in statuses:
            raise ValueError(f"the status {code} is missing: {who} lets cases begin there")
    for status in read.status:
        _check_stage(status)
    for verb in read.verb:
        _Checked(verb, read).check()
    _check_ways(read)
    _check_matters(read.matters)
    return read


def _once(what: str, codes: Iterable[str]) -> None:
    seen = set()
    for code in codes:
        if not code.isidentifier():
            raise ValueError(f"{what} {code!r}: a code has letters, digits and '_' only")
        if code in seen:
            raise ValueError(f"the {what} {code} is there twice")
        seen.add(code)


def _check_stage(status: Status) -> None:
    stage = status.stage
    if stage is None:
        return
    times = (stage.working_hours, stage.minutes, stage.urgent, stage.critical)
    if any(time is not None and not time > 0 for time in times):
        raise ValueError(f"the status {status.code} has a stage that lasts no time; give more than 0")
    for who in stage.tell:
        if who not in {*Role.values, "handler", "joint"}:
            raise ValueError(
                f"the stage of {status.code} tells {who}, who is nobody; roles are {', '.join(Role.values)}"
            )


def _check_matters(matters: Matters) -> None:
    if not 0 < matters.within_m <= 1000 or not 0 < matters.hours <= 24 * 31:
        raise ValueError("matters: cases are compared within 1000 m and 744 hours at most")
    if matters.tries < 1:
        raise ValueError("matters: somebody is called at least once before they count as called back")
    for role in matters.roles:
        if role not in Role.values:
            raise ValueError(f"matters: there is no role {role}; roles are {', '.join(Role.values)}")


class _Checked:
    """One verb, looked at from every side."""

    def __init__(self, verb: Verb, document: Document) -> None:
        self.verb = verb
        self.document = document
        self.open = {status.code: status.open for status in document.status}

    def check(self) -> None:
        self._names()
        self._inputs()
        self._approval()
        self._ended()
        self._clock()

    def _fail(self, what: str) -> ValueError:
        return ValueError(f"verb {self.verb.code}: {what}")

    def _names(self) -> None:
        verb = self.verb
        goals = [verb.to, verb.granted.to if verb.granted else None]
        for status in [*verb.sources, *(goal for goal in goals if goal)]:
            if status not in self.open:
                raise self._fail(f"there is no status {status}")
        if not verb.sources:
            raise self._fail("it can be taken from no status; name some in 'from'")
        if not verb.roles:
            raise self._fail("nobody may take it; name at least one role")
        for role in [*verb.roles, *(role for step in verb.approval for role in step)]:
            if role not in Role.values:
                raise self._fail(f"there is no role {role}; roles are {', '.join(Role.values)}")
        if verb.effect not in EFFECTS:
            raise self._fail(f"there is no effect {verb.effect}; effects are {', '.join(EFFECTS)}")
        if EFFECTS[verb.effect].granted:
            raise self._fail(f"the effect {verb.effect} must be approved; name it in 'granted'")

    def _inputs(self) -> None:
        verb, effect = self.verb, EFFECTS[self.verb.effect]
        missing = effect.needs - set(verb.needs)
        if missing:
            raise self._fail(f"its effect {verb.effect} cannot work without {_list(missing)}; put it into 'needs'")
        idle = {*verb.needs, *verb.takes} - effect.needs - effect.takes - EVIDENCE
        if idle:
            raise self._fail(f"its effect {verb.effect} does nothing with {_list(idle)}")
        for name in ("result", "kind", "rating"):
            if name in {*verb.needs, *verb.takes} and not verb.choices.get(name):
                raise self._fail(f"it asks for {name} but gives no choices for it")
        if "rating" in verb.choices and not all(choice.code.isdigit() for choice in verb.choices["rating"]):
            raise self._fail("the codes of ratings are numbers, the best one the highest")

    def _approval(self) -> None:
        verb = self.verb
        if verb.effect != "ask":
            if verb.approval or verb.granted:
                raise self._fail("it is approved by nobody unless its effect is ask")
            return
        if not verb.approval or not verb.granted:
            raise self._fail("it asks, so it needs 'approval' with at least one step, and 'granted'")
        granted = EFFECTS.get(verb.granted.effect)
        if granted is None or not granted.granted:
            raise self._fail(f"{verb.granted.effect} is nothing that can be granted")
        if granted.needs - set(verb.needs):
            raise self._fail(f"what it grants cannot work without {_list(granted.needs - set(verb.needs))}")
        for effect in ("approve", "refuse"):
            deciding = [other for other in self.document.verb if other.effect == effect]
            for status in verb.sources:
                able = {role for other in deciding if status in other.sources for role in other.roles}
                for number, step in enumerate(verb.approval, 1):
                    if able.isdisjoint(step):
                        raise self._fail(f"nobody can {effect} step {number} of it while a case is {status}")

    def _ended(self) -> None:
        verb = self.verb
        ended = [status for status in verb.sources if not self.open[status]]
        if ended and not verb.after_end:
            raise self._fail(f"it leads on from {ended[0]}, which has ended; say after_end = true if that is meant")
        if ended and verb.to and self.open[verb.to] and verb.effect != "redo":
            raise self._fail(f"only the effect redo takes a case up again that is {ended[0]}")

    def _clock(self) -> None:
        verb = self.verb
        if verb.to == "dispatched" and verb.effect not in DISPATCHING:
            raise self._fail(f"it dispatches, so its effect is one of {_list(DISPATCHING)}: the limit must start")
        if verb.effect in DISPATCHING and verb.to != "dispatched":
            raise self._fail(f"its effect {verb.effect} starts the limit, so it must lead to dispatched")
        resting = {v.granted.to for v in self.document.verb if v.granted and v.granted.effect == "suspend"}
        goal = verb.to
        if goal and self.open[goal] and resting & set(verb.sources) and verb.effect != "resume":
            raise self._fail("a suspended case is taken up again by the effect resume alone: its clock stands still")


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def edges(document: Document) -> list[tuple[str, str, str]]:
    """Every way there is: code of the verb (or past of what it grants), from, to; the same where the status stays."""
    ways = []
    for verb in document.verb:
        ways += [(verb.code, source, verb.to or source) for source in verb.sources]
        if verb.granted:
            ways += [(verb.granted.past, source, verb.granted.to or source) for source in verb.sources]
    return ways


def _check_ways(document: Document) -> None:
    """Every status can be reached, and every open one can be left for an end."""
    leads: dict[str, set[str]] = {status.code: set() for status in document.status}
    comes: dict[str, set[str]] = {status.code: set() for status in document.status}
    for _, source, goal in edges(document):
        leads[source].add(goal)
        comes[goal].add(source)
    reached = _closure(ENTRIES, leads)
    ends = [status.code for status in document.status if not status.open]
    if not ends:
        raise ValueError("no status ends a case; one needs open = false")
    leaving = _closure(ends, comes)
    for status in document.status:
        if status.code not in reached:
            raise ValueError(f"no verb leads to the status {status.code}")
        if status.code not in leaving:
            raise ValueError(f"a case that is {status.code} can never end: no verb leads on from there to an end")


def _closure(start: Iterable[str], ways: dict[str, set[str]]) -> set[str]:
    found, waiting = set(start), list(start)
    while waiting:
        for following in ways[waiting.pop()] - found:
            found.add(following)
            waiting.append(following)
    return found
