"""What tests need of the machine is not installed on somebody's own without asking."""

import shutil
import subprocess
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
WAYS = [["find-program.sh", "pgbouncer"], ["find-program.sh", "haproxy"], ["find-chromium.sh"]]
ROOT, SOMEBODY = 0, 1000


def _found(
    folder: Path, words: list[str], *, user: int, ci: str = ""
) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """The script where nothing is but Debian's tools, and which of those it has called."""
    called = folder / "called"
    called.touch()
    for name in ("apt-get", "systemctl"):
        _program(folder / name, f'echo "{name} $*" >>{called}')
    _program(folder / "sudo", f'echo "sudo $*" >>{called}; shift; "$@"')
    _program(folder / "id", f"echo {user}")
    (folder / "dirname").symlink_to(shutil.which("dirname") or "")
    script = (TESTS / words[0]).read_text().replace(":/usr/sbin", "")  # this machine's own
    (folder / words[0]).write_text(script)
    shutil.copy(TESTS / "install.sh", folder)
    done = subprocess.run(
        ["/bin/bash", folder / words[0], *words[1:]],
        env={"PATH": str(folder), "CI": ci},
        capture_output=True,
        text=True,
        check=True,
    )
    return done, called.read_text().splitlines()


def _program(path: Path, words: str) -> None:
    path.write_text(f"#!/bin/bash\n{words}\n")
    path.chmod(0o755)


@pytest.mark.parametrize("words", WAYS, ids=" ".join)
def test_whoever_is_not_root_is_told_what_to_type(tmp_path: Path, words: list[str]) -> None:
    done, called = _found(tmp_path, words, user=SOMEBODY, ci="false")
    assert called == []
    [line] = done.stderr.splitlines()
    assert "sudo apt-get install" in line
    assert "its tests are left out" in line


@pytest.mark.parametrize("words", WAYS, ids=" ".join)
def test_root_and_ci_install_it_and_no_service_stays(tmp_path: Path, words: list[str]) -> None:
    for user, ci, before in ((ROOT, "", ""), (SOMEBODY, "true", "sudo -n ")):
        folder = tmp_path / str(user)
        folder.mkdir()
        done, called = _found(folder, words, user=user, ci=ci)
        assert done.stderr == ""
        name = words[-1] if len(words) > 1 else "chromium"
        assert f"{before}apt-get -qq install -y --no-install-recommends {name}" in called
        assert f"{before}systemctl disable --now {name}" in called


@pytest.mark.parametrize("words", WAYS, ids=" ".join)
def test_what_is_there_is_left_alone(tmp_path: Path, words: list[str]) -> None:
    _program(tmp_path / (words[-1] if len(words) > 1 else "chromium"), "true")
    done, called = _found(tmp_path, words, user=ROOT)
    assert (done.stdout, done.stderr, called) == ("", "", [])
