"""Time limits and seasons as cities write them in their tables."""

import re
from dataclasses import dataclass

from dispatch.models import LimitUnit

# The longest words first: 紧急工作时 also ends in 工作时. In these tables 天 and 小时 stand for 工作日 and 工作时
# (GB/T 30428.8 knows no other), unless the city says that its days are calendar days.
WORDS = {
    "紧急工作时": LimitUnit.URGENT_HOUR,
    "紧急工作日": LimitUnit.CALENDAR_DAY,
    "工作时": LimitUnit.WORKING_HOUR,
    "工作日": LimitUnit.WORKING_DAY,
    "日历日": LimitUnit.CALENDAR_DAY,
    "自然日": LimitUnit.CALENDAR_DAY,
    "小时": LimitUnit.WORKING_HOUR,
    "天": LimitUnit.WORKING_DAY,
    "urgent_hour": LimitUnit.URGENT_HOUR,
    "working_hour": LimitUnit.WORKING_HOUR,
    "working_day": LimitUnit.WORKING_DAY,
    "calendar_day": LimitUnit.CALENDAR_DAY,
}
_LIMIT = re.compile(rf"\s*(\d+(?:\.\d+)?)\s*个?\s*({'|'.join(WORDS)})\s*")
_DAY = re.compile(r"(?:(\d{1,2})月(\d{1,2})日|(\d{1,2})[-./](\d{1,2}))")
DAYS_OF = {4: 30, 6: 30, 9: 30, 11: 30, 2: 29}


@dataclass(frozen=True)
class Limit:
    value: float
    unit: str


def read_limit(text: str) -> Limit:
    """`2紧急工作时`, `5 天`, `4 working_hour`. Raises ValueError with a sentence."""
    found = _LIMIT.fullmatch(text)
    if not found or float(found[1]) <= 0:
        raise ValueError(f"{text!r} is no time limit; write a number and a unit, as 4工作时 or 2 working_day")
    return Limit(float(found[1]), WORDS[found[2]].value)


def read_season(text: str) -> list[str]:
    """`11-15~03-15`, `3月15日至4月30日`: two days of the year, `MM-DD`; empty for none. Raises ValueError."""
    if not text.strip():
        return []
    days = [(int(m[1] or m[3]), int(m[2] or m[4])) for m in _DAY.finditer(text)]
    fits = len(days) == 2 and all(1 <= month <= 12 and 1 <= day <= DAYS_OF.get(month, 31) for month, day in days)
    if not fits:
        raise ValueError(f"{text!r} is no season; write two days of the year, as 03-15~04-30")
    return [f"{month:02d}-{day:02d}" for month, day in days]
