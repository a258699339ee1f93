"""`python -m benchmarks.dialects [FOLDER]`: which statements come out right, row by row.

Files of our own stand in `tests/golden/statements`, each with its rows written out by hand. Real
files of banks belong to others: only their rows are written out, in `tests/golden/real_statements`,
and FOLDER holds the files themselves. 1 when a row is wrong.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from expenseflow.statements import parsing
from expenseflow.statements.errors import UnreadableStatement
from expenseflow.statements.parsing import ParsedRow

_GOLDEN = Path(__file__).parents[1] / "tests" / "golden"
_SHAPE = "# shape: "
_PLACES = (0, 1, 2, 3, 4)
"""Row, day, amount, currency and account."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many rows of a file come out to the cent and the day, or are refused for that reason."""

    shape: str
    right: int
    rows: int
    wrong: Sequence[str]

    @property
    def share(self) -> str:
        return f"{self.right} / {self.rows}"


def main() -> int:
    """Print the table, and what is wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dialects", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="with the real files")
    folder: Path | None = parser.parse_args().folder
    own = {one.shape: one for one in outcomes(_GOLDEN / "statements", _GOLDEN / "statements")}
    real = (
        {one.shape: one for one in outcomes(_GOLDEN / "real_statements", folder)} if folder else {}
    )
    print("| shape | real file | file of our own in its published shape |\n|---|---|---|")
    for shape in sorted(own | real, key=str.casefold):
        shown = [found[shape].share if shape in found else "" for found in (real, own)]
        print(f"| {shape} | {' | '.join(shown)} |")
    wrong = [line for one in (*real.values(), *own.values()) for line in one.wrong]
    print(*wrong, sep="\n", file=sys.stderr)
    return int(bool(wrong))


def outcomes(expected: Path, files: Path) -> Iterator[Outcome]:
    """Every file that has its rows written out."""
    for path in sorted(expected.glob("*.expected")):
        yield outcome(path, (files / path.name.removesuffix(".expected")).read_bytes())


def outcome(expected: Path, content: bytes) -> Outcome:
    """One file; a row that came out and is not expected counts as a wrong one."""
    lines = expected.read_text(encoding="utf-8").splitlines()
    shape = next(line for line in lines if line.startswith(_SHAPE)).removeprefix(_SHAPE)
    wanted = {_short(line) for line in lines if not line.startswith("#")}
    found = set(_read(content))
    wrong = [f"{expected.name}: expected {line}" for line in sorted(wanted - found)]
    wrong += [f"{expected.name}: came out {line}" for line in sorted(found - wanted)]
    right = len(wanted & found)
    return Outcome(shape, right, max(len(wanted), right + len(found - wanted)), wrong)


def _short(line: str) -> str:
    if " ! " in line:
        return line
    cells = line.split(" | ")
    return " | ".join(cells[place] for place in _PLACES)


def _read(content: bytes) -> Iterator[str]:
    try:
        parsed = parsing.parse(content)
    except UnreadableStatement as error:
        yield f"refused: {error}"
        return
    yield from map(_written, parsed.rows)
    yield from (f"{one.row} ! {one.reason}" for one in parsed.rejected)


def _written(row: ParsedRow) -> str:
    said = (row.currency or "-", row.account or "-")
    return " | ".join((str(row.row), row.posted_on.isoformat(), str(row.amount), *said))


if __name__ == "__main__":
    sys.exit(main())
