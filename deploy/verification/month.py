"""A made-up month: charges at merchants that do not exist, in a month in which nothing stands."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_EDGE = uuid.uuid4().hex
PERIODS = [f"{year}-{month:02}" for year in range(1990, 2000) for month in range(1, 13)]


def _word(letters: int) -> str:
    return "".join(random.choices(_LETTERS, k=letters))  # noqa: S311  # a name, no secret


@dataclass(frozen=True)
class Month:
    """One statement of one run; nobody else's has its name."""

    period: str
    lines: int
    mark: str = field(default_factory=lambda: f"QX{_word(6)}")
    """Stands in every description of this run."""

    @property
    def file_name(self) -> str:
        return f"expenseflow-verify-{self.mark}.csv"

    def form(self) -> tuple[str, bytes]:
        """Content type and body of its upload."""
        file = f'Content-Disposition: form-data; name="file"; filename="{self.file_name}"'
        parts = [
            f"{file}\r\nContent-Type: text/csv\r\n\r\n{self._csv()}\r\n",
            'Content-Disposition: form-data; name="account"\r\n\r\nVerification\r\n',
        ]
        body = "".join(f"--{_EDGE}\r\n{part}" for part in parts) + f"--{_EDGE}--\r\n"
        return f"multipart/form-data; boundary={_EDGE}", body.encode()

    def _csv(self) -> str:
        rows = (
            f"{self.period}-{1 + at % 28:02},{self.mark} {_word(2)}{_counted(at)} HOLDINGS,"
            f"-{random.randint(100, 30_000) / 100:.2f}"  # noqa: S311  # no secret
            for at in range(self.lines)
        )
        return "\n".join(["Date,Description,Amount", *rows, ""])


def _counted(number: int) -> str:
    """A number in letters: digits in a name may count as those of a receipt."""
    return "".join(_LETTERS[number // 26**place % 26] for place in (2, 1, 0))
