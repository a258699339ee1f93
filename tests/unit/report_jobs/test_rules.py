"""The life of a job as pure decisions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expenseflow.report_jobs import rules
from expenseflow.report_jobs.rules import Status


def test_the_numbers_of_the_contract() -> None:
    assert [(s.name, int(s)) for s in Status] == [
        ("Pending", 0),
        ("Processing", 1),
        ("Completed", 2),
        ("Failed", 3),
        ("Cancelled", 4),
        ("CancellationRequested", 5),
    ]


def test_a_finished_state_is_left_by_nothing() -> None:
    assert {state for state in Status if not rules.TRANSITIONS[state]} == rules.FINISHED


def test_every_active_state_can_end() -> None:
    for state in rules.ACTIVE:
        reachable, frontier = {state}, [state]
        while frontier:
            new = rules.TRANSITIONS[frontier.pop()] - reachable
            reachable |= new
            frontier += new
        assert reachable & rules.FINISHED, state


def test_a_requested_cancel_cannot_become_completed() -> None:
    assert rules.sources_of(Status.Completed) == {Status.Processing}
    assert rules.TRANSITIONS[Status.CancellationRequested] == {Status.Cancelled}


@given(st.sampled_from(Status), st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_hundred_percent_means_completed(status: Status, done: int, more: int) -> None:
    percent = rules.progress_percent(status, processed=done, total=done + more)
    assert 0 <= percent <= 100
    assert (percent == 100) == (status is Status.Completed)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.Pending, "Job queued for processing"),
        (Status.Processing, "Processing line 150 of 300"),
        (Status.Completed, "Report generated successfully"),
        (Status.CancellationRequested, "Cancellation requested, job will stop shortly"),
        (Status.Cancelled, "Cancelled by user"),
        (Status.Failed, "It broke"),
    ],
)
def test_each_state_has_the_words_of_the_contract(status: Status, words: str) -> None:
    message = rules.status_message(
        status, processed=150, total=300, waiting_for=None, error="It broke"
    )
    assert message == words


def test_a_wait_is_named() -> None:
    message = rules.status_message(
        Status.Processing,
        processed=1,
        total=3,
        waiting_for="waiting for the AI service's limit",
        error=None,
    )
    assert message == "Processing line 1 of 3 (waiting for the AI service's limit)"
