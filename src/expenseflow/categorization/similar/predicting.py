"""Guesses from a learned model, with numpy alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import exp, log1p
from typing import Final

import numpy as np
import numpy.typing as npt

from expenseflow.categorization.similar import counts, features
from expenseflow.categorization.similar.features import GROUPS, Line
from expenseflow.categorization.similar.model import Floats, SimilarModel

GUESSES: Final = 3
EVIDENCE: Final = 3 + 3 * len(counts.VIEWS)
_ENOUGH: Final = 10.0
"""More lines than this say no more; else confidence would grow with the mere age of the data."""
_SHARPNESS: Final = 2.0
"""How steeply the margins of second and third guesses turn into shares."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A likely account, and how often guesses like it were right."""

    gl_code: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """The likeliest accounts of a line, the likeliest first, and its likeliest department."""

    guesses: tuple[Guess, ...]
    department_code: str | None


class Predictor:
    """A model made ready for many lines; holds nothing that changes."""

    def __init__(self, model: SimilarModel) -> None:
        self.model = model
        self._columns = model.weights.shape[0]

    @property
    def sure_from(self) -> float:
        """A guess at least this sure needs no person."""
        return self.model.sure_from

    def predict(
        self,
        lines: Iterable[Line],
        *,
        accounts: frozenset[str] | None = None,
        departments: frozenset[str] | None = None,
    ) -> list[Prediction]:
        """What each line is likely to be; only accounts and departments of these are named."""
        allowed = [
            number
            for number, code in enumerate(self.model.accounts)
            if accounts is None or code in accounts
        ]
        return [self._predict(line, allowed, departments) for line in lines]

    def department_of(self, line: Line) -> str:
        """The usual department of the line's card, which is also a feature; empty: none yet."""
        return counts.commonest(self.model.department_counts.get(line.card)) or ""

    def margins(self, line: Line) -> Floats:
        """How much speaks for each account, in the order of the model's; above zero: for it."""
        found = np.array(self.model.biases, dtype=np.float32)
        hashed = features.hashed(line, self.department_of(line), self._columns)
        for (_, weight), group in zip(GROUPS, hashed, strict=True):
            columns = np.fromiter(group.keys(), dtype=np.int64, count=len(group))
            values = np.fromiter(group.values(), dtype=np.float32, count=len(group))
            values *= self.model.rarity[columns]
            length = float(np.sqrt((values * values).sum()))
            if length:
                steps = self.model.weights[columns].astype(np.float32)
                found += ((values * (weight / length)) @ steps) * self.model.steps
        return found

    def _predict(
        self, line: Line, allowed: Sequence[int], departments: frozenset[str] | None
    ) -> Prediction:
        department = self._department(line, departments)
        if not allowed:
            return Prediction((), department)
        margins = self.margins(line)
        best = sorted(allowed, key=lambda number: -margins[number])[:GUESSES]
        evidence_ = evidence(
            self.model.accounts[best[0]],
            [float(margins[number]) for number in best],
            counts_=self.model.account_counts,
            keys=counts.keys(line, self.department_of(line)),
        )
        sure = sureness(self.model.sureness, evidence_)
        shares = _shares([float(margins[number]) for number in best[1:]])
        # The machine's best guess stays the first, however little it is sure of itself.
        rest = accumulate(((1 - sure) * share for share in shares), min, initial=sure)
        confidences = list(rest)
        guesses = (
            Guess(self.model.accounts[number], confidence)
            for number, confidence in zip(best, confidences, strict=True)
        )
        return Prediction(tuple(guesses), department)

    def _department(self, line: Line, wanted: frozenset[str] | None) -> str | None:
        """What the card used with the merchant, else what it mostly uses."""
        for key in (f"{line.card}|{line.merchant_key}", line.card):
            found = self.model.department_counts.get(key, {})
            kept = {code: n for code, n in found.items() if wanted is None or code in wanted}
            if kept:
                return counts.commonest(kept)
        return None


def evidence(
    account: str,
    margins: Sequence[float],
    *,
    counts_: Mapping[str, counts.Table],
    keys: Sequence[str],
) -> npt.NDArray[np.float64]:
    """What tells whether a guess is right: margins, and how often the same was filed so before.

    `margins` are those of the best three accounts, the guess's own first; `keys` in the order of
    `counts.VIEWS`.
    """
    own = margins[0]
    second, third = (margins[n] if n < len(margins) else own - 2.0 for n in (1, 2))
    found = [own, own - second, own - third]
    for view, key in zip(counts.VIEWS, keys, strict=True):
        here = counts_[view].get(key, {})
        total = sum(here.values())
        share = (here.get(account, 0.0) + 0.5) / (total + 1) if total else 0.5
        weight = log1p(min(total, _ENOUGH))
        found += [weight, share, share * weight]
    return np.array(found, dtype=np.float64)


def sureness(coefficients: Floats, found: npt.NDArray[np.float64]) -> float:
    """How often guesses with this evidence are right: a logistic of the standardised evidence."""
    means, weights, scales, bias = np.split(
        coefficients.astype(np.float64), [EVIDENCE, 2 * EVIDENCE, 3 * EVIDENCE]
    )
    logit = float(((found - means) / scales) @ weights + bias[0])
    return 1 / (1 + exp(-max(-30.0, min(30.0, logit))))


def _shares(margins: Sequence[float]) -> list[float]:
    """How what the first guess leaves is split between the others, and all that come after."""
    weights = [exp(_SHARPNESS * max(-10.0, margin)) for margin in margins]
    rest = sum(weights) * 1.25 or 1.0
    return [weight / rest for weight in weights]
