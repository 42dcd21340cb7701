"""Ports on the loopback: which are free, and who holds one that is not."""

import os
import socket
from pathlib import Path

HOST = "127.0.0.1"


class PortTaken(RuntimeError):
    """Somebody else listens on a port that we need."""

    def __init__(self, port: int, what: str, remedy: str) -> None:
        super().__init__(f"port {port}, wanted for {what}, is held by {holder(port)}; {remedy}")


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the servers do: a port in TIME_WAIT is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def free_port() -> int:
    """A port that nobody held a moment ago."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def holder(port: int) -> str:
    """Who listens on a port, as "name (pid 12)"; "an unknown process" where the caller may not see it."""
    inodes = _listening_inodes(port)
    for fd in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            target = os.readlink(fd)
        except OSError:
            continue
        if target.removeprefix("socket:[").removesuffix("]") in inodes:
            process = fd.parent.parent
            return f"{(process / 'comm').read_text().strip()} (pid {process.name})"
    return "an unknown process"


def _listening_inodes(port: int) -> set[str]:
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except FileNotFoundError:
            continue
        for line in lines:
            fields = line.split()
            local_port, state, inode = int(fields[1].rpartition(":")[2], 16), fields[3], fields[9]
            if local_port == port and state == "0A":
                inodes.add(inode)
    return inodes
