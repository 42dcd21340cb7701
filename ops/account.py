"""The unprivileged account that the servers run under when the caller is root.

PostgreSQL refuses to run as root, and the brokers should not. Anybody else runs them as himself.
"""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

NAME = "yiwang"


@cache
def service_account() -> pwd.struct_passwd | None:
    """The account, made if need be; None unless the caller is root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        subprocess.run(
            ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent",
             "--shell", "/usr/sbin/nologin", NAME],
            check=True,
        )  # fmt: skip
        return pwd.getpwnam(NAME)


def as_service(command: list[str], *, die_with_parent: str | None = None) -> list[str]:
    """The command, run under the service account; and sent a signal ("TERM") when the caller dies, if one is named."""
    account = service_account()
    options = []
    if account:
        options += [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--init-groups"]
    if die_with_parent:
        options += ["--pdeathsig", die_with_parent]
    return ["setpriv", *options, "--", *command] if options else command


def give(path: Path, mode: int) -> None:
    """Make a file or folder the service account's own, with this mode."""
    path.chmod(mode)
    if account := service_account():
        os.chown(path, account.pw_uid, account.pw_gid)


def can_reach(path: Path) -> bool:
    """Whether the service account may enter every folder on the way to the path, which itself need not exist."""
    account = service_account()
    return account is None or all(_may_enter(folder, account) for folder in path.absolute().parents if folder.exists())


def reachable_home(folder: Path) -> Path:
    """The folder, made; or, where the service account cannot get to it, a link there to one under /var/lib/yiwang.

    A clone in /root is such a place. The other folder's name comes from the path, so that it is found again.
    """
    if not folder.is_symlink() and not can_reach(folder / "x"):
        home = Path("/var/lib", NAME, hashlib.sha256(str(folder).encode()).hexdigest()[:12])
        home.mkdir(parents=True, exist_ok=True)
        folder.symlink_to(home)
    folder.resolve().mkdir(parents=True, exist_ok=True)
    return folder.resolve()


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that the service account can reach, for servers that are thrown away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="yiwang-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _may_enter(folder: Path, account: pwd.struct_passwd) -> bool:
    info = folder.stat()
    if info.st_uid == account.pw_uid:
        return bool(info.st_mode & stat.S_IXUSR)
    if info.st_gid == account.pw_gid:
        return bool(info.st_mode & stat.S_IXGRP)
    return bool(info.st_mode & stat.S_IXOTH)
