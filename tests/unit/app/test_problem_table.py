"""Every fact that can stop a request has its shape in the one table."""

import importlib
import pkgutil
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


def test_no_error_is_missing_in_the_table() -> None:
    _import_everything()
    ours = {
        kind
        for kind in _descendants(ExpenseFlowError)
        if kind.__module__.startswith("expenseflow.")
    }
    assert {kind.__qualname__ for kind in ours - TABLE.keys()} == set()


def test_every_shape_is_a_refusal_with_a_speaking_type() -> None:
    for shape in TABLE.values():
        assert 400 <= shape.status < 600
        assert shape.slug == shape.slug.lower()
        assert shape.slug.replace("-", "").isalpha()


def test_every_error_says_what_happened() -> None:
    assert all(kind.__doc__ for kind in TABLE)
