"""What a viewer asks to see of a moment, and what they may: a subscription of the live view, and the person's scope."""

import re
from dataclasses import dataclass, replace
from functools import cached_property

import msgspec
import orjson

from twin.access import Scope
from twin.history.keyframes import Feature
from twin.live.facts import Fact, Place, facts_in, place_of
from twin.live.subscription import ANY, Entry, Line, Subscription
from twin.live.world import Key, Row
from twin.problems import Problem

_entries = msgspec.json.Decoder(list[Entry]).decode


@dataclass(frozen=True)
class View:
    subscription: Subscription
    scope: Scope

    @property
    def types(self) -> frozenset[str]:
        return frozenset(line.object_type for line in self.subscription.lines)

    def takes_all(self, object_type: str) -> bool:
        return self.scope.unlimited and any(
            line.tiles is None and _bare(line) for line in self._lines.get(object_type, ())
        )

    def sees(self, object_type: str, object_id: str, feature: Feature) -> bool:
        tile = feature.tile
        here = [line for line in self._lines.get(object_type, ()) if line.tiles is None or tile in line.tiles]
        if not here:
            return False
        bare = any(map(_bare, here))
        if bare and self.scope.unlimited:
            return True
        place = place_of(tile, map(int, _numbers(feature.zones)), feature.department, _codes(feature.shared))
        if not place.allowed_to(self.scope):
            return False
        if any(line.condition.where for line in here):
            place = replace(place, facts=_facts(object_type, feature))
        return bare or any(line.takes(object_id, place) for line in here)

    def piece(self, row: Row) -> str | None:
        """A row as this viewer gets it: the change, the removal of what is no longer in the view, or nothing.

        What fields had for values before is not in the journal's rows: a view that asks for some gets the removal of
        whatever may have been in it, and of what it may see.
        """
        if not row.gone and self._sees(self.subscription, row.key, row.place):
            return row.text
        seen = row.was is not None and self._sees(self._widest, row.key, row.was)
        return row.removal if seen else None

    def _sees(self, subscription: Subscription, key: Key, place: Place) -> bool:
        return place.allowed_to(self.scope) and subscription.takes(*key, place)

    @cached_property
    def _lines(self) -> dict[str, tuple[Line, ...]]:
        return self.subscription.by_type()

    @cached_property
    def _widest(self) -> Subscription:
        """The subscription, whatever fields have for values."""
        lines = self.subscription.lines
        return Subscription(frozenset(replace(line, condition=replace(line.condition, where=())) for line in lines))


def _bare(line: Line) -> bool:
    """It takes whatever lies in its tiles."""
    return line.object_id is None and line.condition == ANY


def _facts(object_type: str, feature: Feature) -> tuple[Fact, ...]:
    return facts_in(object_type, orjson.loads(feature.text)["state"])


_numbers = re.compile(r"\d+").findall
_codes = re.compile(r"[^{},]+").findall


def view_of(scope: Scope, subscribe: str = "", types: str = "", bbox: str = "") -> View:
    """A view from the parameters of a request: `subscribe` as the live view takes it, or `types` and `bbox`.

    Raises Problem 422 in words for the client.
    """
    try:
        if subscribe:
            return View(Subscription.of(_entries(subscribe)), scope)
        box = tuple(float(degrees) for degrees in bbox.split(",")) if bbox else None
        if box is not None and len(box) != 4:
            raise ValueError("bbox must be west,south,east,north in degrees")
        named = [name for name in types.split(",") if name]
        if not named:
            raise ValueError("say what to show: types=case,device")
        return View(Subscription.of([Entry(named, box)]), scope)
    except (msgspec.MsgspecError, ValueError) as error:
        raise Problem(422, f"{error}.", detail_zh=f"请求的范围无效：{error}。") from error
