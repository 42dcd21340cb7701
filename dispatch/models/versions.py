"""Sets of which the newest that holds is in force."""

from datetime import datetime

from django.contrib.gis.db import models


def in_force(query: "models.QuerySet[models.Model]", at: datetime) -> "models.Model | None":
    """The newest version of a set (rules, catalogue) that holds at a time."""
    return query.filter(holds_from__lte=at).order_by("holds_from", "pk").last()
