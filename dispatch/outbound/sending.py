"""Deliveries that are due go out: claimed, sent, noted in one transaction; of each case one after the other."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from dispatch.models import Channel, ChannelKind, Delivery, DeliveryState
from dispatch.outbound import retry
from dispatch.outbound.kafka import Kafka
from dispatch.outbound.outcome import Outcome, Sender
from dispatch.outbound.webhook import Webhook

SENDERS: dict[str, type[Kafka] | type[Webhook]] = {ChannelKind.KAFKA: Kafka, ChannelKind.WEBHOOK: Webhook}
WAITING = DeliveryState.WAITING


def due(channel_id: int, at: datetime) -> QuerySet[Delivery]:
    """What may go out now: the first that waits of each case. One that was given up holds up nothing any more."""
    earlier = Delivery.objects.filter(
        channel=OuterRef("channel"), case_id=OuterRef("case_id"), seq__lt=OuterRef("seq"), state=WAITING
    )
    waiting = Delivery.objects.filter(~Exists(earlier), channel=channel_id, state=WAITING, next_at__lte=at)
    return waiting.order_by("next_at", "seq")


def send_due(channel_id: int, sender: Sender) -> int:
    """Send what is due of a channel, a bounded number; how many were tried.

    The rows stay locked while they are on their way: another process takes other cases meanwhile.
    """
    with transaction.atomic():
        channel = Channel.objects.filter(pk=channel_id, enabled=True).first()
        if channel is None:
            return 0
        claimed = due(channel_id, timezone.now()).select_for_update(skip_locked=True, of=("self",))
        deliveries = list(claimed[: sender.MOST])
        # Asked once more at the very door: the channel may have been set otherwise since the delivery was made.
        allowed = [one for one in deliveries if channel.exercises or not one.exercise]
        for kept_in in (one for one in deliveries if one not in allowed):
            _give_up(kept_in, "this channel takes no exercises")
        if allowed:
            for delivery, outcome in zip(allowed, sender.send(channel, allowed), strict=True):
                _note(delivery, outcome)
        Delivery.objects.bulk_update(
            deliveries, ["state", "attempts", "next_at", "response_code", "last_error", "delivered_at"]
        )
    return len(deliveries)


def _note(delivery: Delivery, outcome: Outcome) -> None:
    now = timezone.now()
    delivery.attempts += 1
    delivery.response_code, delivery.last_error = outcome.code, outcome.error
    if outcome.delivered:
        delivery.state, delivery.delivered_at = DeliveryState.DELIVERED, now
    elif delivery.attempts >= retry.ATTEMPTS:
        _give_up(delivery, outcome.error)
    else:
        delivery.next_at = now + retry.pause(delivery.attempts)


def _give_up(delivery: Delivery, why: str) -> None:
    delivery.state, delivery.last_error = DeliveryState.FAILED, why
