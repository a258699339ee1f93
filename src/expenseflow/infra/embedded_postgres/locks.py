"""One at a time, among threads and processes: a lock that the kernel drops when we die."""

import contextlib
import os
import sys
import time
from collections.abc import Generator
from pathlib import Path

from expenseflow.infra.embedded_postgres.errors import EmbeddedPostgresError

if sys.platform == "win32":
    import msvcrt

    def _try_lock(fd: int) -> bool:
        os.lseek(fd, 0, os.SEEK_SET)
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(fd: int) -> None:
        os.lseek(fd, 0, os.SEEK_SET)
        with contextlib.suppress(OSError):
            msvcrt.locking(fd, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _try_lock(fd: int) -> bool:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(fd: int) -> None:
        fcntl.flock(fd, fcntl.LOCK_UN)


_NO_FOLLOW: int = getattr(os, "O_NOFOLLOW", 0)
# A start may take 60 s (a slow disk after a crash), and somebody may be ahead of us.
PATIENCE = 150.0


@contextlib.contextmanager
def held(
    path: Path, *, uid: int | None = None, patience: float = PATIENCE
) -> Generator[None, None, None]:
    """Hold the lock named by the file, which belongs to `uid` when we make it as root.

    Each call opens the file anew, so two threads of one process exclude each other too.
    """
    fd = _acquire(path, uid=uid, patience=patience)
    try:
        yield
    finally:
        # Unlocked by hand: a child forked meanwhile holds a copy of this descriptor.
        _unlock(fd)
        os.close(fd)


@contextlib.contextmanager
def held_folder(folder: Path) -> Generator[None, None, None]:
    """Hold a lock on a folder itself, for deciding what to put into it (not on Windows)."""
    fd = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _wait(fd, folder, patience=PATIENCE)
        yield
    finally:
        _unlock(fd)
        os.close(fd)


def _acquire(path: Path, *, uid: int | None, patience: float) -> int:
    while True:
        fd = _open(path, uid=uid)
        try:
            _wait(fd, path, patience=patience)
            if _is_still(path, fd):
                return fd
        except BaseException:
            os.close(fd)
            raise
        os.close(fd)


def _open(path: Path, *, uid: int | None) -> int:
    # Only a file that we have just made is given away, never one that was put in our way.
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return os.open(path, os.O_RDWR | os.O_CREAT | _NO_FOLLOW, 0o600)
    if uid is not None:
        os.fchown(fd, uid, -1)
    return fd


def _wait(fd: int, path: Path, *, patience: float) -> None:
    deadline = time.monotonic() + patience
    while not _try_lock(fd):
        if time.monotonic() > deadline:
            raise EmbeddedPostgresError(
                f"Another process has held {path} for {patience:.0f} s;"
                " look for one that is stopped or hangs"
            )
        time.sleep(0.01)


def _is_still(path: Path, fd: int) -> bool:
    """Whether the file was not deleted and made anew while we waited for it."""
    try:
        return os.path.samestat(path.stat(), os.fstat(fd))
    except FileNotFoundError:
        return False
