"""The release before is the one before: tests that begin with it would begin anywhere."""

import re
from pathlib import Path

import pytest
from tests.support import releases


def _previous(changelog: str) -> str:
    """What comes out of here has the first heading, whether it has its number already or not."""
    return re.findall(r"^## (\S+)", changelog, re.MULTILINE)[1]


def test_the_release_before_is_the_one_that_the_changelog_names() -> None:
    """If not: all three names in tests/support/releases.py."""
    assert _previous((releases.ROOT / "CHANGELOG.md").read_text()) == releases.PREVIOUS_NUMBER


@pytest.mark.parametrize(
    ("changelog", "previous"),
    [
        ("## Unreleased\n\n## 0.1.0\n", "0.1.0"),
        ("## 0.2.0\n\n## 0.1.0\n", "0.1.0"),
        ("## Unreleased\n\n## 0.2.0\n\n## 0.1.0\n", "0.2.0"),
    ],
)
def test_it_moves_on_when_the_next_one_is_begun(changelog: str, previous: str) -> None:
    assert _previous(changelog) == previous


def test_its_commit_has_its_schema(tmp_path: Path) -> None:
    versions = releases.previous(tmp_path) / "expenseflow/migrations/versions"
    assert max(path.name[:4] for path in versions.glob("*.py")) == releases.PREVIOUS_SCHEMA
