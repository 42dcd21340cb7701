"""Rows that say who did or looked at what, written in the transaction of the act: neither is without the other."""

from typing import Any

from django.http import HttpRequest

from twin import clock
from twin.models import AuditRow, User


def record(
    act: str,
    user: User | None,
    object_type: str = "",
    object_id: str = "",
    *,
    request: HttpRequest | None = None,
    exercise: str = "",
    **detail: Any,
) -> AuditRow:
    """Write one row. `act` is a dotted name that is used for this act alone: `case.accepted`."""
    return AuditRow.objects.create(
        at=clock.now(),
        user=user,
        act=act,
        object_type=object_type,
        object_id=object_id,
        detail=detail,
        address=request.META.get("REMOTE_ADDR") if request else None,
        exercise=exercise,
    )
