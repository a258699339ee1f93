"""Which calls may leave: within the windows, a burst small at first, and every job in its turn."""

import itertools
import math

import pytest
from tests.support.pacing import EPOCH, Talk

from expenseflow.kit.completions import Allowance, Limits
from expenseflow.pacing import admission
from expenseflow.pacing.hearing import FIRST_BURST
from expenseflow.pacing.messages import Granted, Policy

KNOWN = Policy(requests_per_minute=60, window=10.0)
"""Ten requests in ten seconds."""
TOKENS = Policy(tokens_per_minute=60_000, window=10.0)


def answered(limit: int | None = None) -> Talk:
    """A provider that has answered one call; with headers if a limit is given."""
    talk = Talk()
    (call,) = talk.ask(fresh=1).granted
    talk.now += 0.8
    limits = Limits() if limit is None else Limits(Allowance(limit, limit - 1, 9.2))
    talk.end(call, limits=limits, took=0.8)
    talk.now += 0.1
    return talk


# --- windows ----------------------------------------------------------------------------------


def test_what_a_window_holds_leaves_and_no_more() -> None:
    talk = Talk(KNOWN)
    assert len(talk.ask_all(fresh=1000)) == 10
    reply = talk.ask(fresh=750)
    assert not reply.granted
    assert reply.hold == "limit"
    assert reply.spare == 0


def test_a_window_lets_go_a_little_after_it_has_to() -> None:
    talk = Talk(KNOWN)
    calls = talk.ask_all(fresh=1000)
    talk.now = calls[0].sent_at + 10.0
    assert not talk.ask(fresh=750).granted
    talk.now = calls[-1].sent_at + 10.5
    assert len(talk.ask_all(fresh=750)) == 10


def test_tokens_are_booked_before_a_call_leaves() -> None:
    talk = Talk(TOKENS)
    talk.end(*talk.ask(fresh=1).granted)
    calls = talk.ask_all(fresh=1000)
    talk.end(*calls)
    assert sum(call.tokens for call in calls) <= 10_000
    assert all(call.lines >= 1 for call in calls)
    assert talk.ask(fresh=750).hold == "limit"


def test_a_part_that_does_not_fit_waits_and_nothing_overtakes_it() -> None:
    talk = Talk(TOKENS)
    talk.state.log.add(EPOCH - 1.0, 0, 9_000, window=10.0)
    reply = talk.ask(fresh=50, parts=(25, 1))
    assert not reply.granted
    talk.now += 9.5
    assert [call.lines for call in talk.ask(fresh=50, parts=(25, 1)).parts] == [25, 1]


# --- bursts and slow start --------------------------------------------------------------------


def test_to_a_provider_nobody_ever_heard_one_call_goes_out_and_few_more_while_it_is_silent() -> (
    None
):
    talk = Talk()
    assert len(talk.ask_all(fresh=100)) == 1
    sent = 1
    for _ in range(60):
        talk.now += 1.0
        sent += len(talk.ask(fresh=100).granted)
    assert sent == 4


def test_the_first_answer_lets_a_first_burst_out_and_each_answer_two_more() -> None:
    talk = answered()
    first = talk.ask_all(fresh=3000)
    assert len(first) == FIRST_BURST
    talk.now += 1.0
    talk.end(*first)
    assert len(talk.ask_all(fresh=3000)) == 2 * FIRST_BURST


def test_a_burst_begins_with_a_few_calls_so_that_a_rejection_stops_it() -> None:
    talk = Talk(Policy(requests_per_minute=60_000, window=60.0))
    first = talk.ask(fresh=3000).granted
    assert len(first) <= 4
    talk.now += 0.012
    talk.end(*first[:1], ending="limited", retry_after=5.0)
    assert not talk.ask(fresh=3000).granted
    talk.now += 5.3
    assert len(talk.ask(fresh=3000).granted) == 1


def test_what_was_found_out_an_hour_ago_begins_small_again() -> None:
    talk, calls = answered(), list[Granted]()
    for _ in range(6):
        calls = talk.ask_all(fresh=10_000)
        talk.now += 1.0
        talk.end(*calls)
    assert len(calls) > 100
    talk.now += 3700.0
    assert len(talk.ask_all("b", fresh=10_000)) == FIRST_BURST


