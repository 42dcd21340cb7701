"""An edition of the catalogue as it is shown: categories with their filing conditions, limits and variants."""

from typing import Any

from dispatch.catalogue import CategoryFacts, Edition
from dispatch.models import FilingCondition


def whole(edition: Edition, extensions: set[str]) -> list[dict[str, Any]]:
    """All categories in the order of their codes; `extensions` are those that the city has added to the standard."""
    return [
        _category(category) | {"city_extension": code in extensions} for code, category in edition.categories.items()
    ]


def _category(category: CategoryFacts) -> dict[str, Any]:
    names = ("code", "kind", "major", "major_zh", "major_en", "name_zh", "name_en")
    conditions = [_condition(category.conditions[number]) for number in sorted(category.conditions)]
    return {name: getattr(category, name) for name in names} | {"conditions": conditions}


def _condition(condition: FilingCondition) -> dict[str, Any]:
    names = ("number", "text_zh", "text_en", "closing_zh", "closing_en", "urgency")
    variants = [
        {"area_class": one.area_class, "season": one.season, "limit": _limit(one.limit_value, one.limit_unit)}
        for one in condition.variants.all()
    ]
    limit = _limit(condition.limit_value, condition.limit_unit)
    return {name: getattr(condition, name) for name in names} | {"limit": limit, "variants": variants}


def _limit(value: float, unit: str) -> dict[str, Any]:
    return {"value": value, "unit": unit}
