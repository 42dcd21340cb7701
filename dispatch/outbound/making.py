"""The journal's rows become deliveries: in the order of their sequence, each once."""

from django.db import transaction
from django.utils import timezone

from dispatch.models import Channel, Delivery
from dispatch.outbound.changes import wanted
from dispatch.outbound.tasks import Words, concerns, task, text
from twin import revisions
from twin.models import Head, JournalRow

ROWS = 1_000  # of the journal, looked at in one transaction


def read_on(channel_id: int) -> bool:
    """Take the next rows for a channel; True if there may be more. Another process may be at it: then False."""
    with transaction.atomic():
        # Without the key: deliveries refer to the channel, and their rows must not wait for this lock.
        claimed = Channel.objects.select_for_update(skip_locked=True, no_key=True)
        channel = claimed.filter(pk=channel_id, enabled=True).first()
        if channel is None:
            return False
        # The head is raised in the transaction of the rows, so that up to it all of them are there.
        head = Head.objects.get()
        end = min(head.seq, channel.read_seq + ROWS)
        if end <= channel.read_seq:
            return False
        rows = JournalRow.objects.filter(object_type="case", seq__gt=channel.read_seq, seq__lte=end).order_by("seq")
        if not channel.exercises:
            rows = rows.filter(exercise="")
        mine = [row for row in rows if concerns(row, channel.department) and wanted(row, channel)]
        if mine:
            words = Words(revisions.read())
            Delivery.objects.bulk_create([_delivery(row, channel, str(head.epoch), words) for row in mine])
        channel.read_seq = end
        channel.save(update_fields=["read_seq"])
        return end < head.seq


def _delivery(row: JournalRow, channel: Channel, epoch: str, words: Words) -> Delivery:
    event = task(row, channel.department, epoch, words)
    now = timezone.now()
    return Delivery(
        channel=channel,
        seq=row.seq,
        case_id=int(row.object_id),
        number=event["subject"],
        type=event["type"],
        body=text(event),
        exercise=row.exercise,
        next_at=now,
        made_at=now,
    )
