"""Learning from lines a person stands behind. Imports scikit-learn: for the subprocess only.

A linear support vector machine over the hashed terms (one against the rest, as in LIBLINEAR,
Fan et al. 2008). How sure a guess may be is learned on the latest part of the lines, which the
first of two trainings does not see; the second training sees all.
"""

from array import array
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from expenseflow.categorization.similar import counts, features
from expenseflow.categorization.similar.features import AT_LEAST, AT_MOST, GROUPS, Example
from expenseflow.categorization.similar.model import SimilarModel
from expenseflow.categorization.similar.predicting import EVIDENCE, Predictor, evidence, sureness

PRECISION: Final = 0.94
"""Of the held-out lines settled without a person, so many are right; of next month's, which hold
merchants nobody has seen, some fewer will be (docs/evaluation.md)."""
HELD_OUT: Final = 0.3
_ASKED: Final = 5000
"""More held-out lines than this say nothing new about how sure a guess may be."""
_STEPS: Final = 127
_MOST_WEIGHTS: Final = 6_000_000
REGULARITY: Final = 0.2
NEAR_ENOUGH: Final = 0.1
"""Where the search for the best weights ends; nearer takes longer and guesses no better."""


class TooLittleToLearn(Exception):
    """Too few lines, or all of one account."""


