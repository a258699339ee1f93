"""`doctor` on a machine without a database of its own."""

import re
import shlex
from pathlib import Path

from tests.support.processes import Stack


def test_how_to_look_into_the_embedded_database_is_printed(tmp_path: Path) -> None:
    with Stack("", tmp_path) as stack:
        del stack.env["EXPENSEFLOW_DATABASE_URL"]
        done = stack.run("doctor")

    assert done.returncode == 0, done.stdout
    [command] = re.findall(r"to look inside: (.+)", done.stdout)
    psql, address = shlex.split(command)
    assert Path(psql).name == "psql"
    assert address.startswith("postgresql://expenseflow@/postgres?host=")
