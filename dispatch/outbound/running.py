"""The loop of `yiwang outbound`: a thread for each channel, so that a receiver that hangs delays its own tasks only."""

import logging
import threading

from django.db import InterfaceError, OperationalError, connection

from dispatch.models import Channel
from dispatch.outbound.making import read_on
from dispatch.outbound.sending import SENDERS, send_due

log = logging.getLogger(__name__)
LOOK = 2.0  # seconds between two looks for channels that are new or enabled again
POLL = 0.25  # seconds until a channel with nothing to do looks again
AGAIN = 2.0  # seconds after a failure of our own


def run(stop: threading.Event) -> None:
    """Serve every enabled channel until `stop`."""
    serving: dict[int, threading.Thread] = {}
    log.info("sending tasks to departments' systems")
    while not stop.is_set():
        try:
            wanted = set(Channel.objects.filter(enabled=True).values_list("pk", flat=True))
        except (OperationalError, InterfaceError) as error:
            log.warning("the database is away: %s", str(error).strip().split("\n")[0])
            connection.close()
            wanted = set()
        for pk in wanted:
            if pk not in serving or not serving[pk].is_alive():
                serving[pk] = threading.Thread(target=_serve, args=(pk, stop), name=f"channel-{pk}", daemon=True)
                serving[pk].start()
        stop.wait(LOOK)
    for thread in serving.values():
        thread.join(timeout=15)


def _serve(pk: int, stop: threading.Event) -> None:
    """One channel, until it is disabled or removed."""
    try:
        channel = Channel.objects.filter(pk=pk, enabled=True).first()
        if channel is None:
            return
        sender = SENDERS[channel.kind](channel)
        try:
            while not stop.is_set():
                more = read_on(pk)
                busy = send_due(pk, sender)
                if more or busy:
                    continue
                if not Channel.objects.filter(pk=pk, enabled=True, kind=channel.kind).exists():
                    return
                stop.wait(POLL)
        finally:
            sender.close()
    except (OperationalError, InterfaceError) as error:
        log.warning("channel %s: the database is away: %s", pk, str(error).strip().split("\n")[0])
        stop.wait(AGAIN)
    except Exception:
        log.exception("channel %s failed; it is served again", pk)
        stop.wait(AGAIN)
    finally:
        connection.close()
