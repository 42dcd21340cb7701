"""How a department's settings are kept: a change says which version it is based on, and the journal tells each.

What is told has no place on the map, so it is without a state: a reader hears that something was changed, and by whom.
"""

from collections.abc import Mapping
from typing import Any

from twin.journal import Entry, Journal, dump
from twin.models import JournalRow, User
from twin.problems import Problem


def say(said: Journal, kind: str, object_id: str, version: int, department: str, user: User, **change: Any) -> None:
    """One row for one change. `kind` is object type and past participle; `change` never has a secret in it."""
    object_type = kind.partition(".")[0]
    said.say(
        Entry(
            kind, object_type, object_id, version, f"user:{user.pk}", None, department=department, change=dump(change)
        )
    )


def claim(object_types: list[str], object_id: str, now: int, version: int) -> None:
    """Go on only if the object is still at the version that the person has read; call it with the row locked.

    Raises Problem 409, which tells who changed what since (`by`, `at`, `changed`) and the `version` that holds.
    """
    if now == version:
        return
    rows = list(
        JournalRow.objects.filter(object_type__in=object_types, object_id=object_id, version__gt=version)
        .filter(version__lte=now)
        .order_by("seq")
    )
    by, at = (_name(rows[-1].actor), rows[-1].at) if rows else ("", None)
    raise Problem(
        409,
        f"{by or 'Somebody else'} has changed this since you read it; look at it as it is now and repeat your change.",
        detail_zh=f"在你读取之后，{by or '他人'}已作修改；请查看现状后再改。",
        version=now,
        by=by,
        at=at,
        changed=sorted({name for row in rows for name in _fields(row.change)}),
    )


def _fields(change: Mapping[str, Any]) -> list[str]:
    return list(change.get("fields", []))


def _name(actor: str) -> str:
    user = User.objects.filter(pk=int(actor.removeprefix("user:"))).first() if ":" in actor else None
    return (user.name or user.username) if user else ""
