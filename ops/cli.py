"""What the command lines of this folder share."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from ops import env, say
from ops.paths import RUN
from ops.ports import PortTaken
from ops.servers import ServerFailed, Unavailable


class Failed(RuntimeError):
    """A step did not succeed; the message is for the person who waits for it."""


@contextmanager
def tell_failures() -> Iterator[None]:
    """End with one clear sentence where a person can do something; with a traceback only for our own faults."""
    try:
        yield
    except (Failed, PortTaken, ServerFailed, Unavailable, env.BadLine) as reason:
        say.fail(str(reason))
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


@contextmanager
def locked() -> Iterator[None]:
    """One `make up`, `make down` or `make test` at a time in a clone; the next one waits."""
    RUN.mkdir(mode=0o755, exist_ok=True)
    descriptor = os.open(RUN / "lock", os.O_WRONLY | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say.note("waiting for another make in this clone to end")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
