"""What `make up` tells the person who waits: one line per step, with the seconds it took."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

GREEN, RED, YELLOW, PLAIN = "\033[32m", "\033[31m", "\033[33m", "\033[0m"


@contextmanager
def step(name: str, detail: str = "", *, announce: bool = False) -> Iterator[None]:
    """A step that is under way. On a terminal its line stands there at once, and is replaced when it is done.

    announce: what is done prints lines of its own, so the first line stays.
    """
    started = time.monotonic()
    if announce or sys.stdout.isatty():
        print(f"  … {name:<22}{detail}", end="\n" if announce else "\r", flush=True)
    try:
        yield
    except BaseException:
        print(f"  {_mark('✗', RED)} {name:<22}{detail}")
        raise
    print(f"  {_mark('✓', GREEN)} {name:<22}{detail:<34}{time.monotonic() - started:6.1f} s", flush=True)


def note(text: str) -> None:
    """Something that the city goes on without."""
    print(f"  {_mark('!', YELLOW)} {text}", flush=True)


def fail(text: str) -> None:
    print(f"{_mark('✗', RED)} {text}", file=sys.stderr, flush=True)


def _mark(sign: str, colour: str) -> str:
    return f"{colour}{sign}{PLAIN}" if sys.stdout.isatty() else sign
