"""Where the server lives, and as whom it runs.

A normal user's server lives in `DATA_DIR/postgres`. PostgreSQL refuses to run as root, so for
root it runs as an unprivileged user, in a folder of that user's own:

- in `DATA_DIR/postgres` too, when that user can get there (a volume of a container, say);
- else below one of `BASES`; a 0700 parent such as /root cannot be crossed, and opening it up
  is not ours to do. `DATA_DIR/postgres.location` then says where, so that a `DATA_DIR` that is
  moved keeps its database and one that is deleted and made anew gets an empty one.
"""

import json
import os
import secrets
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from expenseflow.infra.embedded_postgres import folders, locks
from expenseflow.infra.embedded_postgres.errors import EmbeddedPostgresError

BASES = (Path("/var/lib/expenseflow"), Path("/var/tmp/expenseflow"))  # noqa: S108  # owner checked
DEFAULT_USER = "nobody"


@dataclass(frozen=True, slots=True)
class Account:
    """The unprivileged user that runs the server when we are root."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of one database: its data, its log, its lock, its users."""

    path: Path
    account: Account | None
    """Whom to become for the server; None: it runs as we do."""

    @property
    def data(self) -> Path:
        return self.path / "data"

    @property
    def log(self) -> Path:
        return self.path / "log"

    @property
    def startup_log(self) -> Path:
        return self.path / "startup.log"

    @property
    def lock(self) -> Path:
        return self.path / "lock"

    @property
    def users(self) -> Path:
        return self.path / "users.json"

    @property
    def uid(self) -> int:
        return folders.my_uid() if self.account is None else self.account.uid

    @property
    def gid(self) -> int | None:
        return None if self.account is None else self.account.gid

    @property
    def cluster_name(self) -> str:
        """The server's name in the list of processes: one for each home, also after a move."""
        found = self.path.stat()
        return f"expenseflow-{found.st_dev:x}-{found.st_ino:x}"


def find(data_dir: Path, *, server_user: str = DEFAULT_USER) -> Home | None:
    """The home of this data folder, when it has been made."""
    data_dir = data_dir.absolute()
    try:
        if not folders.am_root():
            home = data_dir / "postgres"
            return Home(home, None) if home.is_dir() else None
        return _existing(data_dir, account_of(server_user))
    except OSError as error:
        raise _unusable(data_dir, error) from error


def make(data_dir: Path, *, server_user: str = DEFAULT_USER) -> Home:
    """The home of this data folder, made when it is missing."""
    data_dir = data_dir.absolute()
    try:
        # Root's own files in there are 0600; the server's user must only be able to pass.
        data_dir.mkdir(mode=0o711 if folders.am_root() else 0o700, parents=True, exist_ok=True)
        if folders.am_root():
            with locks.held_folder(data_dir):
                return _make_as_root(data_dir, account_of(server_user))
        home = data_dir / "postgres"
        folders.make_private(home, uid=folders.my_uid())
        if not os.access(home, os.W_OK | os.X_OK):
            raise PermissionError(13, "Permission denied")
        return Home(home, None)
    except OSError as error:
        raise _unusable(data_dir, error) from error


def delete(data_dir: Path, home: Home) -> None:
    """Delete a database for good."""
    shutil.rmtree(home.path, ignore_errors=True)
    (data_dir / "postgres.location").unlink(missing_ok=True)


def account_of(name: str) -> Account:
    """An existing user of this machine, by name; none is ever made."""
    import pwd  # noqa: PLC0415  # not on Windows

    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise EmbeddedPostgresError(
            f"We are root, and there is no user {name} to run PostgreSQL as;"
            " start ExpenseFlow as a normal user, or set EXPENSEFLOW_DATABASE_URL"
        ) from None
    return Account(entry.pw_uid, entry.pw_gid)


def _unusable(data_dir: Path, error: OSError) -> EmbeddedPostgresError:
    return EmbeddedPostgresError(
        f"The data folder {data_dir} cannot be used ({error.strerror});"
        " make it writable, or choose another one with EXPENSEFLOW_DATA_DIR"
    )


def _make_as_root(data_dir: Path, account: Account) -> Home:
    existing = _existing(data_dir, account)
    if existing is not None:
        folders.make_private(existing.path, uid=existing.uid, gid=existing.gid)
        return existing
    inside = data_dir / "postgres"
    if folders.can_cross(data_dir.resolve(), uid=account.uid, gid=account.gid):
        home = inside
    else:
        home = base_for(account) / secrets.token_hex(8)
        _record(data_dir, home)
    folders.make_private(home, uid=account.uid, gid=account.gid)
    if home != inside:  # for the administrator who finds the folder and wonders
        folders.write(home / "data_dir.txt", f"{data_dir.resolve()}\n", uid=account.uid)
    return Home(home, account)


def _existing(data_dir: Path, account: Account) -> Home | None:
    inside = data_dir / "postgres"
    try:
        found = inside.lstat()
    except FileNotFoundError:
        home = _recorded(data_dir)
        return None if home is None else Home(home, account)
    # Somebody's own data folder, used by root for once: the server goes on running as they do.
    if stat.S_ISDIR(found.st_mode) and found.st_uid == data_dir.stat().st_uid != 0:
        account = Account(found.st_uid, found.st_gid)
    return Home(inside, account)


def _recorded(data_dir: Path) -> Path | None:
    record = _read_record(data_dir)
    if record is None:
        return None
    home, written_for = record
    here = data_dir.resolve()
    if written_for != here:
        if _read_record(written_for) == record:
            return None  # a copy of a data folder: it gets a database of its own
        _record(data_dir, home)
    if home.parent not in BASES or not home.is_dir():
        raise EmbeddedPostgresError(
            f"The database of {data_dir} was in {home}, which is not there any more; put it back,"
            f" or delete {data_dir / 'postgres.location'} to start with an empty one"
        )
    return home


def _record(data_dir: Path, home: Path) -> None:
    content = {"home": str(home), "data_dir": str(data_dir.resolve())}
    folders.write(data_dir / "postgres.location", json.dumps(content), uid=folders.my_uid())


def _read_record(data_dir: Path) -> tuple[Path, Path] | None:
    try:
        content = json.loads((data_dir / "postgres.location").read_text(encoding="utf-8"))
        return Path(content["home"]), Path(content["data_dir"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        raise EmbeddedPostgresError(
            f"{data_dir / 'postgres.location'} cannot be read; it should say where the database is"
        ) from None


def base_for(account: Account, bases: tuple[Path, ...] = BASES) -> Path:
    """A folder of root's that the server's user can reach: for homes and copies of binaries."""
    for base in bases:
        try:
            base.mkdir(mode=0o755)
            base.chmod(0o755)
        except FileExistsError:
            pass
        except OSError:
            continue
        if _is_roots_own(base) and folders.can_cross(base, uid=account.uid, gid=account.gid):
            return base
    raise EmbeddedPostgresError(
        f"None of {' and '.join(str(base) for base in bases)} can be used for PostgreSQL: it must"
        " belong to root and be open to"
        f" {folders.user_name(account.uid)}; or start ExpenseFlow as a normal user"
    )


def _is_roots_own(base: Path) -> bool:
    found = base.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == 0 and not found.st_mode & 0o022
