"""The proof commands as a person runs them: each in a process of its own, with a private city of its own."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
import psycopg
import pytest
from django.conf import settings
from kafka import KafkaAdminClient
from psycopg.conninfo import make_conninfo


@dataclass(frozen=True)
class Ran:
    """A finished command. `said` is its JSON object; `city` the name of its private city."""

    code: int
    said: dict[str, Any]
    progress: str

    @property
    def city(self) -> str:
        found = re.search(r"yiwang_proof_\w+", self.progress)
        assert found, self.progress
        return found[0]


@pytest.fixture
def yiwang() -> Callable[..., Ran]:
    """Runs `yiwang ARGUMENTS --json`; with `interrupt_at`, Ctrl-C when its progress says so."""

    def run(*arguments: str, interrupt_at: str = "") -> Ran:
        process = subprocess.Popen(
            [sys.executable, "-m", "twin.cli", *arguments, "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(settings.ROOT)},
        )
        assert process.stderr is not None
        progress = b""
        while interrupt_at and (line := process.stderr.readline()):
            progress += line
            if interrupt_at.encode() in line:
                process.send_signal(signal.SIGINT)
                break
        output, rest = process.communicate(timeout=180)
        said = orjson.loads(output) if output else {}
        return Ran(process.returncode, said, (progress + rest).decode())

    return run


def left_over(city: str) -> list[str]:
    """What is still there of a private city on the running servers."""
    with psycopg.connect(make_conninfo(settings.DATABASE_URL, dbname="postgres")) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE datname = %s", (city,)).fetchall()
    admin = KafkaAdminClient(bootstrap_servers=settings.KAFKA_BOOTSTRAP.split(","))
    try:
        topics = admin.list_topics()
    finally:
        admin.close()
    return [name for (name,) in rows] + [topic for topic in topics if topic.startswith(city)]
