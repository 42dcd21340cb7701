"""The catalogue's editions, as every process keeps them."""

from dataclasses import dataclass
from datetime import datetime

from dispatch.models import Catalogue, FilingCondition
from twin import clock, revisions

KINDS = {"C": "component", "E": "event"}


@dataclass(frozen=True, slots=True)
class CategoryFacts:
    """A category with its filing conditions by number; `index` is its position in the catalogue."""

    index: int
    code: str
    name_zh: str
    name_en: str
    major_zh: str
    major_en: str
    conditions: dict[int, FilingCondition]

    @property
    def kind(self) -> str:
        return KINDS[self.code[0]]

    @property
    def major(self) -> str:
        return self.code[:4]

    @property
    def first_condition(self) -> int:
        """Taken when a report names none."""
        return min(self.conditions)


@dataclass(frozen=True)
class Edition:
    """One edition of the catalogue."""

    id: int
    standard: str
    version: str
    holds_from: datetime
    categories: dict[str, CategoryFacts]

    @property
    def label(self) -> str:
        return f"{self.standard} {self.version}"


def load(catalogue: Catalogue) -> Edition:
    rows = catalogue.categories.prefetch_related("conditions__variants").order_by("code")
    categories = {
        row.code: CategoryFacts(
            index,
            row.code,
            row.name_zh,
            row.name_en,
            row.major_zh,
            row.major_en,
            {condition.number: condition for condition in row.conditions.all()},
        )
        for index, row in enumerate(rows)
    }
    return Edition(catalogue.pk, catalogue.standard, catalogue.version, catalogue.holds_from, categories)


# All editions, the oldest first: old cases are read with theirs, and the next one waits for its day.
editions = revisions.Cached("catalogue", lambda: [load(c) for c in Catalogue.objects.order_by("holds_from", "pk")])


def current(known: revisions.Revisions) -> Edition:
    """The edition in force. Raises NotReady when the city has none yet."""
    now = clock.now(known)
    held = [edition for edition in editions.fresh(known) if edition.holds_from <= now]
    if not held:
        raise revisions.NotReady("no catalogue is in force; load one, or run 'yiwang seed-demo'")
    return held[-1]


def by_id(catalogue_id: int, known: revisions.Revisions) -> Edition:
    """The edition under which a case was filed, which need not be today's."""
    return next(edition for edition in editions.fresh(known) if edition.id == catalogue_id)
