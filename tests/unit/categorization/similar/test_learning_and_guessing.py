"""What is learned from verified lines, how it is stored, and what it guesses."""

import contextlib
import itertools
import random
import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix, lil_matrix, vstack
from sklearn.svm import LinearSVC
from tests.support.categorization import CHART, charge

from expenseflow.categorization import rules
from expenseflow.categorization.similar import comparing, features, learning, model, training
from expenseflow.categorization.similar.features import Example, Line
from expenseflow.categorization.similar.predicting import EVIDENCE, Predictor
from expenseflow.categorization.similar.tier import UNSURE_ALIKE, Similar
from expenseflow.categorization.similar.wire import Verified, as_json, examples

WORDS = {"64100": "FUEL", "66300": "CAFE", "65100": "AIRWAYS", "69900": "MARKET"}
PEOPLE = ("ANN", "BOB")


def lines(count: int = 400, *, noise: float = 0.0, seed: int = 1) -> list[Example]:
    """Merchants whose second word tells the account, but for some noise."""
    chance = random.Random(seed)
    found: list[Example] = []
    for number in range(count):
        account = chance.choice(list(WORDS))
        told = chance.choice(list(WORDS)) if chance.random() < noise else account
        person = chance.choice(PEOPLE)
        name = f"{chance.choice('ABCDEFGH') * 3} {WORDS[account]}"
        department = "05" if person == "ANN" else "07"
        line = Line(person, "", name, 10.0, text=name.lower())
        found.append(Example(line, told, department, number * 4 // count))
    return found


@pytest.fixture(scope="module")
def learned() -> Predictor:
    return Predictor(training.train(lines()))


def test_a_merchant_nobody_filed_goes_where_its_words_point(learned: Predictor) -> None:
    [guess] = learned.predict([Line("ANN", "", "ZZZ AIRWAYS", 300.0)])
    assert guess.guesses[0].gl_code == "65100"
    assert guess.department_code == "05"
    assert len({one.gl_code for one in guess.guesses}) == 3


def test_the_same_lines_teach_the_same_model() -> None:
    assert training.train(lines()).to_bytes() == training.train(lines()).to_bytes()


def test_what_comes_back_from_the_store_guesses_the_same(learned: Predictor) -> None:
    again = Predictor(model.from_bytes(learned.model.to_bytes()))
    asked = [example.line for example in lines(50, seed=2)]
    assert again.predict(asked) == learned.predict(asked)


def test_margins_are_those_of_scikit_learn_but_for_the_steps_of_a_weight() -> None:
    taught = lines(noise=0.2)
    predictor = Predictor(training.train(taught))
    rows = vstack([as_row(predictor, example.line) for example in taught], format="csr")
    machine = LinearSVC(C=training.REGULARITY, tol=training.NEAR_ENOUGH, random_state=0)
    machine.fit(rows, [example.gl_code for example in taught])
    wanted = machine.decision_function(rows)
    found = np.array([predictor.margins(example.line) for example in taught])
    assert found == pytest.approx(wanted, abs=0.05)
    assert (found.argmax(axis=1) == wanted.argmax(axis=1)).mean() > 0.99


def as_row(predictor: Predictor, line: Line) -> csr_matrix:
    """The line as scikit-learn sees it, made anew from the terms."""
    rarity = predictor.model.rarity
    row = lil_matrix((1, len(rarity)))
    groups = features.hashed(line, predictor.department_of(line), len(rarity))
    for (_, weight), group in zip(features.GROUPS, groups, strict=True):
        values = {column: value * float(rarity[column]) for column, value in group.items()}
        length = sum(value * value for value in values.values()) ** 0.5
        for column, value in values.items():
            row[0, column] += value * weight / length
    return csr_matrix(row)


def test_a_confidence_is_how_often_such_guesses_are_right() -> None:
    taught = lines(1200, noise=0.4)
    predictor = Predictor(training.train(taught))
    asked = lines(1200, noise=0.4, seed=3)
    predictions = predictor.predict(example.line for example in asked)
    right = [p.guesses[0].gl_code == e.gl_code for p, e in zip(predictions, asked, strict=True)]
    said = sum(prediction.guesses[0].confidence for prediction in predictions) / len(asked)
    assert said == pytest.approx(sum(right) / len(right), abs=0.08)


def test_confidences_fall_and_stay_within_one(learned: Predictor) -> None:
    for prediction in learned.predict(example.line for example in lines(60, seed=4)):
        sure = [guess.confidence for guess in prediction.guesses]
        assert all(0 <= confidence <= 1 for confidence in sure)
        assert sum(sure) <= 1 + 1e-9
        assert all(a >= b for a, b in itertools.pairwise(sure))


def test_only_accounts_and_departments_in_use_are_named(learned: Predictor) -> None:
    [guess] = learned.predict(
        [Line("ANN", "", "ZZZ AIRWAYS", 300.0)],
        accounts=frozenset({"64100", "66300"}),
        departments=frozenset({"07"}),
    )
    assert {one.gl_code for one in guess.guesses} == {"64100", "66300"}
    assert guess.department_code is None
    [nothing] = learned.predict([Line("ANN", "", "ZZZ", 1.0)], accounts=frozenset())
    assert nothing.guesses == ()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x80\x04N.", b"no model"])
def test_other_bytes_are_no_model(content: bytes) -> None:
    with pytest.raises(model.UnreadableModel):
        model.from_bytes(content)


def test_a_model_of_another_format_is_refused(
    learned: Predictor, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = learned.model.to_bytes()
    monkeypatch.setattr(model, "FORMAT", model.FORMAT + 1)
    with pytest.raises(model.UnreadableModel, match="format 2, not 3"):
        model.from_bytes(content)


def test_a_damaged_model_is_no_model(learned: Predictor) -> None:
    whole = learned.model.to_bytes()
    chance = random.Random(7)
    for _ in range(300):
        content = bytearray(whole)
        for _ in range(3):
            content[chance.randrange(len(content))] = chance.randrange(256)
        with contextlib.suppress(model.UnreadableModel):
            model.from_bytes(bytes(content))


@pytest.mark.parametrize(
    "wrong",
    [
        {"biases": np.array([np.nan] * 4, dtype=np.float32)},
        {"steps": np.ones(3, dtype=np.float32)},
        {"rarity": np.ones(5, dtype=np.float32)},
        {"accounts": ("64100",)},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_model_whose_parts_do_not_fit_is_no_model(
    learned: Predictor, wrong: dict[str, Any]
) -> None:
    with pytest.raises(model.UnreadableModel, match="do not fit"):
        model.from_bytes(replace(learned.model, **wrong).to_bytes())


def test_too_few_lines_or_one_account_teach_nothing() -> None:
    with pytest.raises(training.TooLittleToLearn):
        training.train(lines(features.AT_LEAST - 1))
    one = [Example(example.line, "64100", None, example.month) for example in lines()]
    with pytest.raises(training.TooLittleToLearn):
        training.train(one)


def test_two_accounts_are_enough() -> None:
    two = [example for example in lines(800) if example.gl_code in {"64100", "66300"}]
    predictor = Predictor(training.train(two))
    found = predictor.predict([Line("X", "", "QQQ CAFE", 5.0), Line("X", "", "QQQ FUEL", 5.0)])
    assert [one.guesses[0].gl_code for one in found] == ["66300", "64100"]


def test_lines_of_one_month_can_be_learned_from_too() -> None:
    same = [Example(e.line, e.gl_code, e.department_code, 7) for e in lines()]
    [guess] = Predictor(training.train(same)).predict([Line("BOB", "", "YYY CAFE", 5.0)])
    assert guess.guesses[0].gl_code == "66300"


def test_a_new_model_that_is_worse_is_told_from_one_that_is_not() -> None:
    old = training.train(lines())
    shuffled = lines(noise=1.0, seed=5)
    worse = [Verified(one, is_new=False) for one in shuffled]
    fresh = [Verified(one, is_new=True) for one in lines(100, seed=6)]
    measured = comparing.measure([*worse, *fresh], old)
    assert measured["lines"] == 50
    assert measured["old"] == 1.0
    assert measured["new"] < 1.0
    assert not learning.is_no_worse(measured)
    same = comparing.measure([*(Verified(one, is_new=False) for one in lines()), *fresh], old)
    assert learning.is_no_worse(same)
    assert learning.is_no_worse(comparing.measure(fresh, None))


def test_lines_come_through_to_the_training_process_as_they_were() -> None:
    sent = [Verified(example, is_new=bool(n % 2)) for n, example in enumerate(lines(20))]
    assert examples(as_json(sent)) == sent


def test_a_term_falls_into_the_same_column_everywhere() -> None:
    """Hashes are stored in no model, so they must never depend on the process."""
    [card, *_] = features.hashed(Line("ANN", "1234", "SHELL", 5.0), "05", 1 << 17)
    assert set(card) == {30677, 115140}


# --- in the words of the tiers --------------------------------------------------------------


def test_a_sure_guess_needs_nobody_and_says_where_it_comes_from(learned: Predictor) -> None:
    settled = Similar(learned, "ANN", CHART).settle(charge("AAA FUEL", amount="10"))
    assert settled is not None
    assert (settled.tier, settled.gl_code, settled.department_code) == ("similar", "64100", "05")
    assert not settled.needs_review
    assert settled.explanation is not None
    assert settled.explanation.endswith(
        "charges at merchants whose names begin with “AAA” went to 64100"
    )
    stranger = Similar(learned, "EVE", CHART).settle(charge("AAA FUEL", amount="10"))
    assert stranger is not None
    assert stranger.explanation == "Charges at this merchant mostly went to 64100 here"
    assert settled.suggestions[0].gl_code == "64100"


def test_a_wild_guess_is_looked_at_however_right_the_held_out_lines_were(
    learned: Predictor,
) -> None:
    """Lines that were submitted unread agree with each other, and put the line near nothing."""
    nothing = np.zeros(EVIDENCE)
    unsure = np.concatenate([nothing, nothing, nothing + 1, [-2.0]]).astype(np.float32)
    credulous = Predictor(replace(learned.model, sure_from=0.02, sureness=unsure))
    found = Similar(credulous, "EVE", CHART).settle(charge("ZZZ NEVER SEEN", amount="10"))
    assert found is not None
    assert found.confidence is not None
    assert 0.02 < found.confidence < rules.REVIEW_BELOW
    assert (found.needs_review, found.review_reason) == (True, UNSURE_ALIKE)


def test_words_say_no_more_than_is_so(learned: Predictor) -> None:
    said = [
        Similar(learned, "EVE", CHART).settle(charge(key, amount="10"))
        for key in ("AAA NEVER SEEN", "ZZZ NEVER SEEN")
    ]
    begins, unlike = [one.explanation for one in said if one is not None and one.explanation]
    assert begins.startswith("Charges at merchants whose names begin with “AAA” ")
    assert unlike.startswith("Its card, amount and wording point to ")


def test_a_closed_account_is_never_guessed(learned: Predictor) -> None:
    chart = type(CHART)(
        tuple(entry for entry in CHART.accounts if entry.code != "64100"), CHART.departments
    )
    settled = Similar(learned, "ANN", chart).settle(charge("AAA FUEL", amount="10"))
    assert settled is not None
    assert settled.gl_code != "64100"
    assert settled.review_reason == UNSURE_ALIKE


def test_weights_are_bytes(learned: Predictor) -> None:
    assert learned.model.weights.dtype == np.int8
    assert len(learned.model.to_bytes()) < model.MAX_BYTES


def test_a_worker_starts_without_the_training_library() -> None:
    """It takes seconds to load and 100 MB to hold; the training process alone has it."""
    asked = (
        "import sys, expenseflow.app.worker, expenseflow.app.web; print('sklearn' in sys.modules)"
    )
    found = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "False"
