"""Programs of the machine that tests need: where they are, or no test.

`tests/find-program.sh` and `tests/find-chromium.sh` look at the same places, and install.
"""

import os
import shutil

import pytest

_PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin"))


def find(setting: str, *names: str) -> str | None:
    """The one that this variable of the environment names, else the first of these names."""
    wanted = (os.environ.get(setting), *names)
    return next(
        (found for name in wanted if name and (found := shutil.which(name, path=_PATH))), None
    )


def need(setting: str, *names: str, missing: str) -> str:
    """The same, or no test: left out loudly, but failed where nobody reads what was left out."""
    program = find(setting, *names)
    if program is None:
        is_ci = os.environ.get("CI", "") not in ("", "0", "false")
        (pytest.fail if is_ci else pytest.skip)(missing)
    return program
