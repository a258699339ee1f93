"""What was learned: arrays and counts, and how they are stored. Never a pickle.

One `.npz` (zip of plain arrays) with a format number of its own; another number is refused.
"""

import io
import json
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

FORMAT: Final = 2
MAX_BYTES: Final = 10_000_000

Floats = npt.NDArray[np.float32]


class UnreadableModel(Exception):
    """The bytes are not a model of this version."""


@dataclass(frozen=True, slots=True)
class SimilarModel:
    """A linear model over hashed terms, and what tells how sure it may be."""

    accounts: tuple[str, ...]
    weights: npt.NDArray[np.int8]
    """(columns, accounts), in steps of `steps`."""
    steps: Floats
    """(accounts): the value of one step of a weight."""
    biases: Floats
    """(accounts)."""
    rarity: Floats
    """(columns): the weight of a term by how rare it is."""
    sureness: Floats
    """Coefficients of `predicting.evidence`, its means and deviations first, the bias last."""
    account_counts: dict[str, dict[str, dict[str, float]]]
    department_counts: dict[str, dict[str, float]]
    sure_from: float
    """A guess at least this sure needs no person: on held-out lines enough of them were right."""
    lines: int
    """How many lines it was trained on."""

    def to_bytes(self) -> bytes:
        """As it is stored."""
        head = {
            "format": FORMAT,
            "accounts": self.accounts,
            "account_counts": self.account_counts,
            "department_counts": self.department_counts,
            "sure_from": self.sure_from,
            "lines": self.lines,
        }
        text = np.frombuffer(json.dumps(head).encode(), dtype=np.uint8)
        file = io.BytesIO()
        np.savez_compressed(
            file,
            head=text,
            weights=self.weights,
            steps=self.steps,
            biases=self.biases,
            rarity=self.rarity,
            sureness=self.sureness,
        )
        return file.getvalue()


def from_bytes(content: bytes) -> SimilarModel:
    """A stored model; raises UnreadableModel for anything else, or another format."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            head: dict[str, Any] = json.loads(arrays["head"].tobytes())
            found = {name: arrays[name] for name in _ARRAYS if head["format"] == FORMAT}
        model = _model(head, found) if found else None
    except Exception as error:  # damaged archives fail in a dozen ways, and each is the same to us
        raise UnreadableModel("These bytes are no stored model.") from error
    if model is None:
        raise UnreadableModel(f"It has format {head['format']}, not {FORMAT}.")
    _check(model)
    return model


_ARRAYS: Final = ("weights", "steps", "biases", "rarity", "sureness")


def _model(head: dict[str, Any], arrays: dict[str, Any]) -> SimilarModel:
    return SimilarModel(
        accounts=tuple(head["accounts"]),
        account_counts=head["account_counts"],
        department_counts=head["department_counts"],
        sure_from=float(head["sure_from"]),
        lines=int(head["lines"]),
        **arrays,
    )


def _check(model: SimilarModel) -> None:
    """A model whose parts do not fit together would fail, or be sure, in every job."""
    columns, accounts = len(model.rarity), len(model.accounts)
    fits = (
        model.weights.shape == (columns, accounts)
        and model.weights.dtype == np.int8
        and model.steps.shape == model.biases.shape == (accounts,)
        and model.rarity.ndim == model.sureness.ndim == 1
    )
    numbers = (model.steps, model.biases, model.rarity, model.sureness)
    if not fits or not all(np.isfinite(each).all() for each in numbers):
        raise UnreadableModel("The parts of this model do not fit together.")
