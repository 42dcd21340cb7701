"""`yiwang outbound` as a process of its own, on the database of the test's module."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from psycopg.conninfo import make_conninfo

from tests.databases import address


@contextmanager
def outbound_process() -> Iterator[subprocess.Popen[bytes]]:
    """What the block leaves running is killed."""
    known = {"YIWANG_DATABASE_URL": make_conninfo(**address(connection))}
    running = subprocess.Popen(
        [sys.executable, "-m", "twin.cli", "outbound"], env=os.environ | known, stderr=subprocess.DEVNULL
    )
    try:
        yield running
    finally:
        running.kill()
        running.wait()
