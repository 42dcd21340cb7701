"""Which time limit a matter has: its rule's, else that of its filing condition where and when it is found."""

from collections.abc import Mapping
from typing import Any

from dispatch.models import FilingCondition
from geo.lookup import Located, ZoneIndex


def limit_of(
    condition: FilingCondition, rule: Mapping[str, Any] | None, area_class: str, day: int
) -> tuple[float, str]:
    """Value and `LimitUnit`. `day` is month * 100 + day of the city's date.

    Of the condition's variants those of this class of area and this season hold; one of both comes before one of the
    class alone, and that before one of the season alone.
    """
    if rule:
        return float(rule["value"]), str(rule["unit"])
    best, found = 0, (condition.limit_value, condition.limit_unit)
    for variant in condition.variants.all():
        if variant.area_class not in ("", area_class) or not _in_season(variant.season, day):
            continue
        particular = 2 * bool(variant.area_class) + bool(variant.season)
        if particular > best:
            best, found = particular, (variant.limit_value, variant.limit_unit)
    return found


def _in_season(season: list[str], day: int) -> bool:
    if not season:
        return True
    begin, end = (int(one[:2]) * 100 + int(one[3:]) for one in season)
    return begin <= day <= end if begin <= end else day >= begin or day <= end


def area_class(zones: ZoneIndex, located: Located, i: int) -> str:
    """The class of a place: that of the first of its zones, in order of precedence, which has one."""
    return next((c for position in located.of(i) if (c := zones.zones[position].area_class)), "")
