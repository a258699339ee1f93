"""What the table of `make bench-provider` says is what was recorded."""

import math
from typing import Any

import pytest
from benchmarks.provider import aims, eta, record
from benchmarks.provider.cancelling import Cancelled
from benchmarks.provider.eta import Moment
from benchmarks.provider.ours import Measured
from benchmarks.provider.record import Call, Counts
from benchmarks.provider.rows import Row, announcing, cells, notes
from benchmarks.provider.scenario import Scenario
from benchmarks.provider.scenarios import POISON, SCENARIOS
from benchmarks.provider.yardsticks import Did

_BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}


def _call(at: float, *names: str, finished: float | None = None, **given: Any) -> Call:
    entry: dict[str, Any] = {
        "at": at,
        "descriptions": names,
        "answered": names,
        "rejected": False,
        "finished_at": finished,
        "prompt_tokens": 100,
        "completion_tokens": 10,
    }
    return Call.read(entry | given)


def _measured(seconds: float = 4.0, **given: Any) -> Measured:
    return Measured(
        seconds=seconds,
        counts=given.pop("counts", Counts(calls=10, rejected=0, asked_twice=0, tokens=0)),
        flagged=given.pop("flagged", {}),
        wrong=given.pop("wrong", ()),
        **given,
    )


def _missed(scenario: Scenario, *runs: Measured) -> list[str]:
    return aims.missed(scenario, scenario.parts[0], runs)


# --- the record -----------------------------------------------------------------------------


def test_a_merchant_is_asked_twice_when_its_good_answer_had_left_before() -> None:
    calls = [_call(0, "A", "B", finished=2), _call(3, "B", finished=4)]
    assert record.asked_twice(calls) == {"B"}


def test_asking_again_after_a_failure_or_before_the_answer_is_not_asking_twice() -> None:
    calls = [
        _call(0, "A", rejected=True, answered=[], finished=0),
        _call(1, "A", "B", answered=["B"], finished=2),
        _call(3, "A", finished=9),
        _call(4, "A", finished=10),
    ]
    assert record.asked_twice(calls) == set()


def test_the_sums_of_a_record() -> None:
    rejected = _call(0, "B", rejected=True, answered=[], finished=0, prompt_tokens=0)
    assert record.count([_call(0, "A", finished=1), rejected]) == Counts(
        calls=2, rejected=1, asked_twice=0, tokens=120
    )


# --- the announced moment -------------------------------------------------------------------


def test_announcements_may_be_off_by_a_fifth_of_what_is_left() -> None:
    moments = [Moment(50, 110), Moment(50, 90), Moment(50, 111), Moment(50, 80)]
    found = eta.judge(moments, took=100)
    assert found is not None
    assert found.share == 0.5
    assert found.worst == pytest.approx(2)


def test_near_the_end_two_seconds_are_allowed() -> None:
    found = eta.judge([Moment(99, 102)], took=100)
    assert found is not None
    assert found.worst == pytest.approx(1)


def test_the_first_tenth_does_not_count() -> None:
    assert eta.judge([Moment(9, None), Moment(20, 100)], took=100) == eta.Truth(1, 0)


def test_announcing_nothing_is_as_wrong_as_can_be() -> None:
    assert eta.judge([Moment(50, None)], took=100) == eta.Truth(0, math.inf)


def test_short_jobs_need_no_announcement() -> None:
    assert eta.judge([Moment(10, None)], took=20) is None


# --- aims -----------------------------------------------------------------------------------


def test_the_median_of_the_runs_decides_about_the_time() -> None:
    scenario = _BY_NAME["tokens"]
    quick, slow = _measured(scenario.bound), _measured(scenario.bound * 2)
    assert not _missed(scenario, quick, quick, slow)
    assert _missed(scenario, quick, slow, slow)


def test_a_job_that_never_ended_misses_its_aim() -> None:
    assert _missed(_BY_NAME["tokens"], _measured(math.inf))


def test_one_percent_rejected_means_three_calls_in_any_case() -> None:
    def rejected(calls: int, count: int) -> list[str]:
        return _missed(_BY_NAME["tokens"], _measured(counts=Counts(calls, count, 0, 0)))

    assert not rejected(10, 3)
    assert rejected(10, 4)
    assert not rejected(500, 5)


def test_none_rejected_means_none() -> None:
    scenario = _BY_NAME["configured"]
    assert _missed(scenario, _measured(counts=Counts(10, 1, 0, 0)))


