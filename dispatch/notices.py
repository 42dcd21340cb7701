"""What somebody was told 提醒: whose it is, and that they have seen it."""

from datetime import timedelta

from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, Func, Q, QuerySet, Value
from django.db.models.fields import IntegerField
from django.http import HttpRequest

from dispatch.models import Case, Notice
from twin import audit, clock
from twin.models import Grant, User

KEPT_IN_SIGHT = timedelta(days=30)  # older ones stay with their cases


def mine(user: User) -> QuerySet[Notice]:
    """What this person is told: by name, or by a role that they have over the department and the case in question."""
    told = Q(user=user)
    for grant in user.grants.all():
        told |= _by(grant)
    return Notice.objects.filter(told)


def _by(grant: Grant) -> Q:
    told = Q(role=grant.role)
    if grant.departments:
        about = Q(department="")
        for code in grant.departments:
            about |= Q(department=code) | Q(department__startswith=f"{code}.")
        told &= about
    if not grant.scope.unlimited:
        told &= Q(case__in=Case.objects.visible_to(grant.scope).values("pk"))
    return told


def recent(user: User) -> QuerySet[Notice]:
    return mine(user).filter(at__gt=clock.now() - KEPT_IN_SIGHT)


def unseen(user: User) -> QuerySet[Notice]:
    return recent(user).exclude(seen_by__contains=[user.pk])


def in_order(query: QuerySet[Notice], user: User) -> QuerySet[Notice]:
    """Unseen ones first, then the newest. Each has `seen`."""
    seen = ExpressionWrapper(Q(seen_by__contains=[user.pk]), output_field=BooleanField())
    return query.annotate(seen=seen).order_by("seen", "-at", "-pk").select_related("case")


def see(ids: list[int], user: User, *, request: HttpRequest | None = None) -> int:
    """Mark as seen by this person; how many were not yet. Others' notices are left alone."""
    with transaction.atomic():
        found = Notice.objects.filter(pk__in=mine(user).values("pk"), id__in=ids).exclude(seen_by__contains=[user.pk])
        changed = found.update(
            seen_by=Func("seen_by", Value(user.pk, IntegerField()), function="array_append")  # two may look at once
        )
        if changed:
            audit.record("notice.seen", user, "notice", request=request, ids=sorted(ids))
    return changed
