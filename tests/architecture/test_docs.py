"""The docs name what there is."""

import re
from pathlib import Path

import pytest

from expenseflow.app.cli import program
from expenseflow.app.worker import GRACE_SECONDS
from expenseflow.infra.settings import Settings

ROOT = Path(__file__).parents[2]
SETTINGS = (ROOT / "docs/reference/settings.md").read_text()
COMMANDS = (ROOT / "docs/reference/cli.md").read_text()
DEPENDENCIES = (ROOT / "docs/dependencies.md").read_text()


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_documented(name: str) -> None:
    assert f"| `EXPENSEFLOW_{name.upper()}` |" in SETTINGS


def test_every_documented_default_is_the_real_one() -> None:
    rows = [line.split("|") for line in SETTINGS.splitlines() if line.startswith("| `EXPENSEFLOW_")]
    documented = {
        row[1].strip(" `").removeprefix("EXPENSEFLOW_").lower(): row[2].strip(" `") for row in rows
    }
    for name, field in Settings.model_fields.items():
        default = "unset" if field.default is None else str(field.default)
        assert documented[name] == (default.lower() if default in {"True", "False"} else default)


@pytest.mark.parametrize("name", sorted(program.COMMANDS))
def test_every_command_is_documented(name: str) -> None:
    assert f"`{name}" in COMMANDS


@pytest.mark.parametrize(
    "path",
    ["docs/reference/cli.md", "docs/howto/operate.md", "deploy/k8s/base/worker.yaml",
     "src/expenseflow/app/cli/worker.py"],
)  # fmt: skip
def test_how_long_a_worker_keeps_its_jobs_is_said_alike(path: str) -> None:
    seconds = {8.0: "eight seconds"}[GRACE_SECONDS]
    [said] = re.findall(r"(?:gives its jobs back|is finished) within (\w+ seconds)",
                        " ".join((ROOT / path).read_text().split()))  # fmt: skip
    assert said == seconds


def test_every_dependency_has_its_reason() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    listed = project.split("dependencies = [", 1)[1].split("\n]", 1)[0]
    for line in listed.splitlines():
        name = line.strip(' ",').split(">")[0].split("=")[0].split("[")[0]
        assert not name or name in DEPENDENCIES, name


def test_no_test_is_left_out_of_the_rings() -> None:
    """`tests/run.sh` names the rings; a new folder with tests must be one of them."""
    rings = (ROOT / "tests/run.sh").read_text()
    folders = {path.parent.relative_to(ROOT / "tests").parts[0]
               for path in (ROOT / "tests").rglob("test_*.py")}  # fmt: skip
    assert all(folder in rings for folder in folders)