def test_unexplained_rejections_halve_the_calls_at_the_same_time_and_answers_widen_slowly() -> None:
    talk = answered()
    calls = talk.ask_all(fresh=3000)
    talk.end(calls[0], ending="limited", retry_after=None)
    assert talk.state.allowed == pytest.approx(len(calls) / 2, abs=1)
    before = talk.state.allowed or 0
    talk.end(*calls[1:5])
    assert before < (talk.state.allowed or math.inf) <= before + 1


def test_calls_at_the_same_time_are_capped_over_all_jobs() -> None:
    talk = Talk(Policy(requests_per_minute=60_000, window=60.0, max_concurrency=6))
    sent = [talk.ask_all(job, fresh=50) for job in "abcdefgh"]
    assert sum(map(len, sent)) == 6
    assert talk.ask("a", fresh=50).hold in ("answers", "turn")
    job, calls = next((job, calls) for job, calls in zip("abcdefgh", sent, strict=True) if calls)
    talk.end(calls[0], job=job)
    talk.now += 1.0
    assert sum(len(talk.ask_all(job, fresh=50)) for job in "abcdefgh") == 1


# --- turns ------------------------------------------------------------------------------------


def test_the_shortest_job_goes_first() -> None:
    talk = Talk(KNOWN)
    talk.ask_all("x", fresh=500)
    talk.now += 9.0
    for job, lines in (("large", 500), ("short", 10), ("middle", 100)):
        talk.ask(job, fresh=lines)
    talk.now += 1.4
    large = talk.ask_all("large", fresh=500)
    assert len(large) < 10
    for job, lines in (("middle", 100), ("short", 10)):
        assert sum(call.lines for call in talk.ask_all(job, fresh=lines)) == lines
    assert talk.ask("large", fresh=300).hold == "limit"


def test_who_must_let_others_go_first_says_so() -> None:
    talk = Talk(Policy(requests_per_minute=6, window=10.0))
    talk.ask("large", fresh=500)
    talk.now += 9.0
    talk.ask("short", fresh=10)
    talk.now += 1.4
    reply = talk.ask("large", fresh=490)
    assert reply.hold == "turn"
    assert reply.wait < 0.5
    assert talk.ask("short", fresh=10).granted


def test_a_large_job_is_not_starved_by_an_endless_stream_of_small_ones() -> None:
    """New small jobs without end, more than the provider can serve, for ten minutes."""
    talk = Talk(KNOWN)
    left, small, number = 250, {}, 0
    while left and talk.now < EPOCH + 600:
        while len(small) < 12:
            number += 1
            small[f"s{number}"] = 20
        for job in [*small, "large"]:
            wanted = left if job == "large" else small[job]
            reply = talk.ask(job, fresh=wanted)
            talk.end(*reply.granted, job=job)
            done = sum(call.lines for call in reply.granted)
            if job == "large":
                left -= done
                continue
            small[job] -= done
            if not small[job]:
                admission.leave(talk.state, job)
                del small[job]
        talk.now += 0.5
    assert left == 0


def test_small_jobs_get_through_beside_large_ones_at_any_time() -> None:
    talk = Talk(KNOWN)
    large = dict.fromkeys("abcdefgh", 2000)
    started, waited = None, 0.0
    for step in range(400):
        if step == 100:
            started = talk.now
        for job in large:
            large[job] -= _served(talk, job, large[job])
        if started is not None and _served(talk, "short", 10):
            waited = talk.now - started
            break
        talk.now += 0.25
    assert started is not None
    assert waited <= 20.0


def _served(talk: Talk, job: str, lines: int) -> int:
    reply = talk.ask(job, fresh=lines)
    talk.end(*reply.granted, job=job)
    return sum(call.lines for call in reply.granted)


