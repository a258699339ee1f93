"""Every fact that can stop a request has its shape in the one table."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import expenseflow
from expenseflow.app.problems import TABLE
from expenseflow.kit.errors import ExpenseFlowError


def _descendants(kind: type[ExpenseFlowError]) -> Iterator[type[ExpenseFlowError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _descendants(child)


def _import_everything() -> None:
    for module in pkgutil.walk_packages(expenseflow.__path__, "expenseflow."):
        if (
            not module.name.endswith(("__main__", "migrations.env"))
            and ".versions" not in module.name
        ):
            importlib.import_module(module.name)


def _ours() -> set[type[ExpenseFlowError]]:
    _import_everything()
    return {
        kind
        for kind in _descendants(ExpenseFlowError)
        if kind.__module__.startswith("expenseflow.")
    }


def test_no_error_is_missing_in_the_table() -> None:
    assert {kind.__qualname__ for kind in _ours() - TABLE.keys()} == set()


def test_every_shape_is_a_refusal_with_a_speaking_type() -> None:
    for shape in TABLE.values():
        assert 400 <= shape.status < 600
        assert shape.slug == shape.slug.lower()
        assert shape.slug.replace("-", "").isalpha()


def test_every_error_says_what_happened_in_one_or_two_short_sentences() -> None:
    for kind in _ours():
        words = kind.default_detail()
        assert 10 < len(words) <= 120, (kind, words)
        assert words.endswith("."), (kind, words)
        assert len(re.findall(r"[.!?](?= |$)", words)) <= 2, (kind, words)
        assert not re.search(r"Fields?:|`|\n|_", words), (kind, words)


def test_only_the_first_line_of_a_docstring_is_told() -> None:
    class Wordy(ExpenseFlowError):
        """
        What happened.

        A note for developers. Fields: inside.
        """  # noqa: D212  # a docstring that starts on its second line is the point

    assert Wordy().detail == "What happened"
    assert Wordy("Something else", inside=1).detail == "Something else"
