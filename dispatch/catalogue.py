"""The catalogue in force, as every process keeps it."""

from dataclasses import dataclass

from dispatch.models import Catalogue, FilingCondition, in_force
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
    categories: dict[str, CategoryFacts]

    @property
    def label(self) -> str:
        return f"{self.standard} {self.version}"


def load(catalogue: Catalogue) -> Edition:
    rows = catalogue.categories.prefetch_related("conditions").order_by("code")
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
    return Edition(catalogue.pk, catalogue.standard, catalogue.version, categories)


def _load() -> Edition | None:
    found = in_force(Catalogue.objects.all(), clock.now())
    return load(found) if isinstance(found, Catalogue) else None


editions = revisions.Cached("catalogue", _load)


def current(known: revisions.Revisions | None = None) -> Edition:
    """The edition in force. Raises NotReady when the city has none yet."""
    edition = editions.fresh(known)
    if edition is None:
        raise revisions.NotReady("no catalogue is in force; load one, or run 'yiwang seed-demo'")
    return edition