@pytest.mark.parametrize("says_goodbye", [True, False])
def test_a_job_that_is_gone_gives_its_share_back(*, says_goodbye: bool) -> None:
    talk = Talk(Policy(requests_per_minute=60_000, window=60.0, max_concurrency=4))
    assert len(talk.ask_all("dead", fresh=10)) == 4
    assert not talk.ask("alive", fresh=50).granted
    if says_goodbye:
        admission.leave(talk.state, "dead")
    else:
        talk.now += 3.0
        assert not talk.ask("alive", fresh=50).granted
        talk.now += 2.0
    assert talk.ask_all("alive", fresh=50)


# --- an outage --------------------------------------------------------------------------------


def down(jobs: str = "abc", patience: float = 0.0) -> tuple[Talk, list[tuple[float, str]]]:
    """Jobs at a provider that is down, each probe failing at once; who probed, and when."""
    talk = Talk(Policy(requests_per_minute=600, window=60.0))
    probes: list[tuple[float, str]] = []
    while talk.now < EPOCH + 60 + patience:
        for job in jobs:
            for call in talk.ask(job, fresh=5).granted:
                probes.append((talk.now - EPOCH, job))
                talk.end(call, job=job, ending="down", words="refused")
        talk.now += 0.1
    return talk, probes


def test_in_an_outage_one_probe_at_a_time_leaves_and_jobs_take_turns() -> None:
    _, probes = down()
    probes = [probe for probe in probes if probe[0] > 5.0]
    pairs = list(itertools.pairwise(probes))
    assert all(1.0 <= after - before <= 5.0 for (before, _), (after, _) in pairs)
    assert all(job != other for (_, job), (_, other) in pairs)


def test_a_probe_is_a_single_line_and_no_other_leaves_until_it_has_ended() -> None:
    talk = Talk(KNOWN)
    call, *_ = talk.ask("a", fresh=50).granted
    talk.end(call, ending="down")
    talk.now += 1.1
    (probe,) = talk.ask("b", fresh=50).granted
    assert probe.probe
    assert probe.lines == 1
    for _ in range(30):
        talk.now += 1.0
        for job in "abc":
            assert not talk.ask(job, fresh=50).granted
    talk.end(probe, job="b")
    assert talk.ask("c", fresh=50).granted


def test_a_probe_whose_worker_died_is_not_waited_for_for_ever() -> None:
    talk = Talk(Policy(requests_per_minute=60, window=10.0, timeout=20.0))
    call, *_ = talk.ask("a", fresh=50).granted
    talk.end(call, ending="down")
    talk.now += 1.1
    assert talk.ask("dead", fresh=50).granted[0].probe
    talk.now += 25.0
    assert talk.ask("a", fresh=50).granted[0].probe


def test_patience_begins_with_the_job_not_with_the_outage() -> None:
    talk, _ = down(patience=40.0)
    old = talk.ask("a", fresh=5)
    young = talk.ask("young", fresh=5)
    assert old.silent_for == pytest.approx(100.0, abs=1.0)
    assert young.silent_for == 0.0
    assert old.words == "refused"


def test_an_outage_ends_with_the_first_sign_of_life() -> None:
    talk, _ = down()
    while not (granted := talk.ask("a", fresh=5).granted):
        talk.now += 0.1
    talk.end(*granted)
    talk.now += 0.1
    assert talk.ask("b", fresh=5).hold != "outage"
    assert talk.ask("b", fresh=5).silent_for == 0.0


# --- asking is cheap --------------------------------------------------------------------------


def test_whatever_is_asked_the_answer_says_when_to_ask_again() -> None:
    for policy in (KNOWN, TOKENS, Policy(), Policy(requests_per_minute=1, window=60.0)):
        talk = Talk(policy)
        for lines in (0, 1, 10, 5000):
            reply = talk.ask(fresh=lines)
            assert 0 < reply.wait <= 1.0
            assert reply.finish is None or 0 <= reply.finish < 1e7


def test_a_job_without_lines_is_granted_nothing() -> None:
    assert Talk(KNOWN).ask(fresh=0).granted == ()


def test_sizes_are_nearly_even_and_sum_up() -> None:
    """Each part of a burst is planned anew."""
    talk = Talk(KNOWN)
    calls: list[Granted] = talk.ask_all(fresh=97)
    assert sum(call.lines for call in calls) == 97
    assert max(call.lines for call in calls) - min(call.lines for call in calls) <= 3
