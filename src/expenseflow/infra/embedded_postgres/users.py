"""Who uses the server: one line for each living user, read and written under the lock.

A user that died without a word is dropped by the next one who looks, so that the last one out
always knows that it is the last.
"""

import json
import os
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

from expenseflow.infra.embedded_postgres import folders, processes


@dataclass(frozen=True, slots=True)
class User:
    """One `EmbeddedPostgres` in one process."""

    token: str
    pid: int
    birth: str


def register(path: Path, *, uid: int) -> User:
    """Add this process to the users of the server."""
    pid = os.getpid()
    user = User(token=uuid.uuid4().hex, pid=pid, birth=processes.birth(pid) or "")
    _write(path, [*living(path), user], uid=uid)
    return user


def drop(path: Path, user: User, *, uid: int) -> list[User]:
    """Take a user away; answers who is left."""
    left = [other for other in living(path) if other.token != user.token]
    _write(path, left, uid=uid)
    return left


def knows(path: Path, user: User) -> bool:
    """Whether the file still names this user; cheap, asked at each beat of the watcher."""
    return user.token in (other.token for other in _read(path))


def living(path: Path) -> list[User]:
    """The users whose process is alive and still the one that registered."""
    return [user for user in _read(path) if processes.birth(user.pid) == user.birth]


def _read(path: Path) -> list[User]:
    try:
        return [User(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))]
    except FileNotFoundError:
        return []
    except (ValueError, TypeError):
        # Never written by us: replaced in one step. Living users register again by themselves.
        return []


def _write(path: Path, users: list[User], *, uid: int) -> None:
    folders.write(path, json.dumps([asdict(user) for user in users]), uid=uid)
