"""What every channel's loop shares: hold a batch until the database has it."""

import logging
import threading
from collections.abc import Sequence

from django.db import InterfaceError, OperationalError, connection

from ingest.message import Message
from ingest.pipeline import Result, process
from twin.revisions import NotReady

log = logging.getLogger(__name__)

LONGEST_PAUSE = 5.0  # seconds


class Stopped(Exception):
    """The process was asked to stop while a batch waited for the database; nothing of it was acknowledged."""


def take_in(messages: Sequence[Message], stop: threading.Event, group: str = "") -> list[Result]:
    """Process a batch, however long the database is away: meanwhile nothing is read and nothing acknowledged.

    Raises Fenced as `process` does, and Stopped when `stop` is set before the database is back.
    """
    pause = 0.05
    while True:
        try:
            return process(messages, group)
        except (OperationalError, InterfaceError, NotReady) as error:
            log.warning("%s messages wait: %s", len(messages), str(error).strip().split("\n")[0])
            connection.close()
            if stop.wait(pause):
                raise Stopped from error
            pause = min(pause * 2, LONGEST_PAUSE)
