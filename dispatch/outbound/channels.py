"""Keeping channels: each change is one transaction with its audit row."""

import re
import secrets
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from dispatch import keeping
from dispatch.models import Channel, ChannelKind, Delivery, DeliveryState, Department
from dispatch.outbound import changes
from twin import audit, journal
from twin.models import Head, Role, User
from twin.problems import Problem

TOPIC = re.compile(r"tasks(\.[A-Za-z0-9_.-]{1,70})?")
MOST_AT_ONCE = 1_000


def administrators_only(user: User) -> None:
    if not user.may_act_as({Role.ADMINISTRATOR}):
        raise PermissionDenied("Channels and tokens are kept by administrators.")


def save(
    channel_id: int | None,
    given: dict[str, Any],
    user: User,
    *,
    version: int = 0,
    request: HttpRequest | None = None,
) -> tuple[Channel, str]:
    """Make a channel, which begins at the journal's present end, or change one; and its secret, if it is a new one.

    Raises Problem: 404 unknown, 409 if it is no longer at `version`, 422 with what is wrong.
    PermissionDenied for others than administrators.
    """
    administrators_only(user)
    renew = given.pop("renew_secret", False)
    with journal.writing() as said:
        if channel_id is None:
            now = Head.objects.get().seq
            channel = Channel(from_seq=now, read_seq=now)
        else:
            found = Channel.objects.select_for_update().filter(pk=channel_id).first()
            if found is None:
                raise Problem(404, "There is no such channel.", detail_zh="没有该推送通道。")
            channel = found
            keeping.claim(["channel"], str(channel.pk), channel.version, version)
            channel.version += 1
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
        keeping.say(
            said, "channel.saved", str(channel.pk), channel.version, channel.department, user,
            fields=sorted(changed), channel=channel.kind, enabled=channel.enabled,
        )  # fmt: skip
    return channel, secret


def _check(channel: Channel) -> None:
    if not Department.objects.filter(pk=channel.department).exists():
        raise Problem(422, f"There is no department {channel.department!r}.", detail_zh="没有这个部门。")
    if strange := sorted(set(channel.changes) - {one["code"] for one in changes.listed()}):
        raise Problem(
            422, f"The workflow has no change {', '.join(strange)}.", detail_zh=f"流程中没有 {'、'.join(strange)}。"
        )
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
    with journal.writing() as said:
        found = _locked(user, Q(pk=delivery_id))
        if not found and _mine(user, Q(pk=delivery_id)).exists():
            raise Problem(
                409,
                "This message is on its way right now; look again in a moment.",
                detail_zh="该消息正在发送，请稍后再看。",
            )
        if not found:
            raise Problem(
                404, "There is no such delivery, or it is not yours to see.", detail_zh="没有这条记录，或无权查看。"
            )
        _again(said, found, user, request)
    return found[0]


def send_all_again(chosen: Q, user: User, *, request: HttpRequest | None = None) -> int:
    """The same for those of a choice that have failed, at most `MOST_AT_ONCE`; how many."""
    with journal.writing() as said:
        found = _locked(user, chosen & Q(state=DeliveryState.FAILED))
        _again(said, found, user, request)
    return len(found)


def _mine(user: User, chosen: Q) -> QuerySet[Delivery]:
    return Delivery.objects.filter(chosen, channel__in=Channel.objects.visible_to(user.scope))


def _locked(user: User, chosen: Q) -> list[Delivery]:
    """Nobody waits here for a receiver that hangs, which would be a worker of the web: what is on its way is left."""
    free = _mine(user, chosen).select_related("channel").select_for_update(of=("self",), skip_locked=True)
    return list(free.order_by("pk")[:MOST_AT_ONCE])


def _again(said: journal.Journal, found: list[Delivery], user: User, request: HttpRequest | None) -> None:
    now = timezone.now()
    for delivery in found:
        delivery.state, delivery.attempts, delivery.next_at = DeliveryState.WAITING, 0, now
    Delivery.objects.bulk_update(found, ["state", "attempts", "next_at"])
    for (pk, exercise), some in groupby(
        sorted(found, key=lambda one: (one.channel_id, one.exercise)), key=lambda one: (one.channel_id, one.exercise)
    ):
        sent = list(some)
        audit.record(
            "delivery.sent_again", user, "channel", str(pk), request=request, exercise=exercise,
            deliveries=[one.pk for one in sent], cases=sorted({one.number for one in sent}),
        )  # fmt: skip
        channel = sent[0].channel
        keeping.say(said, "channel.sent_again", str(pk), channel.version, channel.department, user, sent=len(sent))