def train(examples: Sequence[Example], *, precision: float = PRECISION) -> SimilarModel:
    """A model of these lines; the same lines in the same order give the same model.

    Raises TooLittleToLearn.
    """
    learned = sorted(examples, key=lambda example: example.month)[-AT_MOST:]
    if len(learned) < AT_LEAST or len({example.gl_code for example in learned}) < 2:  # noqa: PLR2004  # one account needs no model
        raise TooLittleToLearn(f"{len(learned)} lines are too few to learn from.")
    early, late = held_out(learned)
    asked = late[:: 1 + len(late) // _ASKED]
    sureness, sure_from = _calibrate(_fit(early), asked, precision)
    return replace(_fit(learned), sureness=sureness, sure_from=sure_from)


def held_out(ordered: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """The earlier lines, and the latest month or, where all are of one, the last part of it."""
    latest = ordered[-1].month
    early = [example for example in ordered if example.month < latest]
    late = [example for example in ordered if example.month == latest]
    enough = len({example.gl_code for example in early}) > 1
    if not enough or len(early) < AT_LEAST // 2 or len(late) < AT_LEAST // 4:
        cut = int(len(ordered) * (1 - HELD_OUT))
        early, late = list(ordered[:cut]), list(ordered[cut:])
    if len({example.gl_code for example in early}) < 2:  # noqa: PLR2004  # as above
        return list(ordered), list(ordered)
    return early, late


def _fit(examples: Sequence[Example]) -> SimilarModel:
    """A model whose guesses are sure of nothing yet."""
    used = counts.departments(examples)
    departments = [counts.commonest(used.get(one.line.card)) or "" for one in examples]
    accounts = tuple(sorted({example.gl_code for example in examples}))
    columns = _columns(len(accounts))
    matrix, rarity = _matrix(examples, departments, columns)
    machine: Any = LinearSVC(C=REGULARITY, tol=NEAR_ENOUGH, random_state=0)
    machine.fit(matrix, [example.gl_code for example in examples])
    weights, biases = _both_sides(np.asarray(machine.coef_), np.asarray(machine.intercept_))
    steps = np.maximum(np.abs(weights).max(axis=1), 1e-9) / _STEPS
    return SimilarModel(
        accounts=accounts,
        weights=np.ascontiguousarray(np.rint(weights / steps[:, None]).astype(np.int8).T),
        steps=steps.astype(np.float32),
        biases=biases.astype(np.float32),
        rarity=rarity,
        sureness=_unsure(),
        account_counts=counts.accounts(zip(examples, departments, strict=True)),
        department_counts=used,
        sure_from=1.0,
        lines=len(examples),
    )


def _columns(accounts: int) -> int:
    """As many columns as the stored model has room for, a power of two."""
    columns = 1 << 17
    while columns * accounts > _MOST_WEIGHTS and columns > 1 << 12:
        columns >>= 1
    return columns


def _both_sides(
    weights: npt.NDArray[np.float64], biases: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Of two accounts the machine learns one against the other, and says it once."""
    if len(biases) > 1:
        return weights, biases
    return np.vstack([-weights, weights]), np.concatenate([-biases, biases])


def _matrix(
    examples: Sequence[Example], departments: Sequence[str], columns: int
) -> tuple[Any, npt.NDArray[np.float32]]:
    """The lines as rows of terms, and the weight of each column (smoothed inverse frequency)."""
    found, counted, ends = array("i"), array("f"), array("q")
    for example, department in zip(examples, departments, strict=True):
        for group in features.hashed(example.line, department, columns):
            found.extend(group.keys())
            counted.extend(group.values())
            ends.append(len(found))
    indices = np.frombuffer(found, dtype=np.int32)
    seen = np.bincount(indices, minlength=columns)
    rarity = (np.log((1 + len(examples)) / (1 + seen)) + 1).astype(np.float32)
    values = np.frombuffer(counted, dtype=np.float32) * rarity[indices]
    values *= _lengths(values, np.frombuffer(ends, dtype=np.int64))
    starts = np.concatenate(
        [[0], np.frombuffer(ends, dtype=np.int64)[len(GROUPS) - 1 :: len(GROUPS)]]
    )
    rows = csr_matrix((values, indices, starts), shape=(len(examples), columns))
    rows.sum_duplicates()
    return rows, rarity


def _lengths(
    values: npt.NDArray[np.float32], ends: npt.NDArray[np.int64]
) -> npt.NDArray[np.float32]:
    """For each value what brings its group to the group's weight; `ends` are those of groups."""
    starts = np.concatenate([[0], ends[:-1]])
    squares = np.add.reduceat(np.append(values * values, 0.0), starts)
    squares[starts == ends] = 1.0
    weights = np.tile([weight for _, weight in GROUPS], len(ends) // len(GROUPS))
    return np.repeat(weights / np.sqrt(squares), ends - starts).astype(np.float32)


# --- how sure a guess may be ----------------------------------------------------------------


def _unsure() -> npt.NDArray[np.float32]:
    """Before anything is known of it, every guess is as likely right as wrong."""
    zeros, ones = np.zeros(EVIDENCE), np.ones(EVIDENCE)
    return np.concatenate([zeros, zeros, ones, [0.0]]).astype(np.float32)


def _calibrate(
    model: SimilarModel, late: Sequence[Example], precision: float
) -> tuple[npt.NDArray[np.float32], float]:
    """The coefficients of how sure a guess is, and from where on enough guesses are right."""
    rows, hits = _outcomes(model, late, place=0)
    learned, told = rows, hits
    if hits.all() or not hits.any():
        # Nothing tells right from wrong: the second guesses do.
        others, right = _outcomes(model, late, place=1)
        learned, told = np.vstack([rows, others]), np.concatenate([hits, right])
    means, scales = learned.mean(axis=0), np.maximum(learned.std(axis=0), 1e-6)
    if told.any() and not told.all():
        fitted: Any = LogisticRegression(C=0.3, max_iter=2000)
        fitted.fit((learned - means) / scales, told)
        weights, bias = np.asarray(fitted.coef_)[0], float(np.asarray(fitted.intercept_)[0])
    else:
        weights, bias = np.zeros(EVIDENCE), -3.0
    coefficients = np.concatenate([means, weights, scales, [bias]]).astype(np.float32)
    sure = np.array([sureness(coefficients, row) for row in rows])
    return coefficients, _sure_from(sure, hits, precision)


def _outcomes(
    model: SimilarModel, lines: Sequence[Example], *, place: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """The evidence for the best guess of each line (or the one in another place), and the truth."""
    predictor = Predictor(model)
    found: list[npt.NDArray[np.float64]] = []
    right: list[bool] = []
    for example in lines:
        margins = predictor.margins(example.line)
        best = [int(number) for number in np.argsort(-margins, kind="stable")[:3]]
        best = [best[place], *(number for number in best if number != best[place])]
        keys = counts.keys(example.line, predictor.department_of(example.line))
        found.append(
            evidence(
                model.accounts[best[0]],
                [float(margins[number]) for number in best],
                counts_=model.account_counts,
                keys=keys,
            )
        )
        right.append(model.accounts[best[0]] == example.gl_code)
    return np.array(found), np.array(right)


def _sure_from(
    sure: npt.NDArray[np.float64], hits: npt.NDArray[np.bool_], precision: float
) -> float:
    """The least confidence such that of all guesses at least as sure enough were right."""
    order = np.argsort(-sure, kind="stable")
    share = np.cumsum(hits[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(share >= precision)
    return float(sure[order][enough[-1]]) if len(enough) else 1.0
