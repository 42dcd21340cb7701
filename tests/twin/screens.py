"""A client of the live protocol, as docs/protocol.md has it and no more: it holds what it was told."""

from typing import Any

import orjson

from twin.access import Scope
from twin.live.subscription import Entry, Subscription
from twin.live.viewer import Viewer

Held = dict[tuple[str, str], dict[str, Any]]
EVERYTHING = Scope.everything()


def subscription(*types: str, **narrowed: Any) -> Subscription:
    """Of these types; narrowed by `bbox`, `zones`, `where` or `id`."""
    return Subscription.of([Entry(list(types), **narrowed)])


def held(features: list[dict[str, Any]]) -> Held:
    return {(feature["type"], feature["id"]): feature for feature in features}


class Screen:
    """What one viewer sees: a snapshot, moved on by frames."""

    def __init__(self, name: str, subscribed: Subscription, scope: Scope = EVERYTHING) -> None:
        self.name = name
        self.subscription = subscribed
        self.viewer = Viewer(name, scope)
        self.held: Held = {}
        self.seq = -1
        self._coming: Held = {}

    def take(self) -> list[dict[str, Any]]:
        """Apply all that waits for this viewer; gives the messages."""
        messages = self.waiting()
        for message in messages:
            self.apply(message)
        return messages

    def waiting(self) -> list[dict[str, Any]]:
        """Take what waits, as a connection would."""
        return [orjson.loads(message["text"]) for message in self.viewer.take()]

    def apply(self, message: dict[str, Any]) -> None:
        match message["op"]:
            case "snapshot":
                if message["part"] == 1:
                    self._coming = {}
                self._coming |= held(message["features"])
                if message["part"] == message["parts"]:
                    self.held = self._coming
            case "frames":
                assert message["from"] > self.seq, "a frame says nothing again"
                numbers = [change["seq"] for change in message["changes"]]
                assert numbers == sorted(numbers), "changes come in the order of seq"
                for change in message["changes"]:
                    self._change(change)
            case "stale":
                self.held = {}
        self.seq = message.get("seq", self.seq)

    def _change(self, change: dict[str, Any]) -> None:
        key = (change["type"], change["id"])
        if change["state"] is None:
            self.held.pop(key, None)
        else:
            self.held[key] = {name: change[name] for name in ("type", "id", "version", "state")}
