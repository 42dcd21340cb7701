"""`.run/env`: what `make up` decided, as KEY=VALUE lines. The launcher `yiwang` reads it; the real environment wins.

A value goes to the end of its line, without quoting. An empty address means that the city runs without that channel.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from ops.paths import RUN

FILE = RUN / "env"
LINE = re.compile(r"([A-Z][A-Z0-9_]*)=(.*)")


class BadLine(ValueError):
    """A line of an environment file is not KEY=VALUE."""


def parse(text: str) -> dict[str, str]:
    values = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        found = LINE.fullmatch(line)
        if found is None:
            raise BadLine(f"line {number} is not KEY=VALUE: {line!r}")
        values[found[1]] = found[2]
    return values


def load(file: Path = FILE) -> dict[str, str]:
    """What the file says; nothing if there is none."""
    return parse(file.read_text()) if file.exists() else {}


def save(values: Mapping[str, str], file: Path = FILE) -> None:
    """Write the file so that only its owner can read it, and that a reader never sees half of it."""
    text = "# Written by make up. Set the same names in the environment to override them.\n"
    text += "".join(f"{key}={value}\n" for key, value in values.items())
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w") as output:
        output.write(text)
    fresh.replace(file)


def process_environment() -> dict[str, str]:
    """The environment for the city's own processes."""
    return {**load(), **os.environ}
