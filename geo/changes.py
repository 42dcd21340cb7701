"""How zones change: saved for now or for later, retired, never rewritten.

A change closes the version that held and opens the next one, so that the zones of any past day can be shown and
used. It takes effect in every process with its commit: the lookup's revision moves in the same transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import shapely
from django.apps import apps
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Case, F, When
from django.http import HttpRequest

from geo import telling
from geo.followers import tell_followers
from geo.kinds.attributes import attribute_faults
from geo.kinds.codes import code_fault
from geo.models import Zone, ZoneKind, ZoneVersion
from geo.outlines import ShapeError, check_shape, stored
from twin import audit, revisions
from twin.journal import Journal
from twin.models import Role, User
from twin.problems import Problem

MAY_CHANGE = {Role.ADMINISTRATOR, Role.PLANNER}
JUST_NOW = timedelta(minutes=1)  # a time that long ago was "now" when somebody chose it


@dataclass(frozen=True)
class Draft:
    """A zone as somebody wants it. `shape` is a (multi)polygon in WGS-84 degrees, longitude first.

    Without `holds_from` it holds from now on; without `precedence` it has that of its kind. `people` are who is
    responsible: objects with name, role_zh, role_en and phone.
    """

    kind: str
    code: str
    name_zh: str
    shape: shapely.Geometry
    name_en: str = ""
    precedence: int | None = None
    department: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    people: list[dict[str, str]] = field(default_factory=list)
    holds_from: datetime | None = None
    holds_to: datetime | None = None


def save(
    journal: Journal, draft: Draft, user: User, *, base: int | None = None, request: HttpRequest | None = None
) -> ZoneVersion:
    """Make a zone, or give one its next version. `base` is the number of the version that the person worked on.

    Raises Problem: 409 if somebody else has saved since, 422 if the draft cannot hold. PermissionDenied without a role.
    """
    may_change(user)
    version = write_draft(journal, draft, user, base)
    finish(journal, [("zone.saved", version)], user, request)
    return version


def retire(
    journal: Journal, zone: Zone, user: User, *, at: datetime | None = None, request: HttpRequest | None = None
) -> ZoneVersion:
    """Let a zone end now, or at a time. Its code is never used again.

    Raises Problem 422 if it has ended already, or is to change later than that. PermissionDenied without a role.
    """
    may_change(user)
    version = write_end(journal, zone, user, at)
    finish(journal, [("zone.retired", version)], user, request)
    return version


def write_draft(journal: Journal, draft: Draft, user: User, base: int | None) -> ZoneVersion:
    """Check a draft and write it as the zone's next version, without yet telling anybody (`finish`)."""
    kind = lock(draft.kind)
    if kind is None:
        raise Problem(422, f"There is no zone kind {draft.kind!r}.", detail_zh=f"没有区域类型 {draft.kind!r}。")
    try:
        shape = check_shape(draft.shape)
    except ShapeError as error:
        place = {"place": list(error.place)} if error.place else {}
        raise Problem(422, f"{draft.code}: {error}.", detail_zh=f"{draft.code}：{error.zh}。", **place) from error
    zone, made = Zone.objects.get_or_create(kind=kind, code=draft.code)
    last = newest(zone)
    number = last.number if last else 0
    if not made and base != number:
        raise conflict(zone, last, base)
    _check_draft(kind, draft, last, made)
    begin = _not_past(journal, draft.holds_from, zone) if last else draft.holds_from or journal.at
    if draft.holds_to is not None and draft.holds_to <= begin:
        raise Problem(
            422,
            f"{draft.code}: it would end ({draft.holds_to}) before it begins ({begin}).",
            detail_zh=f"{draft.code}：结束时间（{draft.holds_to}）不晚于开始时间（{begin}）。",
        )
    if last is not None:
        _check_time(last, begin)
    version = next_version(zone, number + 1, draft, shape, begin)
    write(journal, [last] if last and not ended(last, begin) else [], [version], begin, user)
    return version


def write_end(journal: Journal, zone: Zone, user: User, at: datetime | None, base: int | None = None) -> ZoneVersion:
    """Let a zone end, without yet telling anybody. With `base` only if that is its newest version."""
    lock(zone.kind_id)
    last = newest(zone)
    if base is not None and (last is None or last.number != base):
        raise conflict(zone, last, base)
    end = _not_past(journal, at, zone)
    if last is None or ended(last, end):
        raise Problem(422, f"{zone} does not hold any more.", detail_zh=f"{zone} 已不再有效。")
    _check_time(last, end)
    write(journal, [last], [], end, user)
    return last


def finish(
    journal: Journal, told: Sequence[tuple[str, ZoneVersion]], user: User, request: HttpRequest | None = None
) -> None:
    """The audit rows, the journal rows, and the revision by which every lookup notices: once, after all is written.

    Who waits for the revision's row holds no version that another transaction could wait for meanwhile.
    """
    for kind, version in told:
        audit.record(kind, user, "zone", str(version.zone), request=request, version=version.number)
    telling.tell(journal, told, f"user:{user.pk}")
    revisions.bump("zones")


def may_change(user: User) -> None:
    """Raises PermissionDenied unless this person may change zones."""
    if not user.may_act_as(MAY_CHANGE):
        raise PermissionDenied("Zones are changed by administrators and planners.")


def lock(kind: str) -> ZoneKind | None:
    """A kind, locked: zones of one kind change one after the other, so that nobody builds on what is just changing."""
    return ZoneKind.objects.select_for_update(no_key=True).filter(pk=kind).first()


