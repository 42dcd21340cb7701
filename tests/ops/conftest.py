"""Private servers on free ports: the city's own are left alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.servers import scratch


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that the servers' account can reach; pytest's own are its caller's alone."""
    with scratch() as folder:
        yield folder
