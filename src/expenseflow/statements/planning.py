"""What an import does with each row of a file: ONE answer for the preview and the import; pure.

First the file and what is stored decide (`rules.decide`), then the person's choices.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from expenseflow.statements import rules
from expenseflow.statements.errors import DecisionDoesNotFit
from expenseflow.statements.parsing import ParsedRow, ParsedStatement
from expenseflow.statements.rules import Candidate, Decision, New, Repeated, Seen, Stored

Choice = Literal["import", "skip"]
Verdict = Literal["new", "duplicate", "payment"]
NO_CHOICES: Mapping[int, Choice] = {}

ALREADY_THERE = {
    "content": "Already there: the same account, day, amount and description.",
    "id": "Already there: the bank gave it the same id.",
    "before": "Already there: this very file was imported before.",
}
REPEATS = "Row {row} of this file has the same bank id."
PAYMENT = "A payment to the card; it never enters a report."
LEFT_OUT = "You chose to leave it out."
A_FURTHER_CREDIT = (
    "It looks like a payment to the card that is already there; you chose to import it as a credit."
)
A_FURTHER_ONE = "You chose to import it although it is already there, as a further one."
CHOSEN_BEFORE = "Already there: you chose to import this row of this very file before."
AS_A_CREDIT = "It looks like a payment to the card; you chose to import it as a credit."


@dataclass(frozen=True, slots=True)
class RowPlan:
    """What becomes of one row; exactly one of imported, payment, duplicate, skipped."""

    verdict: Verdict
    """What the file and the ledger say."""
    reason: str | None
    choice: Choice | None
    """What the person says; where it makes no difference, it is passed over."""
    transaction_id: UUID | None = None
    """The stored transaction that it shows again."""
    repeats: int | None = None
    """The index of the row that it repeats."""
    occurrence: int | None = None
    """Of a row that is stored: the how manieth with its content."""
    is_payment: bool = False
    adopt: str | None = None

    @property
    def is_stored(self) -> bool:
        return self.occurrence is not None

    @property
    def is_skipped(self) -> bool:
        return not self.is_stored and self.verdict != "duplicate"


@dataclass(frozen=True, slots=True)
class Before:
    """The transactions that the rows of this very file were when it was imported before."""

    plain: Mapping[int, UUID] = field(default_factory=dict[int, UUID])
    """By row, where nothing was chosen about it: so it counts when nothing is chosen again."""
    chosen: Mapping[int, UUID] = field(default_factory=dict[int, UUID])
    """By row, where `import` was said: the same choice again is the same, not one more."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger knows about a file: what its rows can be, and what they were."""

    stored: Sequence[Stored] = ()
    before: Before = field(default_factory=Before)


def plan(
    parsed: ParsedStatement,
    candidates: Sequence[Candidate],
    known: Known,
    choices: Mapping[int, Choice],
) -> list[RowPlan]:
    """For every row, in order, what an import does.

    `choices` are by row number. `import` on a duplicate stores it as a further transaction with
    the same content, on a payment as an ordinary credit; `skip` leaves out what would be stored.
    Raises DecisionDoesNotFit for a choice on a row that is rejected or not there.
    """
    _refuse_strangers(parsed, choices)
    before = _before(parsed, known.before, choices)
    decisions = rules.decide(candidates, known.stored, before)
    last: dict[str, int] = defaultdict(int)
    for one in known.stored:
        content = one.candidate.content_hash
        last[content] = max(last[content], one.occurrence)
    plans: list[RowPlan] = []
    for row, candidate, decision in zip(parsed.rows, candidates, decisions, strict=True):
        planned = _plan(row, decision, choices.get(row.row), known.before.chosen, parsed.rows)
        if planned.is_stored:  # numbered anew: rows that were skipped or brought in shift them
            last[candidate.content_hash] += 1
            planned = _numbered(planned, last[candidate.content_hash])
        plans.append(planned)
    return plans


def _before(
    parsed: ParsedStatement, known: Before, choices: Mapping[int, Choice]
) -> dict[int, UUID]:
    """By index, with what is chosen now."""
    if not known.plain and not known.chosen:
        return {}
    before: dict[int, UUID] = {}
    for index, row in enumerate(parsed.rows):
        was = known.chosen.get(row.row) if choices.get(row.row) == "import" else None
        if (id_ := was or known.plain.get(row.row)) is not None:
            before[index] = id_
    return before


def _refuse_strangers(parsed: ParsedStatement, choices: Mapping[int, Choice]) -> None:
    if not choices:
        return
    rejected = {one.row: one.reason for one in parsed.rejected}
    rows = {row.row for row in parsed.rows}
    for row in sorted(choices):
        if row in rejected:
            raise DecisionDoesNotFit(f"Row {row} cannot be imported: {rejected[row]}", row=row)
        if row not in rows:
            raise DecisionDoesNotFit(f"The file has no row {row} to decide about.", row=row)


def _plan(
    row: ParsedRow,
    decision: Decision,
    choice: Choice | None,
    chosen_before: Mapping[int, UUID],
    rows: Sequence[ParsedRow],
) -> RowPlan:
    if isinstance(decision, New):
        return _of_new(row, decision, choice)
    if choice != "import":
        return _of_duplicate(decision, rows)
    if (was := chosen_before.get(row.row)) is not None:
        return RowPlan("duplicate", CHOSEN_BEFORE, choice, was)
    words = A_FURTHER_CREDIT if row.is_payment else A_FURTHER_ONE
    return RowPlan("duplicate", words, choice, occurrence=1)


def _of_new(row: ParsedRow, decision: New, choice: Choice | None) -> RowPlan:
    verdict: Verdict = "payment" if row.is_payment else "new"
    if choice == "skip":
        return RowPlan(verdict, LEFT_OUT, choice)
    if not row.is_payment:
        return RowPlan(verdict, None, None, occurrence=decision.occurrence)
    if choice == "import":
        return RowPlan(verdict, AS_A_CREDIT, choice, occurrence=decision.occurrence)
    return RowPlan(verdict, PAYMENT, None, occurrence=decision.occurrence, is_payment=True)


def _of_duplicate(decision: Seen | Repeated, rows: Sequence[ParsedRow]) -> RowPlan:
    if isinstance(decision, Repeated):
        words = REPEATS.format(row=rows[decision.index].row)
        return RowPlan("duplicate", words, None, repeats=decision.index)
    words = ALREADY_THERE[decision.because]
    return RowPlan("duplicate", words, None, decision.transaction_id, adopt=decision.adopt)


def _numbered(planned: RowPlan, occurrence: int) -> RowPlan:
    if planned.occurrence == occurrence:
        return planned
    return RowPlan(
        planned.verdict,
        planned.reason,
        planned.choice,
        occurrence=occurrence,
        is_payment=planned.is_payment,
    )
