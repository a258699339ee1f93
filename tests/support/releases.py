"""The release before this one, to be run beside it: its source out of our own history."""

import io
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PREVIOUS_NUMBER = "0.1.0"
"""The three move on together, as soon as the changelog begins to tell of the next one."""
PREVIOUS = "0ecda51"
"""A commit, because a clone may have no tags."""
PREVIOUS_SCHEMA = "0014"


def previous(folder: Path) -> Path:
    """Its `src`, to be put on PYTHONPATH; skips the test where there is no history."""
    packed = subprocess.run(
        ["git", "-C", str(ROOT), "archive", "--format=tar", PREVIOUS, "src"],
        capture_output=True,
        check=False,
    )
    if packed.returncode:
        _no_history(packed.stderr.decode(errors="replace").strip())
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder / "src"


def _no_history(reason: str) -> None:
    told = f"{PREVIOUS_NUMBER} ({PREVIOUS}) is not in the history here: {reason}"
    if os.environ.get("CI", "") not in ("", "0", "false"):
        pytest.fail(f"{told}; CI needs a full clone")
    pytest.skip(told)
