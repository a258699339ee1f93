"""Real processes over a real database: the API, workers, a provider; to be killed at will.

with Stack(database_url, folder) as stack:
    stack.provider(base=0.05)
    stack.api()
    worker = stack.worker()
    ...
    worker.kill()
"""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from expenseflow.chart import service as charts
from expenseflow.identity import service as identity
from expenseflow.identity.tokens import Signer, load_or_make_key
from expenseflow.infra.db import Database
from expenseflow.kit.clock import SystemClock

T = TypeVar("T")
USER = "ann@example.com"


def eventually(look: Callable[[], T | None], *, seconds: float = 30, every: float = 0.02) -> T:
    """What `look` finds, asked again until it finds something; fails when the time is over."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"still nothing after {seconds} s")
        time.sleep(every)


class Process:
    """One child with its output in a file."""

    def __init__(self, command: list[str], env: Mapping[str, str], log: Path) -> None:
        self.log = log
        with log.open("ab") as out:
            self.popen = subprocess.Popen(
                command, env=dict(env), stdout=out, stderr=out, stdin=subprocess.DEVNULL
            )

    def kill(self) -> None:
        """Kill -9."""
        self.popen.kill()
        self.popen.wait()

    def terminate(self, *, seconds: float = 30) -> int:
        """SIGTERM; the exit code."""
        self.popen.send_signal(signal.SIGTERM)
        return self.popen.wait(timeout=seconds)

    def printed(self, pattern: str, *, seconds: float = 30) -> str:
        """The first match in what it printed; fails early when it ends without it."""

        def look() -> str | None:
            found = re.search(pattern, self.log.read_text(errors="replace"))
            if found is None and self.popen.poll() is not None:
                raise AssertionError(f"ended: {self.log.read_text(errors='replace')[-2000:]}")
            return found.group(0) if found else None

        return eventually(look, seconds=seconds)


class Stack:
    """Everything runs with the same settings; all of it is ended with the block."""

    def __init__(self, database_url: str, folder: Path, **settings: str) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.processes: list[Process] = []
        self.provider_url = ""
        self.base_url = ""
        outside = {k: v for k, v in os.environ.items() if not k.startswith("EXPENSEFLOW_")}
        self.env = {
            **outside,
            "EXPENSEFLOW_DATABASE_URL": database_url,
            "EXPENSEFLOW_LOG_FORMAT": "json",
            "EXPENSEFLOW_DATA_DIR": str(folder / "data"),
            "EXPENSEFLOW_PORT": "0",
            **{f"EXPENSEFLOW_{name.upper()}": value for name, value in settings.items()},
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in reversed(self.processes):
            if process.popen.poll() is None:
                process.kill()

    def expenseflow(self, *words: str) -> Process:
        """Start a command and leave it running."""
        return self._start([sys.executable, "-m", "expenseflow", *words], words[0])

    def run(self, *words: str, seconds: float = 60) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "expenseflow", *words],
            env=self.env,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def provider(self, *, base: float = 0.0, per_token: float = 0.0, port: int = 0) -> Process:
        """The test provider; every later process is told of it."""
        words = ["--base", str(base), "--per-token", str(per_token), "--port", str(port)]
        process = self._start([sys.executable, "-m", "expenseflow.simulator", *words], "provider")
        self.provider_url = process.printed(r"http://[0-9.:]+/v1")
        self.env["EXPENSEFLOW_LLM_BASE_URL"] = self.provider_url
        return process

    def script(self, *rules: dict[str, Any]) -> None:
        """Change what the provider does from now on."""
        answer = httpx.post(self._provider("/_script"), json={"rules": list(rules)})
        answer.raise_for_status()

    def pace(self, *, base: float = 0.0, per_token: float = 0.0) -> None:
        """How long the provider takes for an answer from now on."""
        latency = {"base": base, "per_token": per_token}
        answer = httpx.post(self._provider("/_script"), json={"rules": [], "latency": latency})
        answer.raise_for_status()

    def calls(self) -> list[dict[str, Any]]:
        """What the provider was asked so far."""
        return httpx.get(self._provider("/_calls")).json()["calls"]

    def api(self, *, worker: bool = False) -> Process:
        """The API; `base_url` is set once it answers."""
        process = self.expenseflow("serve", "--worker" if worker else "--no-worker")
        found = process.printed(r"running at http://[0-9.:]+")
        self.base_url = found.removeprefix("running at ")
        return process

    def worker(self) -> Process:
        """One worker process."""
        return self.expenseflow("worker")

    @property
    def server_url(self) -> str:
        """Where PostgreSQL itself is, past a pooler."""
        env = self.env
        return env.get("EXPENSEFLOW_DATABASE_LISTEN_URL") or env["EXPENSEFLOW_DATABASE_URL"]

    def client(self, user: str = USER) -> httpx.Client:
        """Somebody signed in at the API; the starter chart stands from then on."""
        token = asyncio.run(self._token(user))
        return httpx.Client(
            base_url=self.base_url, headers={"Authorization": f"Bearer {token}"}, timeout=30
        )

    async def _token(self, user: str) -> str:
        signer = Signer(load_or_make_key(self.folder / "data"))
        database = Database(self.server_url, pool_size=1)
        now = SystemClock().now()
        try:
            async with database.transaction() as session:
                await charts.ensure_starter_chart(session)
                person = await identity.ensure_user(session, user, now=now)
                return await identity.issue_token(
                    session, person, signer=signer, now=now, lifetime=timedelta(hours=1)
                )
        finally:
            await database.close()

    def _provider(self, path: str) -> str:
        return self.provider_url.removesuffix("/v1") + path

    def _start(self, command: list[str], name: str) -> Process:
        log = self.folder / f"{len(self.processes)}-{name}.log"
        process = Process(command, self.env, log)
        self.processes.append(process)
        return process


def csv_of(descriptions: list[str], *, period: str = "2026-01") -> bytes:
    """A plain statement with one charge for each description."""
    rows = [
        f"{period}-{1 + at % 28:02d},{description},-{10 + at % 90}.{at % 100:02d}"
        for at, description in enumerate(descriptions)
    ]
    return "\n".join(["Date,Description,Amount", *rows, ""]).encode()


def import_month(client: httpx.Client, descriptions: list[str], *, period: str = "2026-01") -> None:
    """Upload such a statement."""
    content = csv_of(descriptions, period=period)
    answer = client.post("/api/statements", files={"file": ("month.csv", content)})
    assert answer.status_code == 201, answer.text
    assert answer.json()["imported"] == len(descriptions), answer.text


def start_month(client: httpx.Client, descriptions: list[str], *, period: str = "2026-01") -> str:
    """Upload such a statement and ask for its report; where the job is."""
    import_month(client, descriptions, period=period)
    answer = client.post("/api/report-jobs", json={"period": period})
    assert answer.status_code == 202, answer.text
    return answer.headers["location"]


def ended(client: httpx.Client, location: str, *, seconds: float = 90) -> dict[str, Any]:
    """The job once it has ended, however it did."""

    def look() -> dict[str, Any] | None:
        job = client.get(location).json()
        return job if job["status"] in ("Completed", "Failed", "Cancelled") else None

    return eventually(look, seconds=seconds)
