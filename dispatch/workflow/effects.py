"""The closed list of what verbs can do besides moving a case; `dispatch.verbs` has a function for each."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Effect:
    """What an effect asks of the verb that names it."""

    needs: frozenset[str] = field(default=frozenset())  # inputs without which it cannot work
    takes: frozenset[str] = field(default=frozenset())  # inputs that it can use
    counter: str = ""  # the case's own count of it, at which `limits.times` looks; else the journal is counted
    granted: bool = False  # happens when a request is approved: named by a `granted`, never by a verb
    joint: bool = False  # taken by a department that helps, not by the one that leads


# Any verb may ask for these: they prove or explain it and change nothing.
EVIDENCE = frozenset({"note", "photos_before", "photos_after", "documents"})


def _of(*names: str) -> frozenset[str]:
    return frozenset(names)


EFFECTS: dict[str, Effect] = {
    "move": Effect(),
    # taking in
    "send_out": Effect(takes=_of("person")),
    "verified": Effect(needs=_of("result")),
    "file": Effect(takes=_of("condition")),
    # dispatching
    "dispatch": Effect(takes=_of("department")),
    "redirect": Effect(needs=_of("department")),
    "invite": Effect(needs=_of("departments")),
    "urge": Effect(counter="urges"),
    "supervise": Effect(needs=_of("kind")),
    # handling
    "give_back": Effect(needs=_of("note"), counter="returns"),
    "hand_over": Effect(needs=_of("person")),
    "opine": Effect(needs=_of("opinion"), takes=_of("department"), joint=True),
    "complete": Effect(),
    # requests
    "ask": Effect(needs=_of("note"), takes=_of("value", "unit", "until")),
    "approve": Effect(),
    "refuse": Effect(),
    "extend": Effect(takes=_of("value", "unit"), counter="extensions", granted=True),
    "suspend": Effect(needs=_of("until"), counter="suspensions", granted=True),
    "exempt": Effect(granted=True),
    "resume": Effect(),
    # inspection, and after the end
    "rework": Effect(counter="reworks"),
    "call_back": Effect(needs=_of("report", "reached"), takes=_of("result", "rating")),
    "redo": Effect(counter="redos"),
}
DISPATCHING = _of("dispatch", "redirect", "redo")  # effects that start the limit
