"""Private folders and small files in them, made so that nobody else can slip in between."""

import contextlib
import os
import stat
from collections.abc import Generator
from pathlib import Path

from expenseflow.infra.embedded_postgres.errors import EmbeddedPostgresError


def my_uid() -> int:
    """Who we are; 0, like the owner of every file, where there are no user numbers."""
    return os.geteuid() if os.name == "posix" else 0


def am_root() -> bool:
    return os.name == "posix" and os.geteuid() == 0


def make_private(folder: Path, *, uid: int, gid: int | None = None) -> None:
    """See to it that the folder exists, is a real one, belongs to `uid`, and is closed to others.

    Somebody else's folder, or a link to one, is refused: in a temporary folder anybody may
    have put it there before us.
    """
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise EmbeddedPostgresError(f"{folder} is not a folder; move it out of the way")
    if found.st_uid != uid:
        _hand_over(folder, found.st_uid, uid=uid, gid=gid)
    elif os.name == "posix" and stat.S_IMODE(found.st_mode) & 0o077:
        with _opened(folder) as fd:
            os.fchmod(fd, 0o700)


def _hand_over(folder: Path, owner: int, *, uid: int, gid: int | None) -> None:
    """Give an empty folder that root has just made to the server's user."""
    if owner != 0 or not am_root() or any(folder.iterdir()):
        raise EmbeddedPostgresError(
            f"{folder} belongs to the user {user_name(owner)}, not to {user_name(uid)};"
            " run as that user, or choose another EXPENSEFLOW_DATA_DIR"
        )
    with _opened(folder) as fd:
        os.fchmod(fd, 0o700)
        os.fchown(fd, uid, -1 if gid is None else gid)


@contextlib.contextmanager
def _opened(folder: Path) -> Generator[int, None, None]:
    """The folder itself, so that what we change is what we looked at and no link put there."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        yield fd
    finally:
        os.close(fd)


def user_name(uid: int) -> str:
    """The name of a user, or the number where there is no name."""
    try:
        import pwd  # noqa: PLC0415  # not on Windows
    except ImportError:
        return str(uid)
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def write(path: Path, content: str, *, uid: int) -> None:
    """Replace a small file in one step, readable by `uid` only."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    temporary.unlink(missing_ok=True)
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        if uid != my_uid():
            os.fchown(fd, uid, -1)
        file.write(content)
    temporary.replace(path)


def can_cross(path: Path, *, uid: int, gid: int) -> bool:
    """Whether a user may walk down to this folder: the search bit of it and of all its parents."""
    return all(_may_search(folder.stat(), uid, gid) for folder in (path, *path.parents))


def _may_search(found: os.stat_result, uid: int, gid: int) -> bool:
    if found.st_uid == uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)
