"""deploy/backup.sh and deploy/restore.sh, run as an operator does."""

import os
import subprocess
from pathlib import Path

from expenseflow.infra.embedded_postgres import binaries
from tests.support.releases import ROOT


def run(
    name: str, url: str, *words: str, programs: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run one; the programs are those of our own server."""
    folder = programs or binaries.find(None).folder
    env = {
        **os.environ,
        "EXPENSEFLOW_DATABASE_URL": url,
        "EXPENSEFLOW_POSTGRES_BIN_DIR": str(folder),
    }
    return subprocess.run(
        [ROOT / "deploy" / name, *words], env=env, capture_output=True, text=True, check=False
    )


def backup(url: str, folder: Path, *, programs: Path | None = None) -> Path:
    """The file that was written."""
    done = run("backup.sh", url, str(folder), programs=programs)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())
