"""Keeping channels: each change is one transaction with its audit row."""

import re
import secrets
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from dispatch.models import Channel, ChannelKind, Delivery, DeliveryState, Department
from twin import audit
from twin.models import Head, Role, User
from twin.problems import Problem

TOPIC = re.compile(r"tasks(\.[A-Za-z0-9_.-]{1,70})?")


def administrators_only(user: User) -> None:
    if not user.may_act_as({Role.ADMINISTRATOR}):
        raise PermissionDenied("Channels and tokens are kept by administrators.")


def save(
    channel_id: int | None, given: dict[str, Any], user: User, *, request: HttpRequest | None = None
) -> tuple[Channel, str]:
    """Make a channel, which begins at the journal's present end, or change one; and its secret, if it is a new one.

    Raises Problem: 404 unknown, 422 with what is wrong. PermissionDenied for others than administrators.
    """
    administrators_only(user)
    renew = given.pop("renew_secret", False)
    with transaction.atomic():
        if channel_id is None:
            now = Head.objects.get().seq
            channel = Channel(from_seq=now, read_seq=now)
        else:
            found = Channel.objects.select_for_update().filter(pk=channel_id).first()
            if found is None:
                raise Problem(404, "There is no such channel.")
            channel = found
        for name, value in given.items():
            setattr(channel, name, value)
        _check(channel)
        secret = ""
        if channel.kind == ChannelKind.WEBHOOK and (renew or not channel.secret):
            channel.secret = secret = secrets.token_urlsafe(32)
        channel.save()
        changed = dict(given.items()) | ({"secret": "renewed"} if secret else {})
        act = "channel.made" if channel_id is None else "channel.changed"
        audit.record(act, user, "channel", str(channel.pk), request=request, **changed)
    return channel, secret


def _check(channel: Channel) -> None:
    if not Department.objects.filter(pk=channel.department).exists():
        raise Problem(422, f"There is no department {channel.department!r}.", detail_zh="没有这个部门。")
    if channel.kind == ChannelKind.WEBHOOK:
        try:
            parts = urlsplit(channel.url)
            fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            fine = False
        if not fine:
            raise Problem(
                422,
                "A webhook needs an address that begins with http:// or https://.",
                detail_zh="回调地址须以 http:// 或 https:// 开头。",
            )
    elif not TOPIC.fullmatch(channel.topic):
        raise Problem(
            422, "A topic is 'tasks', or 'tasks.' and a name of its own.", detail_zh="主题须为 tasks 或 tasks.名称。"
        )


def send_again(delivery_id: int, user: User, *, request: HttpRequest | None = None) -> Delivery:
    """Let a delivery go out once more, under the same id: one that was given up, or one that was lost over there.

    Raises Problem: 404 if there is none that the person may see, 409 while it is on its way.
    """
    with transaction.atomic():
        mine = Delivery.objects.filter(pk=delivery_id, channel__in=Channel.objects.visible_to(user.scope))
        # Nobody waits here for a receiver that hangs: that would be a worker of the web.
        delivery = mine.select_for_update(of=("self",), skip_locked=True).first()
        if delivery is None:
            if not mine.exists():
                raise Problem(404, "There is no such delivery, or it is not yours to see.")
            raise Problem(
                409,
                "This message is on its way right now; look again in a moment.",
                detail_zh="该消息正在发送，请稍后再看。",
            )
        delivery.state, delivery.attempts, delivery.next_at = DeliveryState.WAITING, 0, timezone.now()
        delivery.save(update_fields=["state", "attempts", "next_at"])
        audit.record(
            "delivery.sent_again", user, "delivery", str(delivery.pk), request=request,
            exercise=delivery.exercise, channel=delivery.channel_id, case=delivery.number,
        )  # fmt: skip
    return delivery
