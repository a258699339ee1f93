"""The small pure pieces at the edge."""

from collections.abc import Sequence

import pytest
from pydantic import ValidationError

from expenseflow.app.problem_answers import pointer
from expenseflow.web.hosts import is_loopback
from expenseflow.web.wire import WireIn


class Nested(WireIn):
    """Something to send."""

    some_name: str
    some_list: tuple[dict[str, str], ...] = ()


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:5000",
        "LOCALHOST",
        "127.0.0.1:80",
        "127.9.9.9",
        "[::1]:5000",
        "a.localhost",
    ],
)
def test_names_of_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.nip.io",
        "10.0.0.1",
        "0.0.0.0",
        "[::]",
        "127.1",
        "2130706433",
    ],
)
def test_names_of_other_machines(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    "body",
    [
        {"someName": "a\0b"},
        {"someName": "a", "someList": [{"x": "\0"}]},
        {"someName": "a", "other": "x"},
        {"some_name": "a"},
    ],
)
def test_a_nul_and_an_unknown_member_are_refused(body: object) -> None:
    with pytest.raises(ValidationError):
        Nested.model_validate(body)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (("body", "period"), "#/period"),
        (("body", "lines", 3, "id"), "#/lines/3/id"),
        (("body", "a/b~c"), "#/a~1b~0c"),
        (("body", 17), "#"),
        (("body",), "#"),
        (("query", "pageSize"), "?pageSize"),
        (("header", "if-match"), "header:if-match"),
    ],
)
def test_a_mistake_is_pointed_at(place: Sequence[str | int], expected: str) -> None:
    assert pointer(place) == expected
