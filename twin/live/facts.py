"""What decides who gets an object: where it lies, whose it is, and the few fields of its state that viewers filter by.

This floor knows features, not cases: which fields may be filtered by is declared above, in the setting LIVE_FILTERS.
They are read out of a state once for each change in a process, whoever asks for them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import orjson
from django.conf import settings

from twin.access import Scope

DEPARTMENT = "department"  # a column of every feature; codes nest at dots, so that `UMB` takes `UMB.SAN` with it
Fact = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Place:
    """`facts`: the values of the fields of `fields_of` the object's type, in that order."""

    tile: int | None
    zones: tuple[int, ...]
    department: str
    shared: frozenset[str] = frozenset()
    facts: tuple[Fact, ...] = ()

    def allowed_to(self, scope: Scope) -> bool:
        return scope.allows(self.department, self.zones, self.shared)


def place_of(
    tile: int | None, zones: Iterable[int], department: str, shared: Iterable[str], facts: tuple[Fact, ...] = ()
) -> Place:
    return Place(tile, tuple(zones), department, frozenset(shared), facts)


@cache
def fields_of(object_type: str) -> tuple[str, ...]:
    return tuple(settings.LIVE_FILTERS.get(object_type, ()))


def index_of(object_type: str, field: str) -> int:
    """Where a field stands among the facts of a type. Raises ValueError, in words for the client."""
    fields = fields_of(object_type)
    if field not in fields:
        known = ", ".join(sorted((DEPARTMENT, *fields)))
        raise ValueError(f"{object_type} cannot be filtered by {field}; it can by: {known}")
    return fields.index(field)


def facts_of(object_type: str, state: str | None) -> tuple[Fact, ...]:
    fields = fields_of(object_type)
    if not fields or state is None:
        return (None,) * len(fields)
    return facts_in(object_type, orjson.loads(state))


def facts_in(object_type: str, state: Mapping[str, Any]) -> tuple[Fact, ...]:
    """The same from a state that has been read already."""
    return _one_of_each(tuple([state.get(field) for field in fields_of(object_type)]))


@lru_cache(maxsize=4096)
def _one_of_each(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Ten thousand cases share a few hundred combinations; they need not each hold their own."""
    return facts