def test_one_violation_in_any_run_is_enough() -> None:
    scenario = _BY_NAME["tokens"]
    assert _missed(scenario, _measured(), _measured(flagged={"A": 1}), _measured())
    assert _missed(scenario, _measured(), _measured(wrong=["299 of 300 lines"]))
    assert _missed(scenario, _measured(counts=Counts(10, 0, 1, 0)))


def test_exactly_the_poisoned_lines_are_flagged() -> None:
    scenario = _BY_NAME["poisoned"]
    lines = scenario.month([POISON, *(f"M{n}" for n in range(119))]).count(POISON)
    assert not _missed(scenario, _measured(flagged={POISON: lines}))
    assert _missed(scenario, _measured(flagged={POISON: lines - 1}))
    assert _missed(scenario, _measured(flagged={POISON: lines, "B": 1}))
    assert _missed(scenario, _measured())


def test_giving_up_before_patience_is_over_misses_the_aim() -> None:
    scenario = _BY_NAME["down"]
    assert _missed(scenario, _measured(60, flagged={"A": 300}))
    assert not _missed(scenario, _measured(121, flagged={"A": 300}))


def test_what_broke_misses_every_aim() -> None:
    scenario = _BY_NAME["tokens"]
    assert Row(scenario, scenario.parts[0], [], broken=["a run broke"]).missed == ["a run broke"]


def test_a_cancel_after_which_calls_went_on_is_missed() -> None:
    assert aims.missed_cancel([Cancelled(math.inf, 3)])
    assert not aims.missed_cancel([Cancelled(0.5, 3), Cancelled(None, 0)])


# --- rows -----------------------------------------------------------------------------------


def test_a_capped_yardstick_is_scaled_from_the_lines_it_did() -> None:
    did = Did(seconds=60, lines=300, done=100, lost=10)
    assert did.is_scaled
    assert (did.scaled(did.seconds), did.scaled(did.lost)) == (180, 30)
    assert Did(seconds=60, lines=300, done=0, lost=0).scaled(60) is None


def test_the_cells_of_a_row() -> None:
    scenario = _BY_NAME["headers"]
    runs = [_measured(4.0), _measured(5.0), _measured(7.0)]
    row = cells(Row(scenario, scenario.parts[0], runs, [Cancelled(0.25, 2)]))
    assert row[0].endswith(", first ever")
    assert row[1:7] == ["4.7 s", "5.0 s (4.0–7.0)", "1.07", "≤ 1.4 ×; ≤ 1 % rejected", "yes", "10"]
    assert row[13] == "0.25 s"


def test_what_was_missed_stands_in_the_notes() -> None:
    scenario = _BY_NAME["large"]
    [note, peak] = notes(Row(scenario, scenario.parts[0], [_measured(memory=400.0)]))
    assert note == "large: missed: a worker took 400 MB"
    assert "400 MB" in peak


def test_the_announced_moments_are_judged_over_all_scenarios() -> None:
    scenario = _BY_NAME["slow"]
    runs = [_measured(truths=[eta.Truth(0.5, worst)]) for worst in (0.5, 0.9, 7.0)]
    rows = [Row(scenario, scenario.parts[0], [run]) for run in [*runs, _measured()]]
    found = announcing(rows)
    assert (found.scenarios, found.share, found.worst) == (3, 0.5, 0.9)


# --- scenarios ------------------------------------------------------------------------------


def test_scenarios_have_names_of_their_own() -> None:
    assert len(_BY_NAME) == len(SCENARIOS)


def test_a_script_tells_limits_for_each_window() -> None:
    script = _BY_NAME["falling"].script
    assert script["limits"]["requests"] == 20
    assert script["changes"] == [
        {"after_merchants": 1000, "limits": {"requests": 3, "tokens": None, "window": 10}}
    ]


def test_a_limit_that_falls_by_the_clock_falls_when_half_could_be_answered() -> None:
    [change] = _BY_NAME["falling-by-clock"].script["changes"]
    assert change["at"] == pytest.approx(20.0, abs=0.1)


def test_the_bound_of_a_falling_limit_is_that_of_both_halves() -> None:
    assert _BY_NAME["falling"].bound == pytest.approx(20.0 + 149.2, abs=0.1)


def test_a_month_spreads_its_lines_over_its_merchants() -> None:
    month = _BY_NAME["headers"].month([f"M{n}" for n in range(120)])
    assert len(month) == 300
    assert len(set(month)) == 120
