"""Errors are told without what people entered."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import sqlalchemy.exc
from pydantic import BaseModel, ValidationError

from expenseflow.infra import tracebacks

SECRET = "SECRET MERCHANT"


class Amount(BaseModel):
    """Something that refuses a text."""

    cents: int


def _raised(action: Callable[[], object]) -> Exception:
    with pytest.raises(Exception) as caught:  # noqa: PT011  # any, that is the point
        action()
    return caught.value


def _own_words() -> None:
    raise RuntimeError("the hub is closed")


def _quoting() -> None:
    raise RuntimeError(f"the merchant {SECRET} is strange")


def _chained() -> None:
    try:
        _quoting()
    except RuntimeError as error:
        raise KeyError(SECRET) from error


def _grouped() -> None:
    errors = [_raised(_quoting), _raised(_own_words)]
    raise ExceptionGroup(f"all about {SECRET}", errors)


def _noted() -> None:
    error = ValueError(SECRET)
    error.add_note(SECRET)
    raise error


def _in_the_database() -> None:
    raise sqlalchemy.exc.IntegrityError(
        f"INSERT {SECRET}", {"vendor": SECRET}, psycopg.errors.CheckViolation(SECRET)
    )


def _number() -> None:
    int(SECRET)


def _member() -> None:
    _ = dict[str, str]()[SECRET]


def _file() -> None:
    Path(f"/nowhere/{SECRET}").read_text()


def _input() -> None:
    Amount.model_validate({"cents": SECRET})


@pytest.mark.parametrize(
    "action",
    [
        _quoting,
        _chained,
        _grouped,
        _noted,
        _in_the_database,
        _number,
        _member,
        _file,
        _input,
    ],
)
def test_no_value_is_told(action: Callable[[], object]) -> None:
    error = _raised(action)
    told = tracebacks.told(error)
    assert SECRET in str(error) + repr(error) + str(error.__dict__)
    assert SECRET not in told
    assert f"{type(error).__name__}" in told
    assert "test_tracebacks.py" in told


def test_what_stands_in_the_code_is_told() -> None:
    assert tracebacks.told(_raised(_own_words)).endswith("RuntimeError: the hub is closed")


def test_causes_and_members_of_groups_are_told() -> None:
    chained = tracebacks.told(_raised(_chained))
    assert chained.index("RuntimeError") < chained.index("direct cause") < chained.index("KeyError")
    assert "2 of 2" in tracebacks.told(_raised(_grouped))


def test_of_a_database_error_its_code_is_told() -> None:
    words = tracebacks.words(_raised(_in_the_database))
    assert words == ("sqlalchemy.exc.IntegrityError: psycopg.errors.CheckViolation: SQLSTATE 23514")


def test_of_a_refused_input_only_the_count_is_told() -> None:
    error = _raised(_input)
    assert isinstance(error, ValidationError)
    assert tracebacks.words(error).endswith("ValidationError: 1 in Amount")


def test_errors_that_cause_each_other_come_to_an_end() -> None:
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    assert tracebacks.told(first).count("ValueError") == 2
