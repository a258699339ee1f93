"""The yardsticks of a scenario, each against a test provider of its own, all at once."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Final

from benchmarks import world
from benchmarks.provider.scenario import Scenario
from benchmarks.provider.simulated import Simulated
from benchmarks.provider.yardsticks import Did, Kind, Wanted

_DEFAULT_TIMEOUT: Final = 60.0
_TO_START: Final = 60.0
_WINDOWS: Final = 2.2
"""A retry after a whole window must be seen to its end, or scaling would be unfair."""


def measure(scenario: Scenario, folder: Path, *, seed: int, cap: float) -> dict[Kind, Did]:
    """What each of them did with the months of all jobs together, as one program."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("EXPENSEFLOW_")}
    wanted = _wanted(scenario, cap)
    with ExitStack() as open_:
        running: dict[Kind, subprocess.Popen[str]] = {}
        for kind in Kind:
            provider = Simulated(folder, f"provider-{kind.name}", seed=seed, env=env)
            open_.callback(provider.stop)
            provider.begin(scenario.script)
            running[kind] = _start(kind, provider.base_url, wanted, env)
            open_.callback(_end, running[kind])
        seconds = wanted.cap + _TO_START
        return {
            kind: Did(**json.loads(process.communicate(timeout=seconds)[0]))
            for kind, process in running.items()
        }


def _wanted(scenario: Scenario, cap: float) -> Wanted:
    names = world.merchants(scenario.merchants * scenario.jobs)
    size = scenario.merchants
    months = [scenario.month(names[at * size : (at + 1) * size]) for at in range(scenario.jobs)]
    return Wanted(
        kind="",
        base_url="",
        descriptions=[line for month in months for line in month],
        timeout=float(scenario.environment.get("llm_timeout_s", _DEFAULT_TIMEOUT)),
        cap=max(cap, _WINDOWS * scenario.provider.window) if "limits" in scenario.script else cap,
    )


def _start(
    kind: Kind, base_url: str, wanted: Wanted, env: Mapping[str, str]
) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.provider.yardsticks"],
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    told = asdict(wanted) | {"kind": kind.name, "base_url": base_url}
    assert process.stdin is not None
    process.stdin.write(json.dumps(told))
    process.stdin.close()
    process.stdin = None
    return process


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.kill()
    process.wait()
