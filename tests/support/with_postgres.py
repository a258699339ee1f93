"""Run a command with one embedded PostgreSQL for all its processes.

`python -m tests.support.with_postgres COMMAND …`; does nothing but run the command when
EXPENSEFLOW_TEST_DATABASE_URL names a server already.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support import database


def main(command: list[str]) -> int:
    """The command's exit code."""
    with (
        tempfile.TemporaryDirectory(prefix="ef-test-", ignore_cleanup_errors=True) as folder,
        database.server(Path(folder)) as url,
    ):
        return subprocess.run(
            command, env={**os.environ, database.SERVER: url}, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