def newest(zone: Zone) -> ZoneVersion | None:
    """The version of a zone that was saved last, whether it holds already or not."""
    versions = zone.versions.select_related("zone__kind", "changed_by")
    return versions.order_by("-number").first()


def ended(version: ZoneVersion, at: datetime) -> bool:
    """Whether a version no longer holds at a time."""
    return version.holds_to is not None and version.holds_to <= at


def next_version(zone: Zone, number: int, draft: Draft, shape: shapely.Geometry, begin: datetime) -> ZoneVersion:
    """The version that a draft becomes, not yet written. `shape` is what `check_shape` gave."""
    return ZoneVersion(
        zone=zone,
        number=number,
        holds_from=begin,
        holds_to=draft.holds_to,
        name_zh=draft.name_zh,
        name_en=draft.name_en,
        geom=stored(shape),
        precedence=zone.kind.precedence if draft.precedence is None else draft.precedence,
        department=draft.department,
        attributes=draft.attributes,
        people=draft.people,
    )


def write(
    journal: Journal, closed: Sequence[ZoneVersion], versions: Sequence[ZoneVersion], at: datetime, user: User
) -> None:
    """Let the versions in `closed` end at a time, and write the new ones; set-based, so any number at once.

    Every change of zones goes through here, whoever makes it and from wherever.
    """
    now = journal.at
    for version in closed:
        version.holds_to = at
    if closed:
        ZoneVersion.objects.filter(pk__in=[version.pk for version in closed]).update(
            holds_to=at,
            turns_at=Case(When(holds_from__gt=now, then=F("holds_from")), default=at if at > now else None),
        )
    for version in versions:
        version.changed_by, version.changed_at = user, now
        to_come = [t for t in (version.holds_from, version.holds_to) if t is not None and t > now]
        version.turns_at = min(to_come, default=None)
    ZoneVersion.objects.bulk_create(versions, batch_size=2000)
    tell_followers(journal, closed, versions, at, user)


def conflict(zone: Zone, last: ZoneVersion | None, base: int | None) -> Problem:
    """Somebody else was first. The problem says who, when, and which version it is now."""
    who = person_name(last.changed_by) if last else None
    found = {
        "zone": zone.pk,
        "version": last.number if last else None,
        "holds_from": last.holds_from if last else None,
        "changed_by": who,
        "changed_at": last.changed_at if last else None,
    }
    if base is None:
        return Problem(
            409,
            f"The code {zone} is used already; codes are never used twice.",
            detail_zh=f"编码 {zone} 已被使用；编码不重复使用。",
            **found,
        )
    by, by_zh = (f" by {who}", f"被 {who} ") if who else ("", "")
    return Problem(
        409,
        f"{zone} has been changed{by} since you began: it is at version {found['version']}, you worked on {base}."
        " Load it again and repeat your change.",
        detail_zh=f"{zone} 在您编辑期间已{by_zh}修改：现为第 {found['version']} 版，您编辑的是第 {base} 版。"
        "请重新载入后再修改。",
        **found,
    )


def person_name(user: User | None) -> str | None:
    return (user.name or user.username) if user else None


def departments() -> dict[str, str]:
    """Department codes by code, and by full name. This room knows the table by its name only, as foreign keys do."""
    rows = list(apps.get_model(settings.DEPARTMENT_MODEL).objects.values_list("code", "name_zh", "name_en"))
    by_name = {name: code for code, *names in rows for name in names if name}
    return by_name | {code: code for code, *_ in rows}


def _check_draft(kind: ZoneKind, draft: Draft, last: ZoneVersion | None, made: bool) -> None:
    """What can be wrong besides the shape. An old zone keeps its code, and its department, whatever they are."""
    if made and (fault := code_fault(kind, draft.code)):
        raise Problem(422, fault[0], detail_zh=fault[1])
    known = draft.department in ("", last.department if last else "")
    if not known and not apps.get_model(settings.DEPARTMENT_MODEL).objects.filter(code=draft.department).exists():
        raise Problem(
            422,
            f"{draft.code}: there is no department {draft.department!r}.",
            detail_zh=f"{draft.code}：没有部门 {draft.department!r}。",
        )
    if wrong := list(attribute_faults(kind.schema, draft.attributes)):
        raise Problem(
            422,
            f"{draft.code}: {' '.join(fault.en for fault in wrong)}",
            detail_zh=f"{draft.code}：{''.join(fault.zh for fault in wrong)}",
            attributes=[{"name": fault.name, "en": fault.en, "zh": fault.zh} for fault in wrong],
        )


def _not_past(journal: Journal, at: datetime | None, zone: Zone) -> datetime:
    """The time of a change to a zone that is there already: now, or later. Raises Problem for the past."""
    if at is not None and at < journal.at - JUST_NOW:
        raise Problem(
            422,
            f"{zone}: {at} is past, and what held then stays; give a time to come, or none for now.",
            detail_zh=f"{zone}：{at} 已过去，历史不能改写；请给出将来的时间，或留空表示立即生效。",
        )
    return max(at, journal.at) if at is not None else journal.at


def _check_time(last: ZoneVersion, begin: datetime) -> None:
    if last.holds_from >= begin:
        raise Problem(
            422,
            f"{last.zone} changes at {last.holds_from} already; give this change a later time.",
            detail_zh=f"{last.zone} 在 {last.holds_from} 已有变更；请给出更晚的时间。",
        )
