"""`python -m benchmarks [name …] [--runs 5] [--markdown] [--json FILE]`."""

import argparse
import json
import signal
import sys
import tempfile
import traceback
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from benchmarks import (
    cancelling,
    commit_rate,
    exporting,
    history,
    importing,
    killing,
    known_lines,
    latency,
    many_users,
    measure,
    mixed,
    pickup,
    review,
    screen,
    streams,
    tables,
    throughput,
)
from benchmarks import world as worlds
from benchmarks.measure import Benchmark, Summary
from benchmarks.production import rolling, verifying
from benchmarks.world import World

BENCHMARKS: dict[str, Benchmark] = {
    one.name: one
    for one in (
        latency.MONTH,
        latency.SMALL,
        pickup.BENCHMARK,
        known_lines.MONTH,
        known_lines.LARGE,
        importing.BENCHMARK,
        exporting.BENCHMARK,
        cancelling.BENCHMARK,
        killing.BENCHMARK,
        throughput.BENCHMARK,
        streams.BENCHMARK,
        commit_rate.BENCHMARK,
        many_users.BENCHMARK,
        history.BENCHMARK,
        mixed.BENCHMARK,
        screen.BENCHMARK,
        review.BENCHMARK,
        verifying.BENCHMARK,
        rolling.BENCHMARK,
    )
}


def main() -> int:
    """Run what was named, or all; 1 when an aim was missed."""
    given = _arguments()
    if given.list:
        for one in BENCHMARKS.values():
            print(f"{one.name:14}{one.figures[0].what}")
        return 0
    signal.signal(signal.SIGTERM, _end)
    done = _run(given.names or list(BENCHMARKS), given.runs)
    (tables.show_markdown if given.markdown else tables.show)(done)
    if given.json:
        given.json.write_text(json.dumps({one.figure.name: one.values for one in done}, indent=1))
    return int(any(one.met is False for one in done))


def _run(names: Sequence[str], runs: int) -> list[Summary]:
    done: list[Summary] = []
    with (
        tempfile.TemporaryDirectory(prefix="expenseflow-bench-") as folder,
        worlds.postgres(Path(folder) / "data") as server,
    ):
        world = World(server, Path(folder))
        for name in names:
            print(f"{name}: {runs} runs", file=sys.stderr, flush=True)
            try:
                with _at_most(BENCHMARKS[name].seconds * (runs + 1), name):
                    done += measure.run(BENCHMARKS[name], world, runs)
            except Exception:  # noqa: BLE001  # one that breaks must not take the others with it
                traceback.print_exc()
                done += measure.broken(BENCHMARKS[name])
    return done


@contextmanager
def _at_most(seconds: float, name: str) -> Generator[None]:
    """End what hangs; the blocks inside put away their processes."""

    def too_long(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"{name} took longer than {seconds:.0f} s")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _end(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(143)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(BENCHMARKS))
    parser.add_argument("--runs", type=int, default=5, help="of each (default 5)")
    parser.add_argument("--list", action="store_true", help="say which there are")
    parser.add_argument("--markdown", action="store_true", help="as docs/benchmarks.md has it")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every run's figures")
    given = parser.parse_args()
    if unknown := set(given.names) - set(BENCHMARKS):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}; see --list")
    return given


if __name__ == "__main__":
    sys.exit(main())
