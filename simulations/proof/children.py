"""Processes of a private city: started with its environment, stopped by pid, their logs shown when they fail."""

import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from ops.servers import free_port
from simulations.proof.private import CannotProve, PrivateCity

STOP_SECONDS = 20
LOG_LINES = 30


class Child:
    """`python -m MODULE ARGUMENTS` in a session of its own, so that Ctrl-C reaches it through us alone.

    It dies with us, however that happens: a worker that outlived its run would go on asking for its database.
    """

    def __init__(self, city: PrivateCity, log: Path, *command: str, **environment: str) -> None:
        self.name = log.stem
        self.log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "--", sys.executable, "-m", *command],
                env=city.environment(**environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def alive(self) -> bool:
        return self._process.poll() is None

    def must_live(self) -> None:
        """Raise CannotProve with the end of the log if it has ended by itself."""
        if not self.alive():
            code = self._process.returncode
            raise CannotProve(f"{self.name} ended with code {code}. Its log ends:\n{self.log_end()}")

    def kill(self) -> None:
        """SIGKILL: no last words."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def wait(self, seconds: float) -> int:
        return self._process.wait(seconds)

    def log_end(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-LOG_LINES:])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill() if error else self.stop()


def ingest_worker(city: PrivateCity, logs: Path, number: int, **environment: str) -> Child:
    """An ingest worker with a name that stays, so that its successor gets its Kafka partitions back at once."""
    name = f"worker-{number}"
    return Child(city, logs / f"{name}.log", "twin.cli", "ingest", "--worker", name, **environment)


@contextmanager
def web_process(city: PrivateCity, logs: Path) -> Iterator[tuple[Child, str]]:
    """A web process that answers, with its address `host:port`."""
    address = f"127.0.0.1:{free_port()}"
    port = address.rpartition(":")[2]
    settings = {"YIWANG_WEB_HOST": "127.0.0.1", "YIWANG_WEB_PORT": port}
    with Child(city, logs / "web.log", "twin.cli", "web", **settings) as web:
        await_answer(web, f"http://{address}/healthz")
        yield web, address


def await_answer(web: Child, url: str) -> None:
    """Wait until a server answers 200. Raises CannotProve when it ends, or does not within half a minute."""
    for _ in range(600):
        web.must_live()
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise CannotProve(f"the web process does not answer at {url}. Its log ends:\n{web.log_end()}")
