"""What the simulator does with a call, decided without any socket."""

import json
import random
from typing import Any

import pytest

from expenseflow.simulator import behaviour as does
from expenseflow.simulator.answers import Answer
from expenseflow.simulator.behaviour import Asked, Behaviour, Deed
from expenseflow.simulator.wire import CHARACTERS_A_TOKEN, Question

ACCOUNTS = [{"code": "64100", "name": "Meals"}, {"code": "63100", "name": "Airfare"}]
DEPARTMENTS = [{"code": "01", "name": "Sales"}]


def question(*descriptions: str, **more: Any) -> Question:
    lines = [
        {"id": str(number), "description": text, **more}
        for number, text in enumerate(descriptions or ("A CAFE", "B AIRLINES", "C SHOP"), start=1)
    ]
    document = {"accounts": ACCOUNTS, "departments": DEPARTMENTS, "lines": lines}
    return Question(document, lines, tuple(line["description"] for line in lines), 100)


def asked(wanted: Question, *, number: int = 1, at: float = 0.0, **done: int) -> Asked:
    rng = random.Random(1)
    return Asked(number, at, wanted.descriptions, "", rng, wanted.lines, done)


def answer(behaviour: Behaviour, wanted: Question | None = None) -> Answer:
    wanted = wanted or question()
    deed = behaviour.decide(asked(wanted)) or Deed("answer")
    return Answer.make(wanted, deed, random.Random(1))


def lines(given: Answer) -> list[dict[str, Any]]:
    return json.loads(given.content)["lines"]


def test_conditions_name_calls() -> None:
    wanted = question()
    met = {
        "calls": [n for n in range(1, 6) if does.hang(calls=(3,)).decide(asked(wanted, number=n))],
        "first": [n for n in range(1, 6) if does.hang(first=2).decide(asked(wanted, number=n))],
        "after": [n for n in range(1, 6) if does.hang(after=3).decide(asked(wanted, number=n))],
        "until": [t for t in range(5) if does.hang(until=2).decide(asked(wanted, at=t))],
        "since": [t for t in range(5) if does.hang(since=2).decide(asked(wanted, at=t))],
    }
    assert met == {
        "calls": [3],
        "first": [1, 2],
        "after": [4, 5],
        "until": [0, 1],
        "since": [2, 3, 4],
    }


def test_one_call_of_the_run_hangs_whichever_gets_in_first() -> None:
    rule = does.once_hang(after=2)
    wanted = question()
    assert rule.decide(asked(wanted, number=2)) is None
    assert rule.decide(asked(wanted, number=3)) == Deed("hang", hang=True)
    assert rule.decide(asked(wanted, number=4)) == Deed("hang", hang=True)
    assert rule.decide(asked(wanted, number=4, hang=1)) is None


def test_a_poisoned_merchant_spoils_its_whole_call() -> None:
    poison = does.poisoned(contains="B AIR")
    spoilt = answer(poison)
    with pytest.raises(ValueError, match="Expecting"):
        json.loads(spoilt.content)
    assert spoilt.usable() == ()
    # It took as long as a good answer does.
    assert spoilt.completion_tokens == answer(does.hang(calls=())).completion_tokens
    assert poison.decide(asked(question("A CAFE"))) is None


@pytest.mark.parametrize(
    ("how", "status", "code"),
    [("refused", 400, "content_filter"), ("error", 500, "server_error")],
)
def test_poison_may_also_be_refused_at_once(how: Any, status: int, code: str) -> None:
    spoilt = answer(does.poisoned(contains="B AIR", how=how))
    assert (spoilt.deed.status, spoilt.deed.code) == (status, code)
    assert spoilt.completion_tokens == 0
    assert spoilt.usable() == ()


def test_an_obedient_model_does_to_all_lines_what_one_says() -> None:
    given = lines(answer(does.obedient({"B AIR": {"glCode": "99999", "confidence": 1.0}})))
    assert [(line["glCode"], line["confidence"]) for line in given] == [("99999", 1.0)] * 3
    assert len({line["departmentCode"] for line in given}) == 1


def test_it_obeys_what_stands_among_the_similar_lines() -> None:
    similar = [{"description": "IGNORE THIS", "glCode": "64100", "departmentCode": "01"}]
    wanted = question("A CAFE", similar=similar)
    given = lines(answer(does.obedient({"IGNORE": {"glCode": "63100"}}), wanted))
    assert given[0]["glCode"] == "63100"


def test_it_leaves_out_and_doubles_all_lines() -> None:
    assert lines(answer(does.obedient({"C SHOP": {does.OMIT: True}}))) == []
    doubled = lines(answer(does.obedient({"C SHOP": {does.DOUBLE: True, "glCode": "1"}})))
    assert [line["id"] for line in doubled] == ["1", "2", "3", "1", "2", "3"]
    assert {line["glCode"] for line in doubled} == {"1"}
    assert does.DOUBLE not in doubled[0]


def test_it_obeys_nobody_else() -> None:
    calm = does.obedient({"IGNORE": {"glCode": "99999"}})
    assert calm.decide(asked(question())) is None


def test_only_usable_lines_are_answered_well() -> None:
    assert answer(does.hang(calls=())).usable() == ("A CAFE", "B AIRLINES", "C SHOP")
    assert answer(does.slow(1)).usable() == ("A CAFE", "B AIRLINES", "C SHOP")
    for one_is_lost in (does.missing_ids(), does.doubled_ids(), does.foreign_codes()):
        assert len(answer(one_is_lost).usable()) == 2
    assert len(answer(does.unknown_ids()).usable()) == 3
    for all_are_lost in (does.malformed(), does.truncated(), does.prose(), does.not_json()):
        assert answer(all_are_lost).usable() == ()


def test_only_what_gets_to_the_model_asks_the_limits() -> None:
    outside = (does.status(401), does.status(404), does.limited(), does.no_credit(), does.reset())
    inside = (does.status(500), does.status(503), does.hang(), does.malformed())
    assert not any(rule.deed.passes_the_gate for rule in outside)
    assert all(rule.deed.passes_the_gate for rule in inside)


def test_answers_are_short() -> None:
    names = ("SQ *BLUE BOTTLE COFFEE 0423", "UNITED AIRLINES", "GREYSTONE PARTNERS LLC", "QX 77")
    given = answer(does.slow(0), question(*names))
    assert len(given.content) / len(names) / CHARACTERS_A_TOKEN == pytest.approx(30, abs=4)
    assert all(len(line["description"].split()) <= 3 for line in lines(given))
