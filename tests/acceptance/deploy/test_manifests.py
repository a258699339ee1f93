"""What the manifests would start, started: the same commands, settings and probes."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest
from tests.support import database as databases
from tests.support.kubernetes.rendering import FOLDER, Manifest, containers, render, settings_of
from tests.support.processes import Process, eventually

from expenseflow.infra import migrations

STAGING = FOLDER / "overlays/staging"
FREE = {"EXPENSEFLOW_PORT": "0", "EXPENSEFLOW_METRICS_PORT": "0"}
"""Instead of the ports in a pod, of which a machine has one each."""


def _started_with(folder: Path, command: str, address: str) -> tuple[Manifest, dict[str, str]]:
    """The container that runs this command, and its environment with the secrets it needs."""
    manifests = render(folder)
    [container] = (one for _, one in containers(manifests) if command in one["command"])
    secrets = {"url": address, "key": "k" * 64}
    needed = {
        entry["name"]: secrets[entry["valueFrom"]["secretKeyRef"]["key"]]
        for entry in container["env"]
        if "valueFrom" in entry and not entry["valueFrom"]["secretKeyRef"].get("optional")
    }
    outside = {k: v for k, v in os.environ.items() if not k.startswith("EXPENSEFLOW_")}
    return container, {**outside, **settings_of(manifests, container), **needed}


def _words(container: Manifest) -> list[str]:
    return [sys.executable, "-m", *container["command"]]


@pytest.fixture
def empty_database(postgres_server: str) -> Iterator[str]:
    with databases.fresh_database(postgres_server, migrated=False) as url:
        yield url


def test_the_migration_migrates(empty_database: str, tmp_path: Path) -> None:
    container, environment = _started_with(STAGING / "migrate", "migrate", empty_database)

    done = subprocess.run(
        _words(container),
        env=environment, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert migrations.current(empty_database) == migrations.head()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("command", "said"), [("serve", "server.started"), ("worker", "worker.scraped")]
)
def test_who_is_started_answers_its_probes(
    database_url: str, tmp_path: Path, command: str, said: str
) -> None:
    container, environment = _started_with(STAGING, command, database_url)
    log = tmp_path / "log"
    process = Process(_words(container), environment | FREE, log)
    try:
        process.printed(said)
        address = _address(log, said)
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            path = container[probe]["httpGet"]["path"]
            url = address + path
            assert eventually(lambda url=url: httpx.get(url).status_code == 200), path
    finally:
        process.kill()


def _address(log: Path, said: str) -> str:
    """Where it says it listens; a probe comes from the same machine."""

    def look() -> str | None:
        lines: list[Mapping[str, str]] = [
            json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")
        ]
        return next((line["address"] for line in lines if line["event"] == said), None)

    return eventually(look).replace("0.0.0.0", "127.0.0.1")
