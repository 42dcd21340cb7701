"""The city's time. Everything that decides by time asks here, so that a drill can run a day in a minute.

City time is the wall clock unless the clock setting says otherwise. All times are aware and in UTC; local time
(for working hours, for "today") is `settings.TIME_ZONE`.
"""

import math
from datetime import UTC, datetime

from twin import revisions
from twin.models import ClockSetting

setting = revisions.Cached("clock", ClockSetting.objects.first)


def now(known: revisions.Revisions | None = None) -> datetime:
    """The city's time. With revisions in hand it costs no statement; without, it goes by what was last learnt."""
    clock = setting.fresh(known) if known is not None else setting.known()
    wall = datetime.now(UTC)
    return wall if clock is None else clock.city_anchor + (wall - clock.wall_anchor) * clock.rate


def change(city: datetime, rate: float) -> None:
    """Let the city's clock stand at `city` (aware) now and run `rate` times as fast as the wall; 0 stops it.

    Raises ValueError for a naive time or a negative rate.
    """
    if city.tzinfo is None or rate < 0:
        raise ValueError("the clock needs a time with a zone and a rate of 0 or more")
    ClockSetting.objects.update_or_create(
        one=True, defaults={"wall_anchor": datetime.now(UTC), "city_anchor": city, "rate": rate}
    )
    revisions.bump("clock")


def seconds_until(city: datetime) -> float:
    """Seconds of the wall until the city's clock shows `city`; negative when it is past, infinite while it stands."""
    ahead = (city - now()).total_seconds()
    clock = setting.known()
    rate = 1.0 if clock is None else clock.rate
    return ahead / rate if rate else math.copysign(math.inf, ahead)
