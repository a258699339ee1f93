"""Running PostgreSQL's programs: as the server's user, detached, with nothing of ours."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from expenseflow.infra.embedded_postgres.homes import Home

# Nothing else of our environment: keys of a provider are no business of the server's, and
# PGDATA, PGPORT, PGOPTIONS would lead it astray.
_KEPT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMP")


def _sink(output: Path | None) -> IO[bytes]:
    if output is None:
        return open(os.devnull, "wb")  # noqa: PTH123  # a name, no path of ours
    # Made anew: as root we must not write through a link that the server's user put there.
    output.unlink(missing_ok=True)
    return output.open("xb")


def run(home: Home, command: Sequence[str], *, seconds: float, output: Path | None = None) -> int:
    """Run a program in the home folder and wait for it; answers its exit code.

    Never a pipe: the server inherits it from `pg_ctl`, and a reader would wait for ever. Its own
    session: Ctrl-C at our terminal is not meant for it. The home is a folder its user can enter,
    and paths relative to it need no quoting in the shell that `pg_ctl` starts the server with.
    """
    account = home.account
    with _sink(output) as sink:
        process = subprocess.Popen(  # noqa: S603  # PostgreSQL's own programs
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            cwd=home.path,
            env={name: os.environ[name] for name in _KEPT if name in os.environ} | {"LC_ALL": "C"},
            start_new_session=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            umask=0o077,
        )
    with process:
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            return -1
