"""Writes what an import plans: all of it in one transaction, or nothing.

The journal has one row for an import, `zones.imported`, with its counts; its id is that of the audit row, which has
the file's name and digest. Which zones have rows of their own beside it, `geo.telling` says.
"""

from datetime import datetime

from django.db import transaction
from django.http import HttpRequest

from geo import changes, telling
from geo.exchange.overlaps import overlaps
from geo.exchange.plan import Plan, Step, make
from geo.exchange.rows import Source, Wanted, prepare
from geo.models import Zone, ZoneVersion
from twin import audit, clock, journal, revisions
from twin.journal import Entry, Journal, dump
from twin.models import User
from twin.problems import Problem


def dry_run(wanted: Wanted, user: User) -> Plan:
    """What the import would do now. Raises FileError, and PermissionDenied without a role."""
    changes.may_change(user)
    with transaction.atomic():
        return _plan(prepare(wanted), wanted, clock.now(revisions.read()))


def apply(wanted: Wanted, user: User, *, token: str = "", request: HttpRequest | None = None) -> Plan:
    """Do the import, unless its plan has faults. `token` is that of the plan which the person has looked at.

    Raises FileError; PermissionDenied without a role; Problem 409 if the plan is no longer the one of the token.
    """
    changes.may_change(user)
    source = prepare(wanted)
    with journal.writing() as said:
        changes.lock(wanted.kind)
        plan = _plan(source, wanted, said.at)
        if token and token != plan.token:
            raise Problem(
                409,
                "The zones, the file or the options are no longer those of the plan that you have seen."
                " Look at the plan again, then apply that.",
                detail_zh="区域、文件或选项与预览时不同。请重新预览后再导入。",
                plan=plan.token,
            )
        if not plan.faults and not plan.empty:
            _write(said, plan, user, request)
    return plan


def _plan(source: Source, wanted: Wanted, at: datetime) -> Plan:
    plan = make(source, wanted, at)
    plan.warnings = list(overlaps(plan))
    return plan


def _write(said: Journal, plan: Plan, user: User, request: HttpRequest | None) -> None:
    codes = [step.draft.code for step in plan.created]
    zones = Zone.objects.bulk_create([Zone(kind=plan.kind, code=code) for code in codes], batch_size=2000)
    versions = [_version(plan, step, zone) for step, zone in zip(plan.created, zones, strict=True)]
    versions += [_version(plan, step, step.last.zone) for step in plan.changed if step.last]
    closed = [step.last for step in plan.changed if step.last] + plan.retired
    changes.write(said, closed, versions, plan.begin, user)
    counts = plan.counts
    row = audit.record(
        "zones.imported",
        user,
        "zone_kind",
        plan.kind.code,
        request=request,
        file=plan.source.name,
        sha256=plan.source.sha256,
        crs=plan.source.system.name,
        mended=len(plan.source.mended),
        holds_from=plan.begin.isoformat(),
        counts=counts,
    )
    change = {"zone_kind": plan.kind.code, "file": plan.source.name, "holds_from": plan.begin} | counts
    # The import is no object on the map: it has no state, and is there to be read.
    said.say(Entry("zones.imported", "zone_import", str(row.pk), 1, f"user:{user.pk}", None, change=dump(change)))
    told = [("zone.saved", version) for version in versions] + [("zone.retired", v) for v in plan.retired]
    telling.tell(said, told, f"user:{user.pk}", sparing=True)
    revisions.bump("zones")


def _version(plan: Plan, step: Step, zone: Zone) -> ZoneVersion:
    number = step.last.number + 1 if step.last else 1
    return changes.next_version(zone, number, step.draft, step.draft.shape, plan.begin)
