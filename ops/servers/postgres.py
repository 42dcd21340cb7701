"""A private PostgreSQL with PostGIS."""

import os
import secrets
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Literal

from ops import ports
from ops.process import Process
from ops.servers.base import Server, Unavailable

ROLE = DATABASE = "yiwang"

# Nothing acknowledged is lost: fsync, synchronous_commit and full_page_writes are on. The rest fits a machine of two
# cores whose disk is an SSD: fewer, longer checkpoints, and no JIT, which costs more than our short queries take.
SETTINGS = """\
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''    # a socket's path may have 107 characters; a clone's path may have more
max_connections = 100
shared_buffers = {buffers}MB
effective_cache_size = {cache}MB
fsync = on
synchronous_commit = on
full_page_writes = on
wal_compression = on
max_wal_size = 4GB
checkpoint_timeout = 15min
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C.UTF-8'
log_line_prefix = '%m [%p] %q%u@%d '
"""


class Postgres(Server):
    """Reached by TCP only, with a password: anybody on the machine can connect to the loopback.

    The one role is a superuser, as making databases with PostGIS in them needs one.
    """

    name = "postgresql"
    title = "PostgreSQL"
    stop_signal = signal.SIGINT  # "fast": ends sessions, writes a checkpoint

    @property
    def url(self) -> str:
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        password = (self.directory / "password").read_text()
        return f"postgresql://{ROLE}:{password}@{ports.HOST}:{self.port}/{database}"

    def restart(self, *, mode: Literal["fast", "immediate"] = "fast", tied: bool = False) -> None:
        """Restart it; `immediate` stops without a checkpoint, so that the start recovers from the log."""
        running = self.process()
        if mode == "immediate" and running:
            running.signal(signal.SIGQUIT)
            running.wait(seconds=30)
        super().restart(tied=tied)

    def _prepare(self) -> None:
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self._forget_dead_postmaster()
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
        settings = SETTINGS.format(port=self.port, buffers=min(1024, memory // 8), cache=memory // 2)
        self._write("data/postgresql.conf", settings)

    def _initialise(self) -> None:
        shutil.rmtree(self.data)  # may hold what an interrupted initdb left behind
        self._make_folders()
        password = self._write("password", secrets.token_hex(16))
        command = [
            self._program("initdb"), f"--pgdata={self.data}", f"--username={ROLE}", f"--pwfile={password}",
            "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums",
        ]  # fmt: skip
        self._run(command, "the database could not be initialised")

    def _forget_dead_postmaster(self) -> None:
        # PostgreSQL takes a pid for alive until its zombie is reaped, which some containers' init never does.
        lock = self.data / "postmaster.pid"
        if lock.exists() and Process.of(int(lock.read_text().split()[0])) is None:
            lock.unlink()

    def _command(self) -> list[str]:
        return [self._program("postgres"), "-D", str(self.data)]

    def _answers(self) -> bool:
        is_ready = [self._program("pg_isready"), "-q", "-h", ports.HOST, "-p", str(self.port), "-U", ROLE]
        return subprocess.run(is_ready, check=False).returncode == 0

    def _complete(self) -> None:
        # There is no CREATE DATABASE IF NOT EXISTS; \gexec runs what the query returns: nothing, the second time.
        query = (
            f"SELECT 'CREATE DATABASE {DATABASE}' "
            f"WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}') \\gexec"
        )
        psql = [self._program("psql"), "-q", "-v", "ON_ERROR_STOP=1", self.url_of("postgres")]
        self._run(psql, f"the database {DATABASE} could not be created", input=query)

    def _program(self, name: str) -> str:
        """One of PostgreSQL's programs: of the version that made the data, else of the newest that has PostGIS."""
        made_by = self.data / "PG_VERSION"
        versions = [made_by.read_text().strip()] if made_by.exists() else _versions_with_postgis()
        for version in versions:
            program = Path("/usr/lib/postgresql", version, "bin", name)
            if program.exists():
                return str(program)
        wanted = f"postgresql-{versions[0]}" if made_by.exists() else "postgresql-postgis"
        raise Unavailable(f"PostgreSQL is not installed as it is needed here (apt-get install {wanted})")


def _versions_with_postgis() -> list[str]:
    """The newest first."""
    controls = Path("/usr/share/postgresql").glob("*/extension/postgis.control")
    return sorted((control.parts[-3] for control in controls), key=int, reverse=True)
