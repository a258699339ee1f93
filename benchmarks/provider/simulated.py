"""The test provider as a process of its own: started, told its script, asked for its record."""

import itertools
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
from tests.support.processes import Process

from benchmarks.provider.record import Call

BASE, PER_TOKEN, JITTER = 0.4, 0.01, 0.1
_PATIENCE = 10.0
_EVERY = 0.02
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
            self._until_it_refuses()

    def calls(self) -> list[Call] | None:
        """Every call so far; None while it refuses connections."""
        found = self._ask("/_calls")
        return None if found is None else [Call.read(entry) for entry in found["calls"]]

    def under_way(self) -> int:
        """Calls that somebody waits for; none while it refuses connections."""
        found = self._ask("/_summary")
        return 0 if found is None else int(found["under_way"])

    def count(self) -> int:
        """Calls so far; 0 while it refuses connections."""
        found = self._ask("/_summary")
        return 0 if found is None else int(found["calls"])

    def stop(self) -> None:
        """End the process."""
        if self.process.popen.poll() is None:
            self.process.kill()

    def _ask(self, path: str) -> dict[str, Any] | None:
        try:
            answer = httpx.get(self._root + path, timeout=30)
        except httpx.TransportError:
            return None
        return answer.raise_for_status().json()

    def _until_it_refuses(self) -> None:
        end = time.monotonic() + _PATIENCE
        while self._ask("/_summary") is not None:
            if time.monotonic() > end:
                raise AssertionError("the test provider does not do what its script says")
            time.sleep(_EVERY)
