"""Which row of a file is new and which is already there; pure.

The n-th identical row of a file is its own transaction, so two real coffees stay two and the same
file imported again adds none. The bank's own id, where there is one, wins over that; but some banks
number anew each month, or print a customer's number there, so an id counts within a few days only.
"""

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

_HASHED_DECIMALS = Decimal("0.0001")
_MAX_FILE_NAME = 255
# Control characters, and those that reorder what a person sees.
_UNSAFE_IN_NAME = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)

_SAME_BOOKING_DAYS = 5
"""The same id on the same amount so many days apart is one charge, first pending and then booked;
what comes back each week or month under one number is not."""

IdKey = tuple[str | None, str, Decimal, str]
"""Account, the bank's id, amount, currency."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What decides about one row of a file."""

    content_hash: str
    account: str | None
    external_id: str | None
    amount: Decimal
    currency: str
    posted_on: date

    @property
    def id_key(self) -> IdKey | None:
        if self.external_id is None:
            return None
        return (self.account, self.external_id, self.amount, self.currency)


@dataclass(frozen=True, slots=True)
class Stored:
    """A transaction that is already there and may be the same as a row."""

    id: UUID
    occurrence: int
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class New:
    """The row is a transaction of its own: the n-th with its content."""

    occurrence: int


@dataclass(frozen=True, slots=True)
class Seen:
    """The row shows a stored transaction again; `adopt` its bank id if that had none."""

    transaction_id: UUID
    adopt: str | None = None
    because: Literal["content", "id", "before"] = field(default="content", compare=False)
    """What says so, for the words about it: the same content, the bank's id, this very file."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """The row repeats an earlier row of the same file, whose index this is."""

    index: int


Decision = New | Seen | Repeated


@dataclass(slots=True)
class _Known:
    """What is stored, and what of it a row of this file has already been matched with."""

    by_content: dict[str, list[Stored]] = field(
        default_factory=lambda: defaultdict[str, list[Stored]](list)
    )
    by_id: dict[IdKey, list[Stored]] = field(
        default_factory=lambda: defaultdict[IdKey, list[Stored]](list)
    )
    last_occurrence: dict[str, int] = field(default_factory=dict[str, int])
    used: set[UUID] = field(default_factory=set[UUID])

    def next_occurrence(self, content_hash: str) -> int:
        number = self.last_occurrence.get(content_hash, 0) + 1
        self.last_occurrence[content_hash] = number
        return number

    def near(self, row: Candidate) -> dict[str, Stored]:
        """By content, those with the row's id that may be the same booking; of several it is none.

        Of equal contents the first.
        """
        key = row.id_key
        found: dict[str, Stored] = {}
        for one in self.by_id.get(key, ()) if key else ():
            if abs((one.candidate.posted_on - row.posted_on).days) <= _SAME_BOOKING_DAYS:
                found.setdefault(one.candidate.content_hash, one)
        return found

    def take(self, content_hash: str, *, without_id: bool) -> Stored | None:
        """The first stored transaction of this content that no row has been matched with."""
        for stored in self.by_content.get(content_hash, ()):
            if stored.id not in self.used and not (without_id and stored.candidate.external_id):
                self.used.add(stored.id)
                return stored
        return None


NOT_BEFORE: Mapping[int, UUID] = {}


def decide(
    rows: Sequence[Candidate],
    stored: Iterable[Stored],
    before: Mapping[int, UUID] = NOT_BEFORE,
) -> list[Decision]:
    """For every row of a file, in order, whether it is new.

    `before` are the rows (by index) that this very file showed when it was imported before, with
    their transactions: of equal rows some may have been left out then. Those are settled first,
    next the rows that the bank's id names, so that no other row takes their transaction.
    """
    known = _known(stored)
    known.used.update(before.values())
    rows = _without_shared_ids(rows)
    decisions: dict[int, Decision] = {
        index: Seen(id_, because="before") for index, id_ in before.items()
    }
    first_with_id: dict[IdKey, int] = {}
    for index, row in enumerate(rows):
        if (key := row.id_key) is not None:
            decided = _by_id(row, key, known, first_with_id)
            first_with_id.setdefault(key, index)
            if decided is not None:
                decisions.setdefault(index, decided)
            elif len(known.near(row)) > 1:
                rows[index] = _without_id(row)
    for index, row in enumerate(rows):
        if index not in decisions:
            decisions[index] = _by_content(row, known)
    return [decisions[index] for index in range(len(rows))]


def _known(stored: Iterable[Stored]) -> _Known:
    known = _Known()
    for one in sorted(stored, key=lambda one: one.occurrence):
        content = one.candidate.content_hash
        known.by_content[content].append(one)
        known.last_occurrence[content] = one.occurrence
        if (key := one.candidate.id_key) is not None:
            known.by_id[key].append(one)
    return known


def _by_id(
    row: Candidate, key: IdKey, known: _Known, first_with_id: dict[IdKey, int]
) -> Decision | None:
    if key in first_with_id:
        return Repeated(first_with_id[key])
    near = known.near(row)
    found = near.get(row.content_hash) or (next(iter(near.values())) if len(near) == 1 else None)
    if found is None:
        return None
    known.used.add(found.id)
    return Seen(found.id, because="id")


def _by_content(row: Candidate, known: _Known) -> Decision:
    found = known.take(row.content_hash, without_id=row.external_id is not None)
    if found is None:
        return New(known.next_occurrence(row.content_hash))
    return Seen(found.id, adopt=row.external_id)


def _without_shared_ids(rows: Sequence[Candidate]) -> list[Candidate]:
    """An id that stands beside different contents of one amount is no id; some banks write 0."""
    contents: dict[IdKey, set[str]] = defaultdict(set)
    for row in rows:
        if (key := row.id_key) is not None:
            contents[key].add(row.content_hash)
    return [
        row if (key := row.id_key) is None or len(contents[key]) == 1 else _without_id(row)
        for row in rows
    ]


def _without_id(row: Candidate) -> Candidate:
    return replace(row, external_id=None)


def content_hash(
    *, account: str | None, posted_on: date, amount: Decimal, currency: str, description: str
) -> str:
    """What makes two rows identical; white space and case of the description do not."""
    words = " ".join(unicodedata.normalize("NFC", description).casefold().split())
    parts = (account or "", posted_on.isoformat(), str(amount.quantize(_HASHED_DECIMALS)))
    return hashlib.sha256("\x1f".join((*parts, currency, words)).encode()).hexdigest()


def safe_file_name(name: str) -> str:
    """The last part of the name, without what could mislead whoever reads it."""
    bare = _UNSAFE_IN_NAME.sub("", unicodedata.normalize("NFC", name))
    bare = bare.replace("\\", "/").rsplit("/", 1)[-1].strip()
    if len(bare) > _MAX_FILE_NAME:
        stem, dot, ending = bare.rpartition(".")
        ending = dot + ending if stem and len(ending) <= 10 else ""  # noqa: PLR2004  # .csv, .numbers
        bare = bare[: _MAX_FILE_NAME - len(ending)] + ending
    return bare if bare.strip(".") else "statement"
