"""The test provider as a process of its own: started, told its script, asked for its record."""

import itertools
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
from tests.support.processes import Process

from benchmarks.provider.record import Call

BASE, PER_TOKEN, JITTER = 0.4, 0.01, 0.1
_PATIENCE = 10.0
_LISTENS_AGAIN = 0.05
_numbers = itertools.count(1)


class Simulated:
    """One test provider; `stop` ends it."""

    def __init__(self, folder: Path, name: str, *, seed: int, env: Mapping[str, str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        words = ["--port", "0", "--base", str(BASE), "--per-token", str(PER_TOKEN)]
        words += ["--jitter", str(JITTER), "--seed", str(seed)]
        command = [sys.executable, "-m", "expenseflow.simulator", *words]
        self.process = Process(command, env, folder / f"{name}-{next(_numbers)}.log")
        self.base_url = self.process.printed(r"http://[0-9.:]+/v1")
        self._root = self.base_url.removesuffix("/v1")

    def begin(self, script: Mapping[str, Any]) -> None:
        """Its script starts now, and so does the outage in it."""
        httpx.post(f"{self._root}/_script", json=dict(script)).raise_for_status()
        if "outage" in script:
            self._until(refuses=True)

    def calls(self) -> list[Call] | None:
        """Every call so far; None while it refuses connections."""
        try:
            answer = httpx.get(f"{self._root}/_calls", timeout=30)
        except httpx.TransportError:
            return None
        return [Call.read(entry) for entry in answer.raise_for_status().json()["calls"]]

    def under_way(self) -> int:
        """Calls that somebody waits for; none while it refuses connections."""
        return sum(call.is_under_way for call in self.calls() or ())

    def stop(self) -> None:
        """End the process."""
        if self.process.popen.poll() is None:
            self.process.kill()

    def _until(self, *, refuses: bool) -> None:
        end = time.monotonic() + _PATIENCE
        while (self.calls() is None) != refuses:
            if time.monotonic() > end:
                raise AssertionError("the test provider does not do what its script says")
            time.sleep(_LISTENS_AGAIN)


def settled(calls: Sequence[Call]) -> bool:
    """Whether nobody waits for an answer any more."""
    return not any(call.is_under_way for call in calls)
