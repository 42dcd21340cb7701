"""Channels, their delivery log, and the tokens of departments' systems; for people."""

from typing import Any, Literal

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from dispatch.models import Channel, ChannelKind, DeliveryState, SystemToken
from dispatch.outbound import changes, channels, log, tokens
from twin.models import Role, User
from twin.problems import Problem
from twin.session import person

router = Router(tags=["departments' systems"])
MAY_READ = {
    Role.ADMINISTRATOR, Role.OPERATOR, Role.DISPATCHER, Role.DUTY_CHIEF, Role.DEPARTMENT_HEAD, Role.DEPARTMENT,
}  # fmt: skip
MAY_SEND = {Role.ADMINISTRATOR, Role.DISPATCHER, Role.DUTY_CHIEF, Role.DEPARTMENT_HEAD}


class ChannelIn(Schema):
    kind: ChannelKind
    department: str = Field(max_length=40)
    url: str = Field("", max_length=500)
    topic: str = Field("tasks", max_length=80)
    changes: list[str] = Field(default_factory=list, max_length=100, description="only these; none: all")
    exercises: bool = False
    enabled: bool = True
    renew_secret: bool = Field(False, description="of a webhook: a new one, which the answer tells this once")


class ChannelChange(Schema):
    version: int = Field(description="the one that was read")
    url: str = Field("", max_length=500)
    topic: str = Field("tasks", max_length=80)
    changes: list[str] = Field(default_factory=list, max_length=100, description="only these; none: all")
    exercises: bool = False
    enabled: bool = True
    renew_secret: bool = False


@router.get("/channels")
def list_channels(request: HttpRequest) -> dict[str, Any]:
    """The channels of the departments that the person may see, with how their deliveries stand."""
    user = _may(request, MAY_READ)
    count = {state.value: Count("deliveries", filter=Q(deliveries__state=state)) for state in DeliveryState}
    found = Channel.objects.visible_to(user.scope).annotate(**count).order_by("department", "pk")
    return {"items": [_channel(one) | {state: getattr(one, state) for state in count} for one in found]}


@router.post("/channels", response={201: dict[str, Any]})
def make_channel(request: HttpRequest, body: ChannelIn) -> Status[dict[str, Any]]:
    """A new channel; it hears of what happens from now on."""
    made, secret = channels.save(None, body.dict(), person(request), request=request)
    return Status(201, _channel(made) | ({"secret": secret} if secret else {}))


@router.put("/channels/{channel_id}")
def change_channel(request: HttpRequest, channel_id: int, body: ChannelChange) -> dict[str, Any]:
    """Change what is given; 409 tells who was faster.

    One that is switched off keeps its place, and catches up when it is on again.
    """
    given = body.dict(exclude_unset=True)
    version = given.pop("version")
    changed, secret = channels.save(channel_id, given, person(request), version=version, request=request)
    return _channel(changed) | ({"secret": secret} if secret else {})


@router.get("/channel-changes")
def list_changes(request: HttpRequest) -> dict[str, Any]:
    """What can happen to a task, by the workflow in force: what a channel can be kept to."""
    _may(request, MAY_READ)
    return {"items": changes.listed()}


@router.get("/deliveries")
def list_deliveries(
    request: HttpRequest,
    state: DeliveryState | None = None,
    channel: int | None = None,
    department: str | None = None,
    number: str | None = None,
    before: int | None = None,
    failed_first: bool = False,
    after: str = "",
    limit: int = 100,
) -> dict[str, Any]:
    """The delivery log, the newest first, or what failed first.

    `next`: pass it as `before`, or with `failed_first` as `after`, to get what follows.
    """
    user, limit = _may(request, MAY_READ), max(1, min(limit, log.MOST_LISTED))
    asked = {"state": state, "channel": channel, "number": number, "channel__department": department}
    query = log.seen(user.scope).filter(**{name: value for name, value in asked.items() if value is not None})
    items, following = log.failed_first(query, after, limit) if failed_first else log.newest(query, before, limit)
    return {"items": [log.out(one) for one in items], "next": following}


class Again(Schema):
    ids: list[int] | None = Field(None, max_length=channels.MOST_AT_ONCE)
    department: str | None = Field(None, max_length=40, description="instead: all that failed of its channels")


@router.post("/deliveries/send-again")
def send_all_again(request: HttpRequest, body: Again) -> dict[str, int]:
    """Send what has failed once more: what is named, or all of a department, at most 1,000 at once; how many."""
    user = _may(request, MAY_SEND)
    if (body.ids is None) == (body.department is None):
        raise Problem(422, "Name deliveries or a department.", detail_zh="请指定记录或部门。")
    chosen = log.of_department(body.department or "") if body.ids is None else Q(pk__in=body.ids)
    return {"sent": channels.send_all_again(chosen, user, request=request)}


@router.post("/deliveries/{delivery_id}/send-again")
def send_again(request: HttpRequest, delivery_id: int) -> dict[str, Any]:
    """Send a message once more, with the same id."""
    return log.out(channels.send_again(delivery_id, _may(request, MAY_SEND), request=request))


class TokenIn(Schema):
    name: str = Field(min_length=1, max_length=80, description="of the system that will use it")


@router.post("/departments/{code}/tokens", response={201: dict[str, Any]})
def issue_token(request: HttpRequest, code: str, body: TokenIn) -> Status[dict[str, Any]]:
    """A token for a department's system. It is told in this answer alone."""
    channels.administrators_only(person(request))
    token, plain = tokens.issue(code, body.name, person(request), request=request)
    return Status(201, {"id": token.pk, "name": token.name, "department": code, "token": plain})


@router.get("/departments/{code}/tokens")
def list_tokens(request: HttpRequest, code: str) -> dict[str, Any]:
    """The tokens of a department's systems, those that are withdrawn too; never the tokens themselves."""
    channels.administrators_only(person(request))
    found = SystemToken.objects.filter(department=code).select_related("user").order_by("-active", "-pk")
    return {"items": [{"id": t.pk, "name": t.name, "active": t.active, "made_at": t.user.date_joined} for t in found]}


@router.delete("/departments/{code}/tokens/{token_id}")
def withdraw_token(request: HttpRequest, code: str, token_id: int) -> dict[str, Literal[True]]:
    """The token is void at once."""
    channels.administrators_only(person(request))
    tokens.withdraw(token_id, person(request), code=code, request=request)
    return {"withdrawn": True}


def _may(request: HttpRequest, roles: set[Role]) -> User:
    user = person(request)
    if not user.may_act_as(roles):
        raise PermissionDenied("Your roles have nothing to do with departments' systems.")
    return user


def _channel(one: Channel) -> dict[str, Any]:
    """Without its secret."""
    names = ("department", "kind", "url", "topic", "changes", "exercises", "enabled", "from_seq", "read_seq", "version")
    return {"id": one.pk} | {name: getattr(one, name) for name in names}
