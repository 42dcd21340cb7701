"""Who may see what: one scope, asked by API, socket, tiles and export alike.

A scope is written twice, as a database condition and as a predicate over a row in memory, because the hub cannot
ask the database for every frame. A property test holds the two against each other.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from django.db.models import Q


def within(department: str, codes: Iterable[str]) -> bool:
    """True if a department is one of these, or part of one: codes nest at dots."""
    return any(department == code or department.startswith(code + ".") for code in codes)


@dataclass(frozen=True)
class Limit:
    """One grant's limits. `None` on a side means no limit there."""

    departments: tuple[str, ...] | None
    zones: frozenset[int] | None

    def where(self, shared: bool) -> Q:
        condition = Q()
        if self.departments is not None:
            mine = Q(shared__overlap=list(self.departments)) if shared else Q()
            for code in self.departments:
                mine |= Q(department=code) | Q(department__startswith=code + ".")
            condition &= mine
        if self.zones is not None:
            condition &= Q(zones__overlap=sorted(self.zones))
        return condition

    def allows(self, department: str, zones: Iterable[int], shared: Collection[str]) -> bool:
        if self.departments is not None and not (
            within(department, self.departments) or any(code in shared for code in self.departments)
        ):
            return False
        return self.zones is None or not self.zones.isdisjoint(zones)


@dataclass(frozen=True)
class Scope:
    """All that a person may see: the union of the limits of their grants."""

    limits: frozenset[Limit]

    @classmethod
    def limited(cls, departments: Sequence[str], zones: Sequence[int]) -> Self:
        limit = Limit(tuple(sorted(departments)) or None, frozenset(zones) or None)
        return cls(frozenset({limit}))

    @classmethod
    def union(cls, scopes: Iterable["Scope"]) -> Self:
        return cls(frozenset(limit for scope in scopes for limit in scope.limits))

    @classmethod
    def everything(cls) -> Self:
        return cls.limited((), ())

    @property
    def unlimited(self) -> bool:
        return any(limit.departments is None and limit.zones is None for limit in self.limits)

    def where(self, *, shared: bool = True) -> Q:
        """The condition on a table with `department` (text), `zones` (int[]) and `shared` (text[]).

        `shared` are the other departments that have a part in the object, each with those above it (`ancestry`);
        a table that counts by leading department alone has none.
        """
        if self.unlimited:
            return Q()
        condition = Q(department__in=[])  # nobody sees anything without a grant
        for limit in self.limits:
            condition |= limit.where(shared)
        return condition

    def allows(self, department: str, zones: Iterable[int], shared: Collection[str] = ()) -> bool:
        """The same condition for one row in memory."""
        return self.unlimited or any(limit.allows(department, zones, shared) for limit in self.limits)


def ancestry(codes: Iterable[str]) -> list[str]:
    """Department codes and all that stand above them: `WAT.DRN` gives `WAT` and `WAT.DRN`. Sorted, each once."""
    above = {
        ".".join(parts[:end])
        for code in codes
        if code
        for parts in [code.split(".")]
        for end in range(1, len(parts) + 1)
    }
    return sorted(above)
