"""`python -m expenseflow.categorization.evals FOLDER`: words, then JSON, one line a file."""

import json
import sys
import time
from pathlib import Path

from expenseflow.categorization.evals import baselines, dataset, learning_curve, replay, scoring
from expenseflow.categorization.evals.dataset import Dataset
from expenseflow.categorization.evals.scoring import Score

WRONG_USE = 2
_FOLDER = 2


def main(arguments: list[str]) -> int:
    """Evaluate on every file of the folder; the exit code."""
    if len(arguments) != _FOLDER:
        sys.stderr.write("usage: python -m expenseflow.categorization.evals FOLDER\n")
        return WRONG_USE
    try:
        files = dataset.load(Path(arguments[1]))
    except (dataset.UnknownShape, OSError, UnicodeDecodeError) as problem:
        sys.stderr.write(f"eval: {problem}\n")
        return WRONG_USE
    results = [_evaluate(file) for file in files]
    for result in results:
        print(json.dumps(result))  # noqa: T201  # this is a command
    return 0


def _evaluate(file: Dataset) -> dict[str, object]:
    early, late = file.split()
    _say(f"\n{file.name}: learns from {len(early):,} lines, asked about {len(late):,}")
    for name, share in baselines.baselines(early, late).items():
        _say(f"  {name:<45} {share:7.1%}")
    started = time.perf_counter()
    predictor = replay.learned(early)
    train_seconds = time.perf_counter() - started
    known = replay.past(early)
    started = time.perf_counter()
    settled = replay.settle(late, known, predictor)
    seconds = time.perf_counter() - started
    score = scoring.score(late, settled)
    _say(f"  {'the tiers of a job, without an AI service':<45} {score.top1:7.1%}")
    _say("  month by month, everything corrected each month:")
    for number, month in enumerate(learning_curve.learning_curve(file.lines), start=1):
        _say(f"    month {number}: {_month(month)}")
    return {
        "file": file.name,
        "lines": score.lines,
        "top1": round(score.top1, 4),
        "top3": round(score.top3, 4),
        "settledShare": round(score.settled_share, 4),
        "settledPrecision": round(score.settled_precision, 4),
        "ece": round(score.ece, 4),
        "departmentTop1": round(score.department_top1, 4),
        "trainSeconds": round(train_seconds, 2),
        "msPerLine": round(seconds / score.lines * 1000, 3),
    }


def _month(score: Score) -> str:
    touched = round(score.touched * score.lines)
    flagged = round((1 - score.settled_share) * score.lines)
    return (
        f"{touched:,} of {score.lines:,} lines to touch ({score.touched:.1%}), {flagged:,} flagged"
    )


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  # same


if __name__ == "__main__":
    sys.exit(main(sys.argv))
