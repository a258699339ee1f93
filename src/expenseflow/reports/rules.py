"""What a report and its lines may become; pure decisions.

    Draft ──submit──► Submitted ──reopen──► Draft          delete: drafts only

A line belongs to the jobs until the person edits or accepts it; from then on
(`edited_by_user`) no job changes it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum
from typing import Literal, NamedTuple
from uuid import UUID

from expenseflow.categorization.outcomes import Suggestion, Tier
from expenseflow.reports import errors


class Status(IntEnum):
    """As stored."""

    DRAFT = 0
    SUBMITTED = 1


@dataclass(frozen=True, slots=True)
class SettledLine:
    """What the tiers decided for one transaction."""

    transaction_id: UUID
    tier: Tier
    gl_code: str | None = None
    department_code: str | None = None
    vendor: str | None = None
    description: str | None = None
    """None keeps the transaction's own description."""
    confidence: Decimal | None = None
    needs_review: bool = False
    review_reason: str | None = None
    explanation: str | None = None
    suggestions: tuple[Suggestion, ...] = ()


SETTLED_FIELDS = (
    "description",
    "vendor",
    "gl_code",
    "department_code",
    "tier",
    "confidence",
    "needs_review",
    "review_reason",
    "explanation",
    "suggestions",
)
"""What a job may set on a line that is not the person's; a line's version rises only when one
of these really changes. A person's note is never a job's."""

NO_REASON = "Please check this line"
"""For a flagged line whose tier gave no reason: a flag always says why."""
REVIEW_ASKED = "You marked this line for review"
NO_ACCOUNT = "No account is set"

SUGGESTIONS = 3

Content = Literal["gl_code", "department_code", "description", "vendor", "note"]
CODES: frozenset[Content] = frozenset({"gl_code", "department_code"})


@dataclass(frozen=True, slots=True)
class Change:
    """What the person sent for one line: only the members that were there."""

    values: Mapping[Content, str | None] = field(default_factory=dict[Content, str | None])
    needs_review: bool | None = None
    """False accepts, True asks for another look, None says nothing about it."""

    @property
    def is_empty(self) -> bool:
        return not self.values and self.needs_review is None


class Codes(NamedTuple):
    """Where a line is booked."""

    gl_code: str | None
    department_code: str | None


@dataclass(frozen=True, slots=True)
class Review:
    """Whether somebody must look at a line, why, and whose line it is.

    A reason kept on a line that needs no review is what an accept has set aside: undoing the
    accept brings it back and hands the line to the jobs again.
    """

    needs_review: bool
    reason: str | None
    edited_by_user: bool


def must_be_draft(status: int) -> None:
    """A submitted report refuses every change."""
    if status != Status.DRAFT:
        raise errors.ReportIsSubmitted


def must_be_submitted(status: int) -> None:
    """Only a submitted report can be reopened."""
    if status != Status.SUBMITTED:
        raise errors.ReportIsDraft


def must_be_complete(*, lines: int, needs_review: int, accept_unreviewed: bool) -> None:
    """A report is submitted with at least one line, and flagged ones only on purpose."""
    if not lines:
        raise errors.ReportIsEmpty
    if needs_review and not accept_unreviewed:
        count = "1 line still needs" if needs_review == 1 else f"{needs_review} lines still need"
        raise errors.LinesNeedReview(
            f"{count} review; accept or correct them, or submit with acceptUnreviewed",
            needs_review_count=needs_review,
        )


def after(before: Review, change: Change, *, gl_code: str | None) -> Review:
    """The review state after a change; `gl_code` is the account once it is applied.

    Setting a code answers the flag. Other text leaves it as it is: a note on a doubtful
    line is no verdict on its account.
    """
    if change.is_empty:
        return before
    if change.needs_review is True:
        return _asked_again(before, change)
    if change.needs_review is False:
        return _accepted(before, change)
    if not CODES & change.values.keys():
        reason = before.reason if before.needs_review else None
        return Review(needs_review=before.needs_review, reason=reason, edited_by_user=True)
    if gl_code is None:
        return Review(needs_review=True, reason=NO_ACCOUNT, edited_by_user=True)
    return Review(needs_review=False, reason=None, edited_by_user=True)


def _accepted(before: Review, change: Change) -> Review:
    already_accepted = before.edited_by_user and not before.needs_review
    untouched = not change.values and (already_accepted or not before.edited_by_user)
    return Review(
        needs_review=False, reason=before.reason if untouched else None, edited_by_user=True
    )


def _asked_again(before: Review, change: Change) -> Review:
    if before.needs_review and not change.values:
        return before
    undoes_accept = before.reason is not None and not before.needs_review and not change.values
    return Review(
        needs_review=True,
        reason=before.reason or REVIEW_ASKED,
        edited_by_user=not undoes_accept,
    )


def teaches(change: Change, *, gl_code: str | None, needs_review: bool) -> bool:
    """Whether memory learns from the change: the person stands behind the line's account.

    Nobody stands behind a line that is still flagged once it is changed, and a note is about the
    day, not about the account.
    """
    says_something = change.needs_review is False or bool(change.values.keys() - {"note"})
    return says_something and gl_code is not None and not needs_review


def unteaches(change: Change, *, gl_code: str | None) -> bool:
    """Whether memory forgets the line: doubted again, or its account taken away."""
    return change.needs_review is True or ("gl_code" in change.values and gl_code is None)


# --- in words, and what else was likely -----------------------------------------------------

_YOU_CHOSE = "You chose account "
_YOURS = " is your choice"
_WHY_AT_MOST = 400


def explained(before: Codes, after: Codes, told: str | None) -> str | None:
    """Where the codes come from, once a person changed one; what a tier said of it is then over.

    A tier's words stay for the account while only the department is the person's.
    """
    if after == before:
        return told
    words, _, last = (told or "").rpartition("; ")
    own_department = last.endswith(_YOURS)
    why = words if own_department else told or ""
    if after.gl_code != before.gl_code:
        chose = f"{_YOU_CHOSE}{after.gl_code}"
        why = "You took the account away" if after.gl_code is None else chose
    parts = [why[:_WHY_AT_MOST]] if why else []
    if own_department or after.department_code != before.department_code:
        code = after.department_code
        parts.append(("no department" if code is None else f"department {code}") + _YOURS)
    said = "; ".join(parts)
    return said[:1].upper() + said[1:]


def chosen_by_person(explanation: str | None) -> bool:
    """Whether the codes of a line with this explanation are the person's and no tier's."""
    told = explanation or ""
    return told.startswith(_YOU_CHOSE) or told.endswith(_YOURS)


def likeliest(chosen: Suggestion | None, others: Iterable[Suggestion]) -> list[Suggestion]:
    """Up to three different pairs of codes, the chosen one first."""
    found: dict[tuple[str, str | None], Suggestion] = {}
    for each in (*([chosen] if chosen else []), *others):
        found.setdefault((each.gl_code, each.department_code), each)
    return list(found.values())[:SUGGESTIONS]
