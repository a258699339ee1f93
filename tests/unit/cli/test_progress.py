"""The progress of a job: plain lines where there is no terminal, a bar where there is one."""

import io
from typing import Any

from rich.console import Console
from tests.support.fakes import FakeClock

from expenseflow.app.cli.progress import JobProgress, seconds_taken, tiers


def a_job(processed: int, *, status: str = "Processing", **given: Any) -> dict[str, Any]:
    return {
        "period": "2026-01",
        "status": status,
        "statusMessage": f"Processing line {processed} of 300",
        "totalLines": 300,
        "processedLines": processed,
        "queuePosition": None,
        "estimatedCompletionAt": None,
        "tiers": {"rule": 0, "memory": processed, "similar": 0, "model": 0, "manual": 0},
        **given,
    }


def _lines(*jobs: dict[str, Any], every: float) -> list[str]:
    out, clock = io.StringIO(), FakeClock()
    with JobProgress(Console(file=out, width=200), clock) as progress:
        for job in jobs:
            progress.show(job)
            clock.advance(every)
    return out.getvalue().splitlines()


def test_plain_lines_tell_counts_tiers_rate_and_time_left() -> None:
    lines = _lines(a_job(0), a_job(100), a_job(200), every=2)

    assert lines[0] == "2026-01: Processing line 0 of 300"
    assert lines[1] == "2026-01: Processing line 100 of 300 · memory 100 · 50 lines/s, 0:04 left"


def test_plain_lines_come_once_a_second_and_the_last_one_always() -> None:
    jobs = [a_job(at) for at in range(100)]
    end = a_job(300, status="Completed", statusMessage="Report generated successfully")

    lines = _lines(*jobs, end, end, every=0.01)

    assert len(lines) <= 3
    assert lines[-1] == "2026-01: Report generated successfully · memory 300"


def test_the_estimate_of_the_job_is_believed() -> None:
    job = a_job(10, estimatedCompletionAt="2026-02-03T12:01:30Z")

    assert _lines(job, every=1)[0].endswith("1:30 left")


def test_a_waiting_job_says_how_many_are_ahead() -> None:
    assert "3 ahead" in _lines(a_job(0, status="Pending", queuePosition=3), every=1)[0]


def test_a_terminal_gets_a_bar() -> None:
    out, clock = io.StringIO(), FakeClock()
    console = Console(file=out, width=120, force_terminal=True)

    with JobProgress(console, clock) as progress:
        progress.show(a_job(0))
        clock.advance(2)
        progress.show(a_job(150))

    assert "150/300 lines" in out.getvalue()
    assert "75 lines/s" in out.getvalue()


def test_a_bar_says_what_the_job_waits_for() -> None:
    out, clock = io.StringIO(), FakeClock()
    console = Console(file=out, width=200, force_terminal=True)
    waiting = "Processing line 150 of 300 (waiting for the AI service's limit)"

    with JobProgress(console, clock) as progress:
        progress.show(a_job(0))
        clock.advance(2)
        progress.show(a_job(150, statusMessage=waiting))

    assert "75 lines/s, 0:02 left, waiting for the AI service's limit" in out.getvalue()


def test_a_simulated_service_is_called_so() -> None:
    job = a_job(5, tiers={"rule": 0, "memory": 2, "similar": 0, "model": 3, "manual": 0})
    out = io.StringIO()

    with JobProgress(Console(file=out, width=200), FakeClock(), ai="simulated AI") as progress:
        progress.show(job)

    assert "memory 2 · simulated AI 3" in out.getvalue()
    assert tiers(job) == "memory 2 · AI 3"


def test_tiers_that_settled_nothing_are_left_out() -> None:
    assert tiers(a_job(5)) == "memory 5"


def test_the_time_taken_runs_from_the_post_to_the_end() -> None:
    job = {"createdAt": "2026-02-03T12:00:00Z", "completedAt": "2026-02-03T12:00:01.500000Z"}

    assert seconds_taken(job) == 1.5
