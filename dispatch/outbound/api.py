"""Channels, their delivery log, and the tokens of departments' systems; for people."""

from typing import Any, Literal

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from dispatch.models import Channel, ChannelKind, Delivery, DeliveryState
from dispatch.outbound import channels, tokens
from twin.models import Role, User
from twin.session import person

router = Router(tags=["departments' systems"])
MOST_LISTED = 200
MAY_READ = {
    Role.ADMINISTRATOR, Role.OPERATOR, Role.DISPATCHER, Role.DUTY_CHIEF, Role.DEPARTMENT_HEAD, Role.DEPARTMENT,
}  # fmt: skip
MAY_SEND = {Role.ADMINISTRATOR, Role.DISPATCHER, Role.DUTY_CHIEF, Role.DEPARTMENT_HEAD}


class ChannelIn(Schema):
    kind: ChannelKind
    department: str = Field(max_length=40)
    url: str = Field("", max_length=500)
    topic: str = Field("tasks", max_length=80)
    exercises: bool = False
    enabled: bool = True
    renew_secret: bool = Field(False, description="of a webhook: a new one, which the answer tells this once")


class ChannelChange(Schema):
    url: str = Field("", max_length=500)
    topic: str = Field("tasks", max_length=80)
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
    """Change what is given. One that is switched off keeps its place, and catches up when it is on again."""
    changed, secret = channels.save(channel_id, body.dict(exclude_unset=True), person(request), request=request)
    return _channel(changed) | ({"secret": secret} if secret else {})


@router.get("/deliveries")
def list_deliveries(
    request: HttpRequest,
    state: DeliveryState | None = None,
    channel: int | None = None,
    number: str | None = None,
    before: int | None = None,
    limit: int = 100,
) -> dict[str, Any]:
    """The delivery log, the newest first. `next`: pass it as `before` to get what follows."""
    user, limit = _may(request, MAY_READ), max(1, min(limit, MOST_LISTED))
    query = Delivery.objects.filter(channel__in=Channel.objects.visible_to(user.scope)).order_by("-pk")
    asked = {"state": state, "channel": channel, "number": number, "pk__lt": before}
    query = query.filter(**{name: value for name, value in asked.items() if value is not None})
    items = list(query.select_related("channel")[: limit + 1])
    return {
        "items": [_delivery(one) for one in items[:limit]],
        "next": items[limit - 1].pk if len(items) > limit else None,
    }


@router.post("/deliveries/{delivery_id}/send-again")
def send_again(request: HttpRequest, delivery_id: int) -> dict[str, Any]:
    """Send a message once more, with the same id."""
    return _delivery(channels.send_again(delivery_id, _may(request, MAY_SEND), request=request))


class TokenIn(Schema):
    name: str = Field(min_length=1, max_length=80, description="of the system that will use it")


@router.post("/departments/{code}/tokens", response={201: dict[str, Any]})
def issue_token(request: HttpRequest, code: str, body: TokenIn) -> Status[dict[str, Any]]:
    """A token for a department's system. It is told in this answer alone."""
    channels.administrators_only(person(request))
    token, plain = tokens.issue(code, body.name, person(request), request=request)
    return Status(201, {"id": token.pk, "name": token.name, "department": code, "token": plain})


@router.delete("/departments/{code}/tokens/{token_id}")
def withdraw_token(request: HttpRequest, code: str, token_id: int) -> dict[str, Literal[True]]:
    """The token is void at once."""
    channels.administrators_only(person(request))
    tokens.withdraw(token_id, person(request), request=request)
    return {"withdrawn": True}


def _may(request: HttpRequest, roles: set[Role]) -> User:
    user = person(request)
    if not user.may_act_as(roles):
        raise PermissionDenied("Your roles have nothing to do with departments' systems.")
    return user


def _channel(one: Channel) -> dict[str, Any]:
    """Without its secret."""
    names = ("department", "kind", "url", "topic", "exercises", "enabled", "from_seq", "read_seq")
    return {"id": one.pk} | {name: getattr(one, name) for name in names}


def _delivery(one: Delivery) -> dict[str, Any]:
    names = (
        "seq", "number", "type", "exercise", "state", "attempts", "next_at", "response_code", "last_error",
        "made_at", "delivered_at",
    )  # fmt: skip
    told = {name: getattr(one, name) for name in names}
    return {"id": one.pk, "channel": one.channel_id, "department": one.channel.department, "case": one.case_id} | told
