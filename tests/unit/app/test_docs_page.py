"""The page of operations."""

from expenseflow.app.docs_page import pieces


def test_what_stands_between_backticks_is_code() -> None:
    assert pieces("send `x` or `y`.") == ["send ", "x", " or ", "y", "."]
    assert pieces("plain") == ["plain"]
