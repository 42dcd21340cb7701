"""Times as people and addresses write them."""

from datetime import datetime

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime


def aware(when: datetime | None) -> datetime | None:
    """A time without a zone is meant in the city's."""
    return timezone.make_aware(when) if when is not None and timezone.is_naive(when) else when


def time_of(text: str) -> datetime:
    """A day or a time in ISO 8601; without a zone it is meant in the city's. Raises ValueError with a sentence."""
    written = text.replace(" ", "+", 1) if "T" in text else text  # the plus of an address that was not encoded
    try:
        day = parse_date(written)
        found = datetime(day.year, day.month, day.day) if day else parse_datetime(written)  # noqa: DTZ001
    except ValueError:
        found = None
    if found is None:
        raise ValueError(f"{text!r} is no time; write 2026-12-01 or 2026-12-01T18:00+08:00.")
    return timezone.make_aware(found) if timezone.is_naive(found) else found
