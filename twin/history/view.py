"""What a viewer asks to see of a moment, and what they may: a subscription of the live view, and the person's scope."""

import re
from dataclasses import dataclass

import msgspec

from twin.access import Scope
from twin.history.keyframes import Feature
from twin.live.subscription import Entry, Subscription
from twin.live.world import Place, Row
from twin.problems import Problem

_entries = msgspec.json.Decoder(list[Entry]).decode


@dataclass(frozen=True)
class View:
    subscription: Subscription
    scope: Scope

    @property
    def types(self) -> frozenset[str]:
        return self.subscription.everywhere | self.subscription.by_type.keys()

    def takes_all(self, object_type: str) -> bool:
        return object_type in self.subscription.everywhere and self.scope.unlimited

    def sees(self, object_type: str, feature: Feature) -> bool:
        if not self.subscription.takes(object_type, feature.tile):
            return False
        if self.scope.unlimited:
            return True
        return self.scope.allows(feature.department, map(int, _numbers(feature.zones)), _codes(feature.shared))

    def piece(self, row: Row) -> str | None:
        """A row as this viewer gets it: the change, the removal of what is no longer in the view, or nothing."""
        if self._sees(row.key[0], row.place):
            return row.text
        return row.removal if self._sees(row.key[0], row.was) else None

    def _sees(self, object_type: str, place: Place) -> bool:
        return self.subscription.takes(object_type, place.tile) and place.allowed_to(self.scope)


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
