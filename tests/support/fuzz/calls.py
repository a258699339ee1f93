"""One run of schemathesis against a real server, and what the server says it was asked."""

import asyncio
import json
import os
import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.support.fuzz import world
from tests.support.fuzz.world import World
from tests.support.streams import Server

CONFIGURATION = Path(__file__).with_name("api.toml")
ROOT = Path(__file__).parents[3]
_ANSWERS = re.compile(
    r'expenseflow_http_requests_total\{method="(\w+)",route="([^"]+)",status="(\d+)"\} ([\d.]+)'
)

Answers = Counter[tuple[str, str, str]]
"""How often: method, route, status."""


@dataclass(frozen=True)
class Run:
    """How a run ended."""

    exit_code: int
    output: str
    answers: Answers

    @property
    def answered(self) -> Counter[tuple[str, str]]:
        """Answers by method and route."""
        return _summed(self.answers)

    @property
    def done(self) -> Counter[tuple[str, str]]:
        """The answers among them that were no refusal."""
        kept = {key: count for key, count in self.answers.items() if key[2] < "400"}
        return _summed(Counter(kept))


async def run(server: Server, known: World, folder: Path, *options: str) -> Run:
    """Fuzz what the server's document names, as somebody with a valid token."""
    file = folder / "world.json"
    file.write_text(json.dumps(known.as_json()))
    environment = {
        **os.environ,
        world.FILE: str(file),
        "EXPENSEFLOW_FUZZ_URL": server.url,
        "EXPENSEFLOW_FUZZ_TOKEN": await server.token(),
        "PYTHONPATH": str(ROOT),
    }
    before = await _answers(server)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIGURATION), "run"),
        *(f"{server.url}/openapi.json", *options),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=environment,
        cwd=folder,
    )
    try:
        output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    told = output.decode(errors="replace")
    return Run(process.returncode or 0, told, await _answers(server) - before)


async def _answers(server: Server) -> Answers:
    async with httpx.AsyncClient(timeout=60) as client:
        text = (await client.get(f"{server.url}/metrics")).raise_for_status().text
    return Counter(
        {(verb, route, status): int(float(n)) for verb, route, status, n in _ANSWERS.findall(text)}
    )


def _summed(answers: Answers) -> Counter[tuple[str, str]]:
    totals: Counter[tuple[str, str]] = Counter()
    for (verb, route, _), count in answers.items():
        totals[verb, route] += count
    return totals
