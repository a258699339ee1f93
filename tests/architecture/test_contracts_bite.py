"""The fence itself is tested: a planted bad import must break it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PLANTED = {
    "a lower floor imports a higher one": (
        "statements/rules.py",
        "from expenseflow.reports import models\n",
    ),
    "kit imports infra": ("kit/money.py", "from expenseflow.infra import db\n"),
    "a repository imports its service": (
        "chart/repository.py",
        "from expenseflow.chart import service\n",
    ),
    "rules import sqlalchemy": ("reports/rules.py", "import sqlalchemy\n"),
    "a service imports the web framework": ("chart/service.py", "import fastapi\n"),
    "somebody but wiring knows the provider's client": (
        "categorization/service.py",
        "from expenseflow.infra.llm import client\n",
    ),
    "a slice uses another slice's SQL": (
        "report_jobs/service.py",
        "from expenseflow.reports import repository\n",
    ),
    "the simulator knows the database": ("simulator/__init__.py", "import sqlalchemy\n"),
    "a new package without a floor": ("attic/__init__.py", ""),
}


def _lint(source: Path, config: Path) -> subprocess.CompletedProcess[str]:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "from importlinter.cli import lint_imports_command as run; run(sys.argv[2:])"
    )
    # What is linted is a copy of the package, which the coverage of the real one must not count.
    unmeasured = {k: value for k, value in os.environ.items() if not k.startswith("COVERAGE")}
    return subprocess.run(
        [sys.executable, "-c", script, str(source), "--config", str(config), "--no-cache"],
        env=unmeasured,
        capture_output=True,
        text=True,
        cwd=source,
        timeout=120,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(
        ROOT / "src" / "expenseflow",
        tmp_path / "expenseflow",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    return tmp_path


def test_the_tree_as_it_stands_keeps_every_contract(copy: Path) -> None:
    outcome = _lint(copy, ROOT / "pyproject.toml")
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_import_breaks_the_fence(planted: str, copy: Path) -> None:
    file, line = PLANTED[planted]
    target = copy / "expenseflow" / file
    target.parent.mkdir(exist_ok=True)
    before = target.read_text() if target.exists() else ""
    target.write_text(before + line)
    outcome = _lint(copy, ROOT / "pyproject.toml")
    assert re.search(r"[1-9] broken", outcome.stdout), f"{planted}: {outcome.stdout}"
    assert outcome.returncode == 1
