"""deploy/verify.sh against the production-like set; what it says is printed."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.measure import Benchmark, Figure
from benchmarks.production.site import Site
from benchmarks.world import World

SCRIPT = Path(__file__).parents[2] / "deploy" / "verify.sh"
BASE, PER_TOKEN = 0.4, 0.01
"""Of the provider, which also refuses one of the merchants: its line is to be flagged."""


def runs(world: World, count: int) -> Iterator[Mapping[str, float]]:
    """One set for all runs: each leaves it as it was."""
    with world.site(base=BASE, per_token=PER_TOKEN) as site:
        site.start()
        site.stack.script({"do": "poisoned", "contains": "AAC HOLDINGS", "how": "refused"})
        token = site.token("ann")
        for _ in range(count):
            begun = time.perf_counter()
            done = verified(site, token)
            print(done.stdout, flush=True)
            yield {
                "verify_ok": float(done.returncode == 0),
                "verify_seconds": time.perf_counter() - begun,
            }


def verified(site: Site, token: str, *words: str) -> subprocess.CompletedProcess[str]:
    """The script, run by the Python that runs us, with the token where nobody sees it."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        [SCRIPT, *words, site.front.url, "-"],
        env={**os.environ, "PATH": path},
        input=token,
        capture_output=True,
        text=True,
        check=False,
    )


BENCHMARK = Benchmark(
    "verify",
    [
        Figure("verify_ok", "deploy/verify.sh against the production-like set: all ok", "ok"),
        Figure("verify_seconds", "… in"),
    ],
    runs,
    seconds=60,
)
