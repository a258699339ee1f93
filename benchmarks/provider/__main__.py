"""`python -m benchmarks.provider [--only NAME …] [--no-yardsticks] [--runs N] [--markdown]`."""

import argparse
import json
import math
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar, cast

from rich.console import Console
from rich.table import Table

from benchmarks import world as worlds
from benchmarks.provider import cancelling, ours, rows, side_by_side
from benchmarks.provider.cancelling import Cancelled
from benchmarks.provider.ours import Measured
from benchmarks.provider.rows import Row
from benchmarks.provider.scenario import Scenario
from benchmarks.provider.scenarios import SCENARIOS
from benchmarks.provider.yardsticks import Did, Kind
from benchmarks.world import World

T = TypeVar("T")
_BY_NAME: Mapping[str, Scenario] = {scenario.name: scenario for scenario in SCENARIOS}
_TO_START = 90.0


def main() -> int:
    """Run what was named, or all; 1 when an aim was missed."""
    given = _arguments()
    if given.list:
        for scenario in SCENARIOS:
            print(f"{scenario.name:18}{scenario.what}")
        return 0
    signal.signal(signal.SIGTERM, _end)
    done: list[Row] = []
    with suppress(KeyboardInterrupt):  # what was measured until then is worth showing
        _run([_BY_NAME[name] for name in given.only or _BY_NAME], given, done)
    (_show_markdown if given.markdown else _show)(done)
    if given.json:
        given.json.write_text(json.dumps(_finite([_plain(row) for row in done]), indent=1))
    return int(any(row.missed for row in done) or rows.announcing(done).worst > 1)


def _run(scenarios: Sequence[Scenario], given: argparse.Namespace, done: list[Row]) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="expenseflow-bench-") as folder,
        worlds.postgres(Path(folder) / "data") as server,
    ):
        world = World(server, Path(folder))
        for scenario in scenarios:
            print(f"{scenario.name} …", file=sys.stderr, flush=True)
            found = _One(world, scenario, Path(folder), given).rows()
            for row in found:
                print("   ", " | ".join(rows.cells(row)), file=sys.stderr, flush=True)
            done += found


class _One:
    """All runs of one scenario."""

    def __init__(
        self, world: World, scenario: Scenario, folder: Path, given: argparse.Namespace
    ) -> None:
        self._world = world
        self._scenario = scenario
        self._folder = folder / scenario.name
        self._given = given
        self._broken: list[str] = []

    def rows(self) -> list[Row]:
        """One for each part that is shown; cancels and yardsticks stand in the first of them."""
        measured: list[list[Measured]] = []
        cancels: list[Cancelled] = []
        yardsticks: list[dict[Kind, Did]] = []
        for at in range(self._given.runs):
            seed = self._given.seed + at
            seconds = self._measuring_seconds()
            measured += self._try("a run broke", partial(self._measure, seed), seconds)
            if self._scenario.can_cancel and not self._given.no_cancel:
                cancels += self._try("a cancel broke", partial(self._cancel, seed), _TO_START)
            if self._scenario.yardsticks and not self._given.no_yardsticks:
                yardsticks += self._try("yardsticks broke", partial(self._yardsticks, seed), 600)
        return self._shown(measured, cancels, yardsticks)

    def _shown(
        self,
        measured: Sequence[Sequence[Measured]],
        cancels: Sequence[Cancelled],
        yardsticks: Sequence[dict[Kind, Did]],
    ) -> list[Row]:
        parts = list(enumerate(self._scenario.parts))
        shown = [(at, part) for at, part in parts if part.shown]
        return [
            Row(
                self._scenario,
                part,
                [run[at] for run in measured],
                cancels if at == shown[0][0] else (),
                yardsticks if at == shown[0][0] else (),
                self._broken,
            )
            for at, part in shown
        ]

    def _measuring_seconds(self) -> float:
        times = [ours.patience(self._scenario, part) for part in self._scenario.parts]
        return sum(times) + _TO_START + self._scenario.provider.window

    def _measure(self, seed: int) -> list[Measured]:
        return ours.measure(self._world, self._scenario, self._folder, seed=seed)

    def _cancel(self, seed: int) -> Cancelled:
        return cancelling.cancel(self._world, self._scenario, self._folder, seed=seed)

    def _yardsticks(self, seed: int) -> dict[Kind, Did]:
        return side_by_side.measure(self._scenario, self._folder, seed=seed, cap=self._given.cap)

    def _try(self, or_else: str, doing: Callable[[], T], seconds: float) -> list[T]:
        """What it gives, or nothing when it breaks: one must not take the others with it."""
        before = signal.signal(signal.SIGALRM, _too_long)
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            return [doing()]
        except Exception:  # noqa: BLE001  # one must not take the others with it
            traceback.print_exc()
            self._broken.append(or_else)
            return []
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)


def _too_long(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError("took too long")


def _end(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(143)


# --- showing --------------------------------------------------------------------------------


def _show(done: Sequence[Row]) -> None:
    table = Table(*rows.HEAD)
    for row in done:
        table.add_row(*rows.cells(row))
    Console(width=230, highlight=False).print(table)
    _say_notes(done, "")


def _show_markdown(done: Sequence[Row]) -> None:
    for cells in [rows.HEAD, ["---"] * len(rows.HEAD), *map(rows.cells, done)]:
        print(f"| {' | '.join(cells)} |")
    print()
    _say_notes(done, "- ")


def _say_notes(done: Sequence[Row], before: str) -> None:
    for row in done:
        for words in rows.notes(row):
            print(f"{before}{words}")
    print(f"{before}{rows.announcing(done)}")


def _plain(row: Row) -> dict[str, Any]:
    return {
        "name": row.scenario.name,
        "part": row.part.who.value,
        "bound": row.scenario.bound,
        "missed": row.missed,
        "runs": [asdict(run) | {"calls": _timeline(run)} for run in row.runs],
        "cancels": [asdict(run) for run in row.cancels],
        "yardsticks": [
            {kind.name: asdict(did) for kind, did in run.items()} for run in row.yardsticks
        ],
    }


def _timeline(run: Measured) -> list[dict[str, Any]]:
    """When each call arrived and ended; enough to see what a report waited for."""
    return [
        {
            "at": call.at,
            "finished_at": call.finished_at,
            "lines": len(call.descriptions),
            "rejected": call.is_rejected,
        }
        for call in run.calls
    ]


def _finite(value: Any) -> Any:
    """What never ended is null: JSON knows no infinity."""
    match value:
        case dict():
            pairs = cast("dict[str, Any]", value)
            return {key: _finite(one) for key, one in pairs.items()}
        case list() | tuple():
            return [_finite(one) for one in cast("Sequence[Any]", value)]
        case float() if not math.isfinite(value):
            return None
        case _:
            return value


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.provider", description=__doc__)
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=_BY_NAME, help="see --list")
    parser.add_argument("--list", action="store_true", help="say which scenarios there are")
    parser.add_argument("--runs", type=int, default=1, help="of each (default 1)")
    parser.add_argument("--seed", type=int, default=1, help="of the first run (default 1)")
    parser.add_argument("--no-yardsticks", action="store_true", help="ours alone")
    parser.add_argument("--no-cancel", action="store_true", help="without the cancelled runs")
    parser.add_argument(
        "--cap", type=float, default=60, help="seconds for a yardstick (default 60)"
    )
    parser.add_argument("--markdown", action="store_true", help="as docs/benchmarks.md has it")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every run's figures")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
