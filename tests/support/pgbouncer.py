"""A real pgbouncer, in transaction mode unless asked otherwise, before a real PostgreSQL.

    with pgbouncer(dsn) as pooled: ...

It runs with `deploy/pgbouncer/pgbouncer.ini`, but for where things are on this machine.
"""

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy.engine import URL, make_url

from expenseflow.infra.db import libpq_url
from tests.support import programs
from tests.support.processes import eventually

MISSING = (
    "NO PGBOUNCER, SO NOTHING WAS TESTED BEHIND ONE: install it, or name one in "
    "PGBOUNCER=/path/to/it"
)
DEPLOYED = Path(__file__).parents[2] / "deploy" / "pgbouncer" / "pgbouncer.ini"
_PORT = 6432
_NOBODY = "nobody"


def need() -> str:
    """Where it is, or no test."""
    return programs.need("PGBOUNCER", "pgbouncer", missing=MISSING)


@contextmanager
def pgbouncer(dsn: str, **settings: str) -> Generator[str]:
    """The address of `dsn` through a pgbouncer of its own, for as long as the block runs.

    Whoever has a password in `dsn` has to give it to pgbouncer too; without one it asks for none.
    `settings` are further ones of its section `[pgbouncer]`.
    """
    program, url = need(), make_url(dsn)
    runs_as = _user(url)
    with tempfile.TemporaryDirectory(prefix="ef-pgb-") as name:
        folder = Path(name)
        ini = _written(folder, url, settings)
        if runs_as is not None:
            for path in (folder, *folder.iterdir()):
                shutil.chown(path, runs_as)
        command = [program, *(("-u", runs_as) if runs_as else ()), str(ini)]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            pooled = url.set(host=None, port=None, query={"host": name, "port": str(_PORT)})
            found = pooled.render_as_string(hide_password=False)
            eventually(lambda: _answers(found, process, folder / "log"), seconds=10)
            yield found
        finally:
            process.kill()
            process.wait()


def _user(url: URL) -> str | None:
    """As root it refuses to run: as whom then, so that it may reach the server's socket."""
    if os.geteuid() != 0:
        return None
    host = _host(url)
    return pwd.getpwuid(Path(host).stat().st_uid).pw_name if host.startswith("/") else _NOBODY


def _host(url: URL) -> str:
    return str(url.query.get("host") or url.host or "127.0.0.1")


def _written(folder: Path, url: URL, settings: dict[str, str]) -> Path:
    """Its settings: those that are deployed, then what this machine needs."""
    users = folder / "userlist.txt"
    users.write_text(f'"{url.username}" "{url.password or ""}"\n')
    port = url.query.get("port") or url.port or 5432
    ours = {
        "listen_addr": "",
        "listen_port": str(_PORT),
        "unix_socket_dir": str(folder),
        "auth_file": str(users),
        **({} if url.password else {"auth_type": "trust"}),
        **settings,
    }
    database = f"{url.database} = host={_host(url)} port={port} dbname={url.database}"
    # Not by %include: a section that is named again begins with the defaults again.
    deployed = re.sub("^expenseflow = .*$", database, DEPLOYED.read_text(), flags=re.MULTILINE)
    assert database in deployed
    ini = folder / "pgbouncer.ini"
    ini.write_text(
        "\n".join((deployed, *(f"{name} = {value}" for name, value in ours.items()), ""))
    )
    return ini


def _answers(dsn: str, process: subprocess.Popen[bytes], log: Path) -> bool:
    if process.poll() is not None:
        raise AssertionError(f"pgbouncer ended: {log.read_text(errors='replace')[-2000:]}")
    try:
        with psycopg.connect(libpq_url(dsn), connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False
