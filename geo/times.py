"""Times as people write them."""

from datetime import datetime

from django.utils import timezone


def aware(when: datetime | None) -> datetime | None:
    """A time without a zone is meant in the city's."""
    return timezone.make_aware(when) if when is not None and timezone.is_naive(when) else when
