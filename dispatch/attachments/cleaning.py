"""What was uploaded for an act that never came is removed after a day, file and row."""

import logging
from datetime import timedelta

from django.db import transaction

from dispatch.attachments.store import path_of
from dispatch.models import Attachment
from twin import audit, clock

log = logging.getLogger(__name__)
KEPT = timedelta(days=1)
EVERY = 3600.0  # seconds between two looks
BATCH = 200


def turn() -> float:
    """A look by the clock process; in how many seconds to come again. Any number of processes may look."""
    removed = 0
    while count := remove_unused():
        removed += count
    if removed:
        log.info("%s uploads that nobody has used were removed", removed)
    return EVERY


def remove_unused() -> int:
    """Remove uploads of more than a day ago that belong to no case and no report, a batch; how many.

    The row goes first, with its audit row: of a process that dies between, a file is left that nobody can reach.
    """
    with transaction.atomic():
        old = Attachment.objects.filter(case=None, report=None, uploaded_at__lt=clock.now() - KEPT)
        # Locked: one that an act is just taking is left to it.
        gone = list(old.select_for_update(skip_locked=True).order_by("uploaded_at")[:BATCH])
        for one in gone:
            audit.record("attachment.removed", None, "attachment", str(one.pk), name=one.name, size=one.size)
        Attachment.objects.filter(pk__in=[one.pk for one in gone]).delete()
    for one in gone:
        path_of(one).unlink(missing_ok=True)
    return len(gone)
