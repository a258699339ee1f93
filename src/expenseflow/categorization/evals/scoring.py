"""How good settlements are against the labels."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from expenseflow.categorization.evals.dataset import Labelled
from expenseflow.categorization.outcomes import Settlement

_BINS: Final = 10
_LIKELIEST: Final = 3


@dataclass(frozen=True, slots=True)
class Score:
    """Shares between 0 and 1."""

    lines: int
    top1: float
    top3: float
    settled_share: float
    """Of the lines that need no person."""
    settled_precision: float
    """How many of those carry the right account."""
    ece: float
    """Expected calibration error in ten equal bins (Naeini et al. 2015)."""
    department_top1: float
    touched: float
    """Of the lines that a person must touch: flagged, or with a wrong account or department."""


def score(labels: Sequence[Labelled], settled: Sequence[Settlement]) -> Score:
    """Settlements against the labels of the same lines."""
    pairs = list(zip(labels, settled, strict=True))
    sure = [pair for pair in pairs if not pair[1].needs_review]
    return Score(
        lines=len(pairs),
        top1=_share(pairs, _is_right),
        top3=_share(pairs, lambda label, found: label.account in _best(found)),
        settled_share=len(sure) / len(pairs) if pairs else 0.0,
        settled_precision=_share(sure, _is_right),
        ece=calibration_error(
            [(_confidence(found), _is_right(label, found)) for label, found in pairs]
        ),
        department_top1=_share(pairs, _right_department),
        touched=_share(
            pairs,
            lambda label, found: (
                found.needs_review
                or not _is_right(label, found)
                or not _right_department(label, found)
            ),
        ),
    )


def calibration_error(outcomes: Sequence[tuple[float, bool]]) -> float:
    """How far confidences are from how often they are right, on average."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    for confidence, right in outcomes:
        bins[min(int(confidence * _BINS), _BINS - 1)].append((confidence, right))
    return sum(
        abs(sum(confidence for confidence, _ in one) - sum(right for _, right in one))
        for one in bins
    ) / max(1, len(outcomes))


def _share(
    pairs: Sequence[tuple[Labelled, Settlement]], holds: Callable[[Labelled, Settlement], bool]
) -> float:
    return sum(holds(label, found) for label, found in pairs) / len(pairs) if pairs else 0.0


def _best(found: Settlement) -> Iterable[str]:
    """The accounts a person is offered first."""
    chosen = [found.gl_code] if found.gl_code is not None else []
    offered = [*chosen, *(one.gl_code for one in found.suggestions)]
    return list(dict.fromkeys(offered))[:_LIKELIEST]


def _is_right(label: Labelled, found: Settlement) -> bool:
    return next(iter(_best(found)), None) == label.account


def _right_department(label: Labelled, found: Settlement) -> bool:
    suggested = found.suggestions[0].department_code if found.suggestions else None
    return (found.department_code or suggested) == label.department


def _confidence(found: Settlement) -> float:
    if found.confidence is not None:
        return float(found.confidence)
    return float(found.suggestions[0].confidence) if found.suggestions else 0.0
