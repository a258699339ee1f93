"""The wheel of `make dist`: everything is inside, and it runs where none of our sources are."""

import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.support.embedded_postgres import place_for

ROOT = Path(__file__).parents[3]
UI = "expenseflow/app/static/ui"
VERSIONS = "expenseflow/migrations/versions"
OUTSIDE = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("EXPENSEFLOW_", "PYTHON"))
}
"""What an operator's shell has: no path to our sources."""


def _run(
    *words: object, folder: Path, env: Mapping[str, str] = OUTSIDE
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [str(word) for word in words],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, folder=ROOT)
    [built] = folder.glob("expenseflow-*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With the wheel alone; what that needs is found in the environment of the tests.

    Of a folder that is named in a .pth Python reads no .pth, so not the one to our sources either.
    """
    made = tmp_path_factory.mktemp("installed") / "venv"
    _run(sys.executable, "-m", "venv", "--without-pip", made, folder=ROOT)
    install = ("install", "--quiet", "--no-deps", "--no-index", wheel)
    _run(sys.executable, "-m", "pip", "--python", made / "bin/python", *install, folder=ROOT)
    needed = sysconfig.get_path("purelib")
    (_packages(made) / "needed.pth").write_text(f"{needed}\n")
    return made


def _packages(environment: Path) -> Path:
    [found] = environment.glob("lib/python*/site-packages")
    return found


def test_it_holds_the_front_end_the_licence_and_every_migration(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        page = archive.read(f"{UI}/index.html").decode()
        [licence] = (name for name in names if name.endswith(".dist-info/licenses/LICENSE"))
        assert archive.read(licence) == (ROOT / "LICENSE").read_bytes()
    asked_for = set(re.findall(r"assets/[\w.-]+\.(?:js|css)", page))
    assert asked_for
    assert {f"{UI}/{name}" for name in asked_for} <= names
    migrations = [path for path in (ROOT / "src" / VERSIONS).iterdir() if path.is_file()]
    assert len(migrations) > 10
    assert {f"{VERSIONS}/{path.name}" for path in migrations} <= names
    assert not [name for name in names if name.startswith(("tests/", "src/"))]


def test_it_is_installed_and_the_demo_runs_from_an_empty_folder(
    wheel: Path, environment: Path, tmp_path: Path
) -> None:
    where = "import expenseflow; print(expenseflow.__file__)"
    told = _run(environment / "bin/python", "-c", where, folder=tmp_path).stdout.strip()
    assert Path(told) == _packages(environment) / "expenseflow/__init__.py"
    program = environment / "bin/expenseflow"
    version = _run(program, "--version", folder=tmp_path).stdout.split()[-1]
    assert wheel.name.startswith(f"expenseflow-{version}-")

    with place_for("root" if os.geteuid() == 0 else "normal") as place:
        own = {"EXPENSEFLOW_DATA_DIR": str(place.data_dir), "EXPENSEFLOW_PORT": "0"}
        done = _run(program, "demo", "--once", folder=tmp_path, env={**OUTSIDE, **own})

    assert "2026-03: 144 lines" in done.stdout
    assert re.search(r"2026-04: 182 lines in [0-9.]+ s, 1\d need a look", done.stdout)
    assert re.search(r"^ All +182 ", done.stdout, re.MULTILINE)
    assert list(tmp_path.iterdir()) == []
