"""What the three servers have in common: started, found again, asked whether they answer, stopped, killed."""

import signal
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar, Self

from ops import account, ports, process

START_SECONDS = 60
STOP_SECONDS = 60
LOG_LIMIT = 10 * 1024 * 1024


class ServerFailed(RuntimeError):
    """A server did not start; the message has the end of its log."""


class Unavailable(RuntimeError):
    """The server's program is not on this machine; the message says what to install."""


class Server(ABC):
    """A private server on 127.0.0.1 that keeps all it has in one folder.

    As a context manager it is for throwing away: it is started tied to the caller, and ends when the caller dies,
    however that happens. With `start` alone it outlives the caller and is found again through its folder.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM

    def __init__(self, directory: Path, port: int, *, log: Path | None = None) -> None:
        self.directory = directory
        self.port = port
        self.log = log or directory / "log" / f"{self.name}.log"
        self._record = directory / "process.json"

    @property
    @abstractmethod
    def url(self) -> str:
        """The address for clients."""

    @abstractmethod
    def _prepare(self) -> None:
        """Write the configuration, and on the first start whatever the data folder needs."""

    @abstractmethod
    def _command(self) -> list[str]: ...

    @abstractmethod
    def _answers(self) -> bool:
        """One question in the server's own protocol."""

    def _complete(self) -> None:  # noqa: B027 (most have nothing to add)
        """What can only be done with the server running. Harmless when repeated."""

    @property
    def data(self) -> Path:
        """What the server itself writes."""
        return self.directory / "data"

    @property
    def ports(self) -> tuple[int, ...]:
        return (self.port,)

    def process(self) -> process.Process | None:
        return process.Process.load(self._record)

    def is_up(self) -> bool:
        return self.process() is not None and self._answers()

    def start(self, *, tied: bool = False) -> None:
        """Start it and wait until it answers. Does nothing if it is up.

        Raises PortTaken, Unavailable or ServerFailed.
        """
        if self.process() is None:
            self.check_ports()
            self._make_folders()
            self._trim_log()
            self._prepare()
            self._launch(tied)
        self._await_answer()
        self._complete()

    def check_ports(self) -> None:
        """Raise PortTaken if somebody else has a port that a start would need."""
        for port in self.ports:
            if not ports.is_free(port):
                raise ports.PortTaken(port, self.title, "set YIWANG_PORT_BASE to move all ports")

    def stop(self) -> None:
        """Stop it in order; by force if that takes too long. Does nothing if it is down."""
        running = self.process()
        if running is None:
            return
        running.signal(self.stop_signal)
        if not running.wait(STOP_SECONDS):
            self.kill()
        self._record.unlink(missing_ok=True)

    def kill(self) -> None:
        """SIGKILL to the server and all its children at once, as the kernel does when memory runs out."""
        running = self.process()
        if running is None:
            return
        running.signal(signal.SIGSTOP)  # so that it has no more children than those listed
        family = [running, *running.children()]
        for member in family:
            member.signal(signal.SIGKILL)
        for member in family:
            member.wait(STOP_SECONDS)
        self._record.unlink(missing_ok=True)

    def restart(self, *, tied: bool = False) -> None:
        self.stop()
        self.start(tied=tied)

    def __enter__(self) -> Self:
        self.start(tied=True)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _make_folders(self) -> None:
        # Only the data are the service account's own: the record says which process we may signal, as root perhaps.
        self.data.mkdir(parents=True, exist_ok=True)
        account.give(self.data, 0o700)

    def _launch(self, tied: bool) -> None:
        die_with_parent = self.stop_signal.name.removeprefix("SIG") if tied else None
        command = account.as_service(self._command(), die_with_parent=die_with_parent)
        process.start_detached(command, log=self.log, cwd=self.directory).save(self._record)

    def _await_answer(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process() is None:
                raise ServerFailed(f"{self.title} ended while it started. {self._log_end()}")
            if time.monotonic() > deadline:
                raise ServerFailed(f"{self.title} gave no answer in {START_SECONDS} s. {self._log_end()}")
            time.sleep(0.05)

    def _run(self, command: list[str], fault: str, *, input: str | None = None) -> None:
        """Run a helper program under the service account; ServerFailed with the fault and what it said, if it fails."""
        done = subprocess.run(
            account.as_service(command), cwd=self.directory, input=input, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise ServerFailed(f"{fault}: {done.stderr.strip() or done.stdout.strip()}")

    def _write(self, name: str, text: str) -> Path:
        """Write a file that only the service account may read."""
        path = self.directory / name
        path.write_text(text)
        account.give(path, 0o600)
        return path

    def _trim_log(self) -> None:
        # The servers write a few lines a day; looking at each start is enough to bound their logs.
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".1.log"))

    def _log_end(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()
        return f"The end of {self.log}:\n" + "\n".join(lines[-15:])
