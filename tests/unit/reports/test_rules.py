"""What a change does to the review of a line, and what stops a submit."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expenseflow.categorization.outcomes import Suggestion
from expenseflow.reports import errors, rules
from expenseflow.reports.rules import Change, Codes, Review, Status

CLEAR = Review(needs_review=False, reason=None, edited_by_user=False)
DOUBTFUL = Review(needs_review=True, reason="Low confidence", edited_by_user=False)
EDITED = Review(needs_review=False, reason=None, edited_by_user=True)

ACCEPT = Change(needs_review=False)
ASK_AGAIN = Change(needs_review=True)
SET_ACCOUNT = Change({"gl_code": "66300"})
SET_NOTE = Change({"note": "with a client"})


def after(before: Review, *changes: Change, gl_code: str | None = "66300") -> Review:
    for change in changes:
        before = rules.after(before, change, gl_code=gl_code)
    return before


def test_setting_an_account_answers_the_flag() -> None:
    assert after(DOUBTFUL, SET_ACCOUNT) == EDITED


def test_taking_the_account_away_flags_the_line() -> None:
    cleared = after(CLEAR, Change({"gl_code": None}), gl_code=None)
    assert cleared == Review(needs_review=True, reason=rules.NO_ACCOUNT, edited_by_user=True)


def test_a_note_on_a_doubtful_line_is_no_verdict_on_its_account() -> None:
    noted = after(DOUBTFUL, SET_NOTE)
    assert noted == Review(needs_review=True, reason="Low confidence", edited_by_user=True)


def test_accepting_makes_the_line_the_persons() -> None:
    accepted = after(DOUBTFUL, ACCEPT)
    assert not accepted.needs_review
    assert accepted.edited_by_user


def test_undoing_an_accept_brings_back_the_reason_and_hands_the_line_to_the_jobs() -> None:
    assert after(DOUBTFUL, ACCEPT, ASK_AGAIN) == DOUBTFUL
    assert after(DOUBTFUL, ACCEPT, ACCEPT, ASK_AGAIN) == DOUBTFUL


@pytest.mark.parametrize("edit", [SET_NOTE, SET_ACCOUNT], ids=["note", "account"])
def test_undoing_an_accept_of_an_edited_line_keeps_the_edit(edit: Change) -> None:
    for steps in ((edit, ACCEPT, ASK_AGAIN), (ACCEPT, edit, ASK_AGAIN)):
        undone = after(DOUBTFUL, *steps)
        assert undone.needs_review
        assert undone.edited_by_user


def test_asking_to_look_at_a_clear_line_again_survives_the_next_job() -> None:
    asked = after(CLEAR, ASK_AGAIN)
    assert asked == Review(needs_review=True, reason=rules.REVIEW_ASKED, edited_by_user=True)


def test_an_empty_change_changes_nothing() -> None:
    for before in (CLEAR, DOUBTFUL, EDITED):
        assert after(before, Change()) == before
    assert not rules.teaches(Change(), gl_code="66300", needs_review=False)


reviews = st.builds(
    Review,
    needs_review=st.booleans(),
    reason=st.none() | st.just("Low confidence"),
    edited_by_user=st.booleans(),
)
members = st.sampled_from(["gl_code", "department_code", "description", "vendor", "note"])
changes = st.builds(
    Change,
    values=st.dictionaries(members, st.none() | st.just("x")),
    needs_review=st.none() | st.booleans(),
)


@given(before=reviews, change=changes, gl_code=st.none() | st.just("66300"))
def test_whatever_is_changed_by_hand_is_never_a_jobs_again(
    before: Review, change: Change, gl_code: str | None
) -> None:
    result = rules.after(before, change, gl_code=gl_code)
    if change.values:
        assert result.edited_by_user
    if change.needs_review is not None:
        assert result.needs_review is change.needs_review
    teaches = rules.teaches(change, gl_code=gl_code, needs_review=result.needs_review)
    assert not (teaches and rules.unteaches(change, gl_code=gl_code))


@given(before=reviews, change=changes)
def test_a_flag_always_says_why(before: Review, change: Change) -> None:
    if before.needs_review and before.reason is None:
        return  # `upsert` gives every flagged line a reason
    result = rules.after(before, change, gl_code=None)
    assert result.reason is not None or not result.needs_review


def teaches(change: Change, *, before: Review = CLEAR, gl_code: str | None = "66300") -> bool:
    flagged = after(before, change, gl_code=gl_code).needs_review
    return rules.teaches(change, gl_code=gl_code, needs_review=flagged)


def test_memory_learns_from_a_person_who_stands_behind_an_account() -> None:
    assert teaches(ACCEPT, before=DOUBTFUL)
    assert teaches(SET_ACCOUNT, before=DOUBTFUL)
    assert teaches(Change({"vendor": "Shell"}))
    assert not teaches(ACCEPT, gl_code=None)
    assert rules.unteaches(ASK_AGAIN, gl_code="66300")
    assert rules.unteaches(Change({"gl_code": None}), gl_code=None)


@pytest.mark.parametrize("before", [CLEAR, DOUBTFUL, EDITED])
def test_a_note_alone_teaches_nothing(before: Review) -> None:
    assert not teaches(SET_NOTE, before=before)


def test_the_vendors_name_on_a_doubtful_line_does_not_teach_its_account() -> None:
    assert not teaches(Change({"vendor": "Shell"}), before=DOUBTFUL)


# -- in words ---------------------------------------------------------------------------------

TOLD = "You filed Shell under 64100 twice; and under 66300 once"


@pytest.mark.parametrize(
    ("before", "after_", "told", "said"),
    [
        (("1", "07"), ("1", "07"), TOLD, TOLD),
        (("1", "07"), ("1", "07"), None, None),
        (("1", "07"), ("2", "07"), TOLD, "You chose account 2"),
        (("1", "07"), (None, "07"), TOLD, "You took the account away"),
        (("1", "07"), ("1", "02"), TOLD, f"{TOLD}; department 02 is your choice"),
        (("1", "07"), ("2", "02"), TOLD, "You chose account 2; department 02 is your choice"),
        (("1", "07"), ("1", None), None, "No department is your choice"),
    ],
)
def test_an_explanation_says_what_is_the_persons(
    before: tuple[str, str], after_: tuple[str, str], told: str | None, said: str | None
) -> None:
    assert rules.explained(Codes(*before), Codes(*after_), told) == said


def test_a_department_chosen_before_stays_explained() -> None:
    codes = [Codes("1", "07"), Codes("1", "02"), Codes("1", "03"), Codes("2", "03")]
    told: str | None = TOLD
    for before, then in pairwise(codes):
        told = rules.explained(before, then, told)
    assert told == "You chose account 2; department 03 is your choice"


codes = st.builds(Codes, st.none() | st.text(max_size=40), st.none() | st.text(max_size=40))


@given(steps=st.lists(codes, min_size=2, max_size=6), told=st.none() | st.text(max_size=500))
def test_an_explanation_always_fits(steps: list[Codes], told: str | None) -> None:
    for before, then in pairwise(steps):
        told = rules.explained(before, then, told)
        assert told is None or len(told) <= 500


def test_the_likeliest_codes_begin_with_those_chosen_and_are_told_once() -> None:
    a, b, c, d = (Suggestion(code, "07", Decimal("0.2")) for code in "abcd")
    assert rules.likeliest(b, [a, b, c, d]) == [b, a, c]
    assert rules.likeliest(None, [a, a, b]) == [a, b]
    assert rules.likeliest(None, []) == []


def test_a_submitted_report_refuses_changes() -> None:
    rules.must_be_draft(Status.DRAFT)
    with pytest.raises(errors.ReportIsSubmitted):
        rules.must_be_draft(Status.SUBMITTED)


def test_only_a_submitted_report_is_reopened() -> None:
    rules.must_be_submitted(Status.SUBMITTED)
    with pytest.raises(errors.ReportIsDraft):
        rules.must_be_submitted(Status.DRAFT)


def test_an_empty_report_is_not_submitted_even_on_purpose() -> None:
    with pytest.raises(errors.ReportIsEmpty):
        rules.must_be_complete(lines=0, needs_review=0, accept_unreviewed=True)


def test_flagged_lines_are_submitted_only_on_purpose() -> None:
    with pytest.raises(errors.LinesNeedReview, match="2 lines still need review") as refused:
        rules.must_be_complete(lines=3, needs_review=2, accept_unreviewed=False)
    assert refused.value.fields == {"needs_review_count": 2}
    rules.must_be_complete(lines=3, needs_review=2, accept_unreviewed=True)
