"""From the release before to this one and back, with both running and people at work."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from tests.support import database as databases
from tests.support import factories, load, releases
from tests.support.balancer import Balancer
from tests.support.processes import USER, Process, Stack, eventually, import_month

from expenseflow.infra import migrations
from expenseflow.infra.db import libpq_url

LINES = 40
PERIODS = [f"2026-{month:02d}" for month in range(1, 7)]
LINES_OF_REPORTS = "SELECT count(*), count(DISTINCT transaction_id) FROM report_lines"


@dataclass
class Site:
    """Servers behind a balancer, workers, and jobs that were asked for."""

    stack: Stack
    balancer: Balancer
    client: httpx.Client
    asked: dict[str, str] = field(default_factory=dict[str, str])
    """By period, where the job is."""

    def use(self, source: Path) -> None:
        """What is started from now on is this version."""
        self.stack.env["PYTHONPATH"] = str(source)

    def server(self) -> tuple[Process, str]:
        process = self.stack.api()
        self.balancer.add(self.stack.base_url)
        eventually(lambda: self.balancer.is_ready(self.stack.base_url))
        return process, self.stack.base_url

    def take_away(self, process: Process, url: str) -> None:
        """Stop a server that knows of no drain: nobody is sent there any more when it stops."""
        self.balancer.remove(url)
        eventually(lambda: not self.balancer.is_ready(url))
        assert process.terminate() == 0

    def import_months(self) -> None:
        merchants = factories.merchants(LINES * len(PERIODS))
        for at, period in enumerate(PERIODS):
            import_month(self.client, merchants[at * LINES : (at + 1) * LINES], period=period)

    def ask_for(self, *periods: str, at: str) -> None:
        """A job for each month, asked for at this server."""
        for period in periods:
            answer = self.client.post(f"{at}/api/report-jobs", json={"period": period})
            assert answer.status_code == 202, answer.text
            self.asked[period] = answer.headers["location"]

    def jobs(self) -> list[dict[str, Any]]:
        return [self.client.get(location).json() for location in self.asked.values()]

    def all_end(self) -> None:
        eventually(lambda: all(job["completedAt"] for job in self.jobs()), seconds=120)

    def some_lines_are_done(self) -> bool:
        return any(0 < job["processedLines"] < LINES for job in self.jobs())

    def nothing_is_lost_or_doubled(self) -> None:
        for job in self.jobs():
            assert (job["status"], job["processedLines"]) == ("Completed", LINES), job
            assert (job["totalLines"], job["failedLines"]) == (LINES, 0)
        listed = self.client.get("/api/report-jobs").json()
        assert listed["totalCount"] == len(self.asked)
        wanted = len(self.asked) * LINES
        with psycopg.connect(libpq_url(self.stack.env["EXPENSEFLOW_DATABASE_URL"])) as connection:
            assert connection.execute(LINES_OF_REPORTS).fetchone() == (wanted, wanted)


@pytest.fixture(scope="module")
def previous(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return releases.previous(tmp_path_factory.mktemp("previous"))


@pytest.fixture
def site(postgres_server: str, tmp_path: Path, previous: Path) -> Iterator[Site]:
    """The release before, migrated by itself, with half a year of charges."""
    with (
        databases.fresh_database(postgres_server, migrated=False) as url,
        Stack(url, tmp_path / "stack", worker_concurrency="1", drain_s="1") as stack,
        Balancer() as balancer,
        httpx.Client(timeout=30) as client,
    ):
        site = Site(stack, balancer, client)
        site.use(previous)
        _succeeds(stack, "migrate")
        assert migrations.current(url) == releases.PREVIOUS_SCHEMA
        stack.provider(base=0.2)
        client.base_url = balancer.url
        client.headers["Authorization"] = f"Bearer {_succeeds(stack, 'token', '--user', USER)}"
        yield site


def _succeeds(stack: Stack, *words: str) -> str:
    done = stack.run(*words)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _completed(worker: Process) -> int:
    return worker.log.read_text().count("report_job.completed")


def _moved_on(site: Site, old_server: Process, old_url: str) -> tuple[Process, Process]:
    """Old to new, while jobs run; the new server and worker."""
    stack = site.stack
    old_worker = stack.worker()
    site.import_months()
    site.ask_for(*PERIODS[:2], at=old_url)
    eventually(site.some_lines_are_done)

    site.use(releases.ROOT / "src")
    _succeeds(stack, "migrate")
    new_server, new_url = site.server()
    new_worker = stack.worker()
    new_worker.printed("worker.started")
    site.ask_for(PERIODS[2], at=old_url)
    site.ask_for(PERIODS[3], at=new_url)
    for url in (old_url, new_url):
        assert len(site.client.get(f"{url}/api/report-jobs").json()["items"]) == 4
    eventually(lambda: _completed(old_worker) and _completed(new_worker), seconds=60)

    site.take_away(old_server, old_url)
    assert old_worker.terminate() == 0
    site.ask_for(PERIODS[4], at=new_url)
    site.all_end()
    return new_server, new_worker


def _moved_back(site: Site, new_server: Process, new_worker: Process) -> None:
    """New to old: the schema stays the new one."""
    back_server, back_url = site.server()
    back_worker = site.stack.worker()
    _succeeds(site.stack, "token", "--user", "new.colleague@example.com")
    assert new_server.terminate() == 0
    assert new_worker.terminate() == 0
    site.ask_for(PERIODS[5], at=back_url)
    site.all_end()
    assert _completed(back_worker) == 1
    site.nothing_is_lost_or_doubled()
    assert back_server.popen.poll() is None


def test_both_releases_work_side_by_side_on_the_way_there_and_back(
    site: Site, previous: Path
) -> None:
    paths = ["/api/me", "/api/report-jobs", "/api/reports", "/api/periods"]
    # One request to a connection: 0.1.0 does not ask anybody to leave.
    headers = {**site.client.headers, "Connection": "close"}
    old_server, old_url = site.server()
    with load.asking(site.balancer.url, headers, paths, clients=2) as seen:
        new_server, new_worker = _moved_on(site, old_server, old_url)
        site.use(previous)
        _moved_back(site, new_server, new_worker)
    print(seen.told())  # noqa: T201  # shown by -s and -rA
    assert seen.failures == []
    assert seen.total >= load.ENOUGH
    assert seen.longest_silence < 8
