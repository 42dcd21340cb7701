"""What the search finds of cases and components."""

from django.db.models import F, Q

from dispatch import catalogue
from dispatch.models import Case, Component
from twin import revisions
from twin.access import Scope
from twin.search import Hit


def cases(text: str, scope: Scope, most: int) -> list[Hit]:
    """Cases that the person may see, by number, place or category; open ones first, then the newest."""
    edition = catalogue.current(revisions.read())
    lower = text.lower()
    named = [c.code for c in edition.categories.values() if lower in c.name_zh.lower() or lower in c.name_en.lower()]
    fits = Q(number__istartswith=text) | Q(place_zh__icontains=text) | Q(place_en__icontains=text)
    found = Case.objects.visible_to(scope).filter(fits | Q(category__in=named))
    return [_case(case, edition) for case in found.order_by(F("closed_at").desc(nulls_first=True), "-pk")[:most]]


def _case(case: Case, edition: catalogue.Edition) -> Hit:
    what = edition.categories.get(case.category)
    return Hit(
        kind="case",
        id=str(case.pk),
        code=case.number,
        name_zh=what.name_zh if what else case.category,
        name_en=what.name_en if what else case.category,
        lon=case.geom.x,
        lat=case.geom.y,
        more_zh=case.place_zh,
        more_en=case.place_en,
    )


def components(text: str, scope: Scope, most: int) -> list[Hit]:
    """Components by the beginning of their code; they are the city's inventory, which everybody may see."""
    if not text.isdigit():
        return []
    edition = catalogue.current(revisions.read())
    found = Component.objects.filter(code__startswith=text).order_by("code")[:most]
    return [_component(component, edition) for component in found]


def _component(component: Component, edition: catalogue.Edition) -> Hit:
    what = edition.categories.get(component.category)
    name_zh, name_en = (what.name_zh, what.name_en) if what else (component.category, component.category)
    return Hit("component", component.code, component.code, name_zh, name_en, component.geom.x, component.geom.y)
