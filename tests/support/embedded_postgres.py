"""Data folders of root and of a normal user, and processes that use their server."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg

from expenseflow.infra.embedded_postgres import (
    EmbeddedPostgres,
    addresses,
    binaries,
    cluster,
    homes,
    processes,
)

AS_ROOT = os.geteuid() == 0
NOBODY = 65534
SCRIPT = Path(__file__).parents[1] / "acceptance" / "infra" / "postgres_user.py"


def until(question: Callable[[], Any], *, seconds: float = 60.0) -> Any:
    """Ask until the answer is true, or the time is up."""
    deadline = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
    return answer


@dataclass
class PostgresUser:
    """One process that uses the server."""

    process: subprocess.Popen[str]

    def ask(self, command: str) -> dict[str, Any]:
        self.send(command)
        return self.hear()

    def send(self, command: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{command}\n")
        self.process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, f"the process ended with {self.process.wait()}"
        return json.loads(line)

    def start(self) -> str:
        return str(self.ask("start")["url"])

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@dataclass
class Place:
    """A data folder, who uses it, and what was started there."""

    root: Path
    become: int | None
    bin_dir: Path | None = None
    template: Path | None = None
    """A database to begin with, where the test is not about making one."""
    data_dir: Path = field(init=False)
    started: list[PostgresUser] = field(default_factory=list)
    seen: set[Path] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.data_dir = self.root / "data"

    def user(self, data_dir: Path | None = None, *, watch: bool = False) -> PostgresUser:
        data_dir = data_dir or self.data_dir
        if self.template and not data_dir.exists():
            self.seed(data_dir)
        command = [sys.executable, str(SCRIPT), str(data_dir)]
        command += ["--watch"] if watch else []
        command += ["--bin-dir", str(self.bin_dir)] if self.bin_dir else []
        command += ["--become", str(self.become)] if self.become else []
        environment = {
            name: value for name, value in os.environ.items() if name != "XDG_RUNTIME_DIR"
        }
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        self.started.append(PostgresUser(process))
        return self.started[-1]

    def seed(self, data_dir: Path) -> None:
        """What a cold start would have made, only faster."""
        assert self.template
        home = data_dir / "postgres"
        if self.become is None:
            home = homes.make(data_dir).path
            self.seen.add(home)
        data = Path(shutil.copytree(self.template, home / "data"))
        if AS_ROOT:
            give_to(data_dir if self.become else data, self.become or NOBODY)

    def home(self, data_dir: Path | None = None) -> homes.Home:
        data_dir = data_dir or self.data_dir
        found = (
            homes.Home(data_dir / "postgres", None)
            if self.become is not None
            else homes.find(data_dir)
        )
        assert found is not None
        self.seen.add(found.path)
        return found

    def server(self, data_dir: Path | None = None) -> psutil.Process:
        server = cluster.found(self.home(data_dir))
        assert server is not None
        return server

    def is_stopped(self) -> bool:
        return cluster.found(self.home()) is None

    def kill_server(self) -> None:
        """End the postmaster the hard way."""
        server = self.server()
        server.kill()
        until(lambda: not processes.alive(server))

    def clean_up(self) -> None:
        for user in self.started:
            user.kill()
            for pipe in (user.process.stdin, user.process.stdout):
                assert pipe
                pipe.close()
        for location in self.root.rglob("postgres.location"):
            self.seen.add(Path(json.loads(location.read_text())["home"]))
        self.seen.update(self.root.rglob("postgres"))
        for path in self.seen:
            if path.is_dir():
                home = homes.Home(path, None)
                end_server(home)
                address = addresses.recorded(home)
                if address:
                    address.sweep()
                    address.put_away()
                shutil.rmtree(path, ignore_errors=True)
        shutil.rmtree(self.root, ignore_errors=True)


def give_to(folder: Path, uid: int) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, uid, -1)


def end_server(home: homes.Home) -> None:
    left = processes.of_server(home.cluster_name, home.data)
    for process in left:
        process.kill()
    assert processes.wait_gone(left, 10)


def rows(url: str) -> list[int]:
    """What `remember` has stored."""
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT value FROM kept ORDER BY value")]


def remember(url: str, value: int) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (value integer)")
        connection.execute("INSERT INTO kept VALUES (%s)", (value,))


def answers(url: str) -> bool:
    """Whether the server takes connections."""
    try:
        with psycopg.connect(url, connect_timeout=2) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


@contextlib.contextmanager
def place_for(
    who: str, bin_dir: Path | None = None, *, template: Path | None = None
) -> Generator[Place, None, None]:
    """A fresh data folder of root's or of a normal user's, below a 0700 folder."""
    root = Path(tempfile.mkdtemp(prefix="ef-"))
    if who == "normal" and AS_ROOT:
        os.chown(root, NOBODY, NOBODY)
        place = Place(root, NOBODY, bin_dir, template)
    else:
        place = Place(root, None, template=template)
    try:
        yield place
    finally:
        place.clean_up()


@contextlib.contextmanager
def programs_for_all() -> Generator[Path | None, None, None]:
    """Programs that a normal user can run, when our environment is in root's closed folder."""
    found = binaries.find(None)
    folder = Path(tempfile.mkdtemp(prefix="ef-programs-"))
    folder.chmod(0o755)
    try:
        nobody = homes.Home(folder, homes.Account(NOBODY, NOBODY))
        if not AS_ROOT or binaries._runs_as(found, nobody):
            yield None
        else:
            yield binaries._copy(found, folder).folder
    finally:
        shutil.rmtree(folder)


@contextlib.contextmanager
def template_database() -> Generator[Path, None, None]:
    """An empty database that nobody has started yet."""
    with place_for("root" if AS_ROOT else "normal") as place:
        postgres = EmbeddedPostgres(place.data_dir)
        postgres.start()
        postgres.stop()
        template = place.home().data
        with (template / "postgresql.conf").open("a") as settings:
            settings.write("fsync = off\n")  # a test kills processes, not the machine
        yield template
