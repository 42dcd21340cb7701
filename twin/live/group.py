"""Viewers who asked for the same and may see the same: what they get is worked out once for all of them."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from twin.access import Scope
from twin.live.facts import Place
from twin.live.subscription import Condition, Line, Subscription
from twin.live.viewer import Message, Viewer
from twin.live.world import Key, Row

CHANGE, REMOVAL = 0, 1  # the two forms of a row; the order of Row.text and Row.removal where both are listed


class Group:
    """One audience. `snapshot` is kept for the next who comes, as long as nothing has happened that it would show."""

    def __init__(self, subscription: Subscription, scope: Scope) -> None:
        self.subscription, self.scope = subscription, scope
        self.viewers: set[Viewer] = set()
        self.snapshot: list[Message] | None = None
        self.lines = subscription.lines

    def form(self, row: Row) -> int | None:
        """A row as this audience gets it: the change, the removal of what it may no longer see, or nothing.

        What never stood on the map, as an import or the layers of a scene, is told where it happened, without a state.
        """
        if row.gone:
            return REMOVAL if self._sees(row.key, row.was or row.place) else None
        if self._sees(row.key, row.place):
            return CHANGE
        return REMOVAL if row.was is not None and self._sees(row.key, row.was) else None

    def _sees(self, key: Key, place: Place) -> bool:
        return place.allowed_to(self.scope) and self.subscription.takes(*key, place)


Bucket = dict[tuple[Condition, Scope], set[Group]]


class Groups:
    """All audiences, and which of them get a row.

    Under each tile groups lie by condition and rights. Of these there are few, so that a row costs a few questions and
    some unions of sets, whether ten people look or a thousand, each at another part of the city.
    """

    def __init__(self) -> None:
        self._groups: dict[tuple[Subscription, Scope], Group] = {}
        self._everywhere: defaultdict[str, Bucket] = defaultdict(dict)
        self._under: defaultdict[tuple[str, int | None], Bucket] = defaultdict(dict)
        self._single: defaultdict[Key, Bucket] = defaultdict(dict)

    def __iter__(self) -> Iterator[Group]:
        return iter(self._groups.values())

    def of(self, subscription: Subscription, scope: Scope) -> Group:
        """The group of these two, made when it is new."""
        found = self._groups.get((subscription, scope))
        if found is None:
            found = self._groups[subscription, scope] = Group(subscription, scope)
            for index, key, line in self._places(found):
                index[key].setdefault((line.condition, scope), set()).add(found)
        return found

    def seeing(self, key: Key, place: Place) -> set[Group]:
        """Every group that sees this object when it stands so."""
        found: set[Group] = set()
        for bucket in (
            self._everywhere.get(key[0]),
            self._under.get((key[0], place.tile)),
            self._single.get(key),
        ):
            for (condition, scope), groups in bucket.items() if bucket else ():
                if condition.takes(place) and place.allowed_to(scope):
                    found |= groups
        return found

    def told(self, row: Row) -> tuple[set[Group], set[Group]]:
        """Who gets a row as a change, and who as a removal: they saw it, and may or want to no longer."""
        if row.gone:
            return set(), self.seeing(row.key, row.was or row.place)
        sees = self.seeing(row.key, row.place)
        if row.was is None or row.was == row.place:
            return sees, set()
        return sees, self.seeing(row.key, row.was) - sees

    def sweep(self) -> None:
        """Forget groups without viewers. Not at once: a thousand who lost the line come back a moment later."""
        for group in [group for group in self if not group.viewers]:
            del self._groups[group.subscription, group.scope]
            for index, key, line in self._places(group):
                bucket, pair = index[key], (line.condition, group.scope)
                groups = bucket.get(pair, set())
                groups.discard(group)
                if not groups:
                    bucket.pop(pair, None)
                if not bucket:
                    del index[key]

    def _places(self, group: Group) -> Iterator[tuple[defaultdict[Any, Bucket], Any, Line]]:
        """Where a group is kept for each of its lines."""
        for line in group.lines:
            if line.object_id is not None:
                yield self._single, (line.object_type, line.object_id), line
            elif line.tiles is not None:
                for tile in line.tiles:
                    yield self._under, (line.object_type, tile), line
            else:
                yield self._everywhere, line.object_type, line
