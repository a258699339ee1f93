"""How clients reach the server: a unix socket in a private folder, or TCP with a password."""

import contextlib
import hashlib
import json
import os
import re
import secrets
import socket
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from expenseflow.infra.embedded_postgres import folders
from expenseflow.infra.embedded_postgres.errors import EmbeddedPostgresError
from expenseflow.infra.embedded_postgres.homes import Home

DATABASE_USER = "expenseflow"
_PORT = 5432
_SOCKET = f".s.PGSQL.{_PORT}"
# What fits into `sockaddr_un.sun_path`; a longer path makes the server fail at start.
LONGEST_SOCKET_PATH = 103 if sys.platform == "darwin" else 107
# PostgreSQL takes a list of folders, with commas and quotes as its own punctuation.
_PLAIN = re.compile(r"[A-Za-z0-9/._+-]+")


@dataclass(frozen=True, slots=True)
class SocketAddress:
    """Only who may enter the folder may connect: `trust` needs no password there."""

    folder: Path
    password: None = None

    @property
    def url(self) -> str:
        # With the port, lest somebody's PGPORT is taken for it.
        host = quote(str(self.folder), safe="")
        return f"postgresql://{DATABASE_USER}@/postgres?host={host}&port={_PORT}"

    @property
    def settings(self) -> dict[str, str]:
        return {
            "listen_addresses": "",
            "port": str(_PORT),
            "unix_socket_directories": str(self.folder),
            "unix_socket_permissions": "0700",
        }

    def is_open(self) -> bool:
        """Whether the socket is there; cleaners of temporary folders may take it away."""
        return (self.folder / _SOCKET).exists()

    def sweep(self) -> None:
        """Remove what a dead server left: a lock file with a used-again pid blocks the start."""
        for name in (_SOCKET, f"{_SOCKET}.lock"):
            (self.folder / name).unlink(missing_ok=True)

    def put_away(self) -> None:
        """Leave no empty folder among the temporary ones when the server has been stopped."""
        with contextlib.suppress(OSError):
            self.folder.rmdir()


@dataclass(frozen=True, slots=True)
class TcpAddress:
    """The loopback interface is open to everybody on the machine: hence a password."""

    port: int
    password: str

    @property
    def url(self) -> str:
        return f"postgresql://{DATABASE_USER}:{self.password}@127.0.0.1:{self.port}/postgres"

    @property
    def settings(self) -> dict[str, str]:
        return {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
        }

    def is_open(self) -> bool:
        return True

    def sweep(self) -> None:
        """Nothing stays behind."""

    def put_away(self) -> None:
        """Nothing to put away."""


Address = SocketAddress | TcpAddress


def recorded(home: Home) -> Address | None:
    """The address the server of this home had the last time."""
    try:
        content = json.loads((home.path / "address.json").read_text(encoding="utf-8"))
        if "socket" in content:
            return SocketAddress(Path(content["socket"]))
        return TcpAddress(int(content["port"]), str(content["password"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def prepare(home: Home, *, tcp: bool) -> Address:
    """The address to start the server at: the one it had, so that pools find it again.

    It is written down because processes differ in TMPDIR and XDG_RUNTIME_DIR.
    """
    before = recorded(home)
    now = _tcp(before) if tcp else _socket(home, before)
    if now != before:
        folders.write(home.path / "address.json", json.dumps(_content(now)), uid=home.uid)
    return now


def write_password(path: Path, address: TcpAddress, *, uid: int) -> None:
    """Put the password where `initdb` can read it."""
    folders.write(path, address.password, uid=uid)


def _content(address: Address) -> dict[str, str | int]:
    if isinstance(address, SocketAddress):
        return {"socket": str(address.folder)}
    return {"port": address.port, "password": address.password}


def _tcp(before: Address | None) -> TcpAddress:
    if not isinstance(before, TcpAddress):
        return TcpAddress(_free_port(), secrets.token_urlsafe(24))
    if _is_free(before.port):
        return before
    return TcpAddress(_free_port(), before.password)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _socket(home: Home, before: Address | None) -> SocketAddress:
    refused: list[str] = []
    known = [before.folder] if isinstance(before, SocketAddress) else []
    for folder in (*known, *socket_folders(home.path, home.uid)):
        if not fits(folder) or not _can_reach(home, folder.parent):
            continue
        try:
            folders.make_private(folder, uid=home.uid, gid=home.gid)
            _try_socket(folder)
        except (OSError, EmbeddedPostgresError) as error:
            refused.append(str(error))
            continue
        return SocketAddress(folder)
    reasons = "; ".join(refused) or "all paths are too long"
    raise EmbeddedPostgresError(f"No folder for the socket of PostgreSQL can be used: {reasons}")


def socket_folders(home: Path, uid: int) -> Iterator[Path]:
    """Where the socket may go, best first: beside the data, else in a short private folder."""
    yield home / "run"
    key = hashlib.sha256(f"{home.resolve()}\0{uid}".encode()).hexdigest()[:12]
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    for parent in (runtime, tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108  # owner checked
        if parent:
            yield Path(parent) / f"expenseflow-{key}"


def fits(folder: Path) -> bool:
    """Whether the server can be told this folder, and its socket's path is short enough."""
    text = str(folder)
    longest = len(os.fsencode(f"{text}/{_SOCKET}"))
    return longest <= LONGEST_SOCKET_PATH and _PLAIN.fullmatch(text) is not None


def _can_reach(home: Home, parent: Path) -> bool:
    """Whether the server's user gets there, when that is not us: /run/user/0 is root's alone."""
    account = home.account
    return account is None or folders.can_cross(parent, uid=account.uid, gid=account.gid)


def _try_socket(folder: Path) -> None:
    """Some file systems (shared folders of virtual machines) hold no sockets."""
    probe = folder / f".p{secrets.token_hex(3)}"
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as listener:
        listener.bind(str(probe))
    probe.unlink()
