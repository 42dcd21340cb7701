"""The states of the city 城市状态 that people raise, and that rules and the console ask for: wartime 战时."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from dispatch import retiming
from dispatch.ladders import ladders
from dispatch.models import Flag
from twin import audit, journal, revisions
from twin.journal import Entry, dump
from twin.models import Role, User
from twin.problems import Problem

MAY_RAISE = {Role.ADMINISTRATOR, Role.DUTY_CHIEF, Role.LEADER, Role.OPERATOR}


def listed() -> list[dict[str, Any]]:
    names = ("code", "name_zh", "name_en", "raised", "since", "reason")
    return [dict(row) for row in Flag.objects.order_by("code").values(*names)]


def put(code: str, raised: bool, reason: str, user: User, *, request: HttpRequest | None = None) -> Flag:
    """Raise or lower a flag; doing again what is so already changes nothing.

    Raises Problem: 404 for an unknown one, 422 without a reason. PermissionDenied without a role.
    """
    if not user.may_act_as(MAY_RAISE):
        raise PermissionDenied("The state of the city is set by operators, duty chiefs, leaders and administrators.")
    with journal.writing() as said:
        flag = Flag.objects.select_for_update().filter(pk=code).first()
        if flag is None:
            raise Problem(404, f"There is no state {code!r} of the city.", detail_zh=f"没有城市状态 {code}。")
        if flag.raised == raised:
            return flag
        if raised and not reason.strip():
            raise Problem(422, f"Say why {flag.name_en} is raised.", detail_zh=f"启动{flag.name_zh}需要说明理由。")
        flag.raised, flag.since, flag.reason, flag.version = raised, said.at, reason, flag.version + 1
        flag.save()
        act = f"flag.{'raised' if raised else 'lowered'}"
        audit.record(act, user, "flag", code, request=request, reason=reason)
        state = {"code": code, "name_zh": flag.name_zh, "name_en": flag.name_en, "since": said.at, "reason": reason}
        said.say(Entry(act, "flag", code, flag.version, f"user:{user.pk}", dump(state) if raised else None))
        revisions.bump("flags")
        _other_ladders(code, said.at)
    return flag


def _other_ladders(code: str, at: datetime) -> None:
    """Open cases go on, from where they stand, on the ladders that hold now; what lies behind is not told again."""
    known = revisions.read()
    if any(code in ladder.when.get("flag", ()) for ladder in ladders.fresh(known)):
        retiming.by_ladders(at, known)
