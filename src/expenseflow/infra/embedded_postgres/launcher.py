"""One PostgreSQL server for each data folder, shared by all processes that need it.

Everything that changes something happens under one file lock, so any number of processes may
start, stop and watch at once. Who dies without a word is found out by the next one who looks.
"""

import contextlib
import logging
import os
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from expenseflow.infra.embedded_postgres import (
    addresses,
    binaries,
    cluster,
    folders,
    homes,
    locks,
    processes,
    users,
)
from expenseflow.infra.embedded_postgres.addresses import Address
from expenseflow.infra.embedded_postgres.binaries import Binaries
from expenseflow.infra.embedded_postgres.errors import EmbeddedPostgresError
from expenseflow.infra.embedded_postgres.homes import Home

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Where everything is, for `doctor`; None: not made or not found yet."""

    binaries: Path | None = None
    version: str | None = None
    data: Path | None = None
    log: Path | None = None
    socket: Path | None = None
    server_user: str | None = None
    server_pid: int | None = None
    users: tuple[int, ...] = ()
    """The processes that use the server now."""
    problem: str | None = None
    """Why it cannot be used, in one line."""


@dataclass(frozen=True, slots=True)
class _Attached:
    """What this process holds of a server it has seen ready."""

    home: Home
    address: Address
    user: users.User
    server: psutil.Process

    def is_well(self) -> bool:
        """Cheap enough for twice a second: three small files, no connection."""
        return (
            processes.alive(self.server)
            and self.address.is_open()
            and users.knows(self.home.users, self.user)
        )


class EmbeddedPostgres:
    """This process's hold on the server of one data folder."""

    def __init__(
        self,
        data_dir: Path,
        *,
        bin_dir: Path | None = None,
        server_user: str = homes.DEFAULT_USER,
        tcp: bool = os.name != "posix",
    ) -> None:
        """Nothing happens before `start`.

        Args:
            data_dir: ExpenseFlow's data folder; the database lives in `postgres` below it.
            bin_dir: PostgreSQL's programs; None: the wheel's, else the system's.
            server_user: who runs the server when we are root.
            tcp: listen on 127.0.0.1 with a password, where there are no unix sockets.
        """
        self.data_dir = data_dir.absolute()
        self._bin_dir = bin_dir
        self._server_user = server_user
        self._tcp = tcp
        self._attached: _Attached | None = None

    def start(self) -> str:
        """Start the server or join the one that runs; answers its address (libpq URL)."""
        if self._mine() is not None:
            return self.ensure_running()
        home = homes.make(self.data_dir, server_user=self._server_user)
        with _locked(home):
            if (held := self._mine()) is not None:  # another thread was faster
                return held.address.url
            return self._attach(home, users.register(home.users, uid=home.uid), first=True)

    def ensure_running(self) -> str:
        """Start the server again if it died; to be called about twice a second.

        Whoever notices first does it, the others find it done. The address stays the same.
        """
        held = self._attached
        if held is None:
            raise EmbeddedPostgresError("The embedded database is not started")
        if self._mine() is held and held.is_well():
            return held.address.url
        with _locked(held.home):
            if self._attached is None:  # stopped by another thread while we waited
                return held.address.url
            user = held.user
            if self._mine() is None or not users.knows(held.home.users, user):
                user = users.register(held.home.users, uid=held.home.uid)
            return self._attach(held.home, user, first=False)

    def stop(self) -> None:
        """Let go of the server; the last one out stops it."""
        self._let_go()

    def discard(self) -> None:
        """Let go of the server; the last one out stops it and deletes the database (for tests)."""
        home = self._let_go()
        if home is not None:
            homes.delete(self.data_dir, home)

    def _let_go(self) -> Home | None:
        """Answers the home when nobody uses it any more."""
        if (held := self._mine()) is None:
            return None
        with _locked(held.home):
            # Asked again: the watcher or another thread may have had the lock before us.
            held, self._attached = self._mine(), None
            if held is None or users.drop(held.home.users, held.user, uid=held.home.uid):
                return None
            if cluster.running(held.home) is not None:
                cluster.stop(held.home, self._binaries(held.home))
            held.address.put_away()
            return held.home

    def explain(self) -> Explanation:
        """Where everything is and whether it works, changing nothing."""
        try:
            home = homes.find(self.data_dir, server_user=self._server_user)
            found = binaries.find(
                self._bin_dir, major=cluster.major_of_data(home) if home else None
            )
        except EmbeddedPostgresError as error:
            return Explanation(problem=str(error))
        if home is None:
            return Explanation(binaries=found.folder, version=found.version)
        address = addresses.recorded(home)
        server = cluster.found(home)
        return Explanation(
            binaries=found.folder,
            version=found.version,
            data=home.data,
            log=home.log,
            socket=address.folder if isinstance(address, addresses.SocketAddress) else None,
            server_user=folders.user_name(home.uid),
            server_pid=server.pid if server else None,
            users=tuple(user.pid for user in users.living(home.users)),
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _mine(self) -> _Attached | None:
        """What we hold, unless it is what our parent held before it forked us."""
        held = self._attached
        return held if held is not None and held.user.pid == os.getpid() else None

    def _attach(self, home: Home, user: users.User, *, first: bool) -> str:
        try:
            server, address = self._settle(home, first=first)
        except BaseException:
            if first:
                users.drop(home.users, user, uid=home.uid)
            raise
        self._attached = _Attached(home, address, user, server)
        return address.url

    def _settle(self, home: Home, *, first: bool) -> tuple[psutil.Process, Address]:
        """Join the running server, or start it."""
        server, address = cluster.running(home), addresses.recorded(home)
        if server is not None and address is not None and address.is_open():
            return server, address
        found = self._binaries(home)
        if server is not None:
            _log.warning("The address of PostgreSQL is gone; starting it again")
            cluster.stop(home, found)
        elif not first:
            _log.warning("PostgreSQL is gone; starting it again")
        address = addresses.prepare(home, tcp=self._tcp)
        if cluster.major_of_data(home) is None:
            if not first:
                raise EmbeddedPostgresError(f"The database in {home.data} was deleted")
            cluster.initialise(home, found, address)
        return cluster.start(home, found, address), address

    def _binaries(self, home: Home) -> Binaries:
        found = binaries.find(self._bin_dir, major=cluster.major_of_data(home))
        return binaries.reachable(found, home)


@contextlib.contextmanager
def _locked(home: Home) -> Generator[None, None, None]:
    """The lock of the home, with what the file system says put into words."""
    try:
        with locks.held(home.lock, uid=home.account.uid if home.account else None):
            yield
    except OSError as error:
        raise EmbeddedPostgresError(
            f"The database folder {home.path} cannot be used ({error.strerror or error});"
            " see that it exists, is writable, and that its disk is not full"
        ) from error
