"""What was learned: arrays and counts, and how they are stored. Never a pickle.

One `.npz` (zip of plain arrays) with a format number of its own; another number is refused.
"""

import io
import json
from dataclasses import dataclass
from typing import Any, Final
from zipfile import BadZipFile

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
            if head["format"] != FORMAT:
                raise UnreadableModel(f"It has format {head['format']}, not {FORMAT}.")
            return SimilarModel(
                accounts=tuple(head["accounts"]),
                weights=arrays["weights"],
                steps=arrays["steps"],
                biases=arrays["biases"],
                rarity=arrays["rarity"],
                sureness=arrays["sureness"],
                account_counts=head["account_counts"],
                department_counts=head["department_counts"],
                sure_from=head["sure_from"],
                lines=head["lines"],
            )
    except (ValueError, KeyError, TypeError, OSError, EOFError, BadZipFile) as error:
        raise UnreadableModel("These bytes are no stored model.") from error
