"""What people do with cases: one function for each effect that a verb of the workflow can have."""

from collections.abc import Callable

from dispatch.verbs import dispatching, handling, inspection, requests, taking_in
from dispatch.verbs.acting import Act


def move(act: Act) -> None:
    """The status changes and nothing besides."""


RUN: dict[str, Callable[[Act], None]] = {
    "move": move,
    "send_out": taking_in.send_out,
    "verified": taking_in.verified,
    "file": taking_in.file,
    "dispatch": dispatching.dispatch,
    "redirect": dispatching.redirect,
    "invite": dispatching.invite,
    "urge": dispatching.urge,
    "supervise": dispatching.supervise,
    "give_back": handling.give_back,
    "hand_over": handling.hand_over,
    "opine": handling.opine,
    "complete": handling.complete,
    "ask": requests.ask,
    "approve": requests.approve,
    "refuse": requests.refuse,
    "resume": requests.resume,
    "rework": inspection.rework,
    "call_back": inspection.call_back,
    "redo": inspection.redo,
}
