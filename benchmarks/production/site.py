"""The production-like set: what a company runs, on one machine, each part real.

PostgreSQL with the two roles of deploy/postgres/roles.sql, pgbouncer in transaction mode, two API
processes behind HAProxy, two workers, an OpenID provider, and the test provider as AI service.

    with site(server_url, folder) as found: found.front.url, found.token("ann")
"""

import os
import secrets
import socket
import subprocess
import uuid
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url
from tests.support import openid
from tests.support.haproxy import HAProxy
from tests.support.pgbouncer import pgbouncer
from tests.support.processes import Process, Stack, eventually

from expenseflow.infra.db import libpq_url
from expenseflow.infra.embedded_postgres import binaries

ROLES = Path(__file__).parents[2] / "deploy" / "postgres" / "roles.sql"
APIS, WORKERS = 2, 2
PEOPLE = ("ann", "bob", "cid", "dora")
_ACCOUNTS = {
    name: {"email": f"{name}@example.com", "email_verified": True, "roles": []} for name in PEOPLE
}
DRAIN_SECONDS = 2.0
"""More than HAProxy needs to hear that a server is leaving."""
START_SECONDS = 60.0


@dataclass
class Site:
    """All of it, running."""

    stack: Stack
    front: HAProxy
    token: Callable[[str], str]
    """An access token of one of `PEOPLE`, from the OpenID provider."""
    owner_url: str
    apis: dict[int, Process] = field(default_factory=dict[int, Process])
    """By port."""
    workers: list[Process] = field(default_factory=list[Process])

    def start(self) -> None:
        """Both servers and both workers, all at once; returns when they are at work."""
        for port in self.front.ports:
            self.apis[port] = self._api(port)
        self.workers = [self.stack.worker() for _ in range(WORKERS)]
        for port in self.apis:
            self.until_up(port)
        for worker in self.workers:
            worker.printed("worker.started", seconds=START_SECONDS)

    def until_up(self, port: int) -> None:
        """It answers, and requests are sent to it."""
        self.apis[port].printed("server.started", seconds=START_SECONDS)
        eventually(lambda: self.front.is_up(port), seconds=START_SECONDS)

    def restart_api(self, port: int) -> int:
        """SIGTERM, and a new one in its place once it has gone; the exit code."""
        code = self.apis[port].terminate()
        self.apis[port] = self._api(port)
        eventually(lambda: not self.front.is_up(port))
        self.until_up(port)
        return code

    def restart_worker(self, number: int) -> int:
        """The same of a worker."""
        code = self.workers[number].terminate()
        self.workers[number] = self.stack.worker()
        self.workers[number].printed("worker.started", seconds=START_SECONDS)
        return code

    def _api(self, port: int) -> Process:
        self.stack.env["EXPENSEFLOW_PORT"] = str(port)
        return self.stack.expenseflow("serve", "--no-worker")


@contextmanager
def site(server_url: str, folder: Path, *, base: float, per_token: float = 0.0) -> Generator[Site]:
    """Everything but the servers and workers runs; `start` starts them."""
    with ExitStack() as parts:
        owner_url, app_url = parts.enter_context(_database(server_url))
        _migrate(owner_url, folder)
        pooled = parts.enter_context(pgbouncer(app_url))
        front = parts.enter_context(HAProxy([_free_port() for _ in range(APIS)]))
        who = parts.enter_context(openid.running(folder, accounts=_ACCOUNTS))
        settings = {
            **who.settings,
            "public_url": front.url,
            "database_listen_url": app_url,
            "allow_private_addresses": "true",  # the simulator is on this machine
            "drain_s": str(DRAIN_SECONDS),
        }
        stack = parts.enter_context(Stack(pooled, folder, **settings))
        stack.provider(base=base, per_token=per_token)
        yield Site(stack, front, who.access_token, owner_url)


@contextmanager
def _database(server_url: str) -> Generator[tuple[str, str]]:
    """One with roles of its own, as the script makes them: the owner's address, the application's.

    Roles are the whole server's; another set may stand beside this one.
    """
    mark = uuid.uuid4().hex[:12]
    names = {"database": f"ef_{mark}", "owner": f"ef_owner_{mark}", "app": f"ef_app_{mark}"}
    passwords = {
        "EXPENSEFLOW_OWNER_PASSWORD": secrets.token_hex(16),
        "EXPENSEFLOW_APP_PASSWORD": secrets.token_hex(16),
    }
    psql(server_url, passwords, *(f"-v{name}={value}" for name, value in names.items()))
    address = make_url(server_url).set(database=names["database"])

    def url(role: str, password: str) -> str:
        own = address.set(username=names[role], password=password)
        return own.render_as_string(hide_password=False)

    try:
        yield (
            url("owner", passwords["EXPENSEFLOW_OWNER_PASSWORD"]),
            url("app", passwords["EXPENSEFLOW_APP_PASSWORD"]),
        )
    finally:
        with psycopg.connect(libpq_url(server_url), autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {names['database']} WITH (FORCE)".encode())
            admin.execute(f"DROP ROLE {names['owner']}, {names['app']}".encode())


def psql(server_url: str, secret: Mapping[str, str], *words: str) -> None:
    """Run the script of the roles."""
    program = binaries.find(None).folder / "psql"
    subprocess.run(
        [program, "-X", *words, "-f", ROLES, libpq_url(server_url)],
        env={**os.environ, **secret},
        check=True,
    )


def _migrate(owner_url: str, folder: Path) -> None:
    done = Stack(owner_url, folder).run("migrate")
    assert done.returncode == 0, done.stderr


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]
