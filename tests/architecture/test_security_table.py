"""docs/security.md is whole and true: 58 checks, tests that exist, counts that add up."""

import ast
import re
from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "security.md").read_text()
STATES = ("tested", "partly", "not met", "does not apply")
CHECKS = 58

_ROW = re.compile(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \| (.*) \|$", re.MULTILINE)
_LINK = re.compile(r"\[(test_\w+)\]\(([^)]+)\)")
ROWS = [(int(number), *rest) for number, *rest in _ROW.findall(TEXT)]
LINKS = sorted({(name, path) for *_, says in ROWS for name, path in _LINK.findall(says)})


def test_every_check_is_there_once_in_its_order() -> None:
    assert [number for number, *_ in ROWS] == list(range(1, CHECKS + 1))


def test_each_is_in_a_state_that_is_explained() -> None:
    for number, _, state, says in ROWS:
        assert state in STATES, number
        if state == "tested":
            assert _LINK.search(says), f"{number} names no test"
        else:
            words = _LINK.sub("", says).strip(" ,")
            assert words.endswith("."), f"{number} does not say why it is only {state}"


def test_the_counts_are_those_of_the_rows() -> None:
    told = {state: int(re.findall(rf"^\| {state} \| (\d+) \|$", TEXT, re.MULTILINE)[0])
            for state in STATES}  # fmt: skip
    counted = Counter(state for _, _, state, _ in ROWS)
    assert told == {state: counted[state] for state in STATES}


@pytest.mark.parametrize(("name", "path"), LINKS)
def test_a_test_that_is_named_exists(name: str, path: str) -> None:
    file = (DOCS / path).resolve()
    assert file.is_file(), path
    assert name in _tests_of(file)


@lru_cache
def _tests_of(file: Path) -> set[str]:
    tree = ast.parse(file.read_text())
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
