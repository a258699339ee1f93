"""A process that uses the embedded server, steered by lines on its standard input.

It answers each line with a JSON line: `start` and `stop` with how long they took. At the end of
its input it stops. `--become` gives up root first, once everything is imported: the interpreter
itself may lie below a folder that only root can cross.
"""

import argparse
import contextlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from expenseflow.infra.embedded_postgres import (
    EmbeddedPostgres,
    EmbeddedPostgresError,
    PostgresWatcher,
)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--bin-dir", type=Path)
    parser.add_argument("--become", type=int)
    parser.add_argument("--watch", action="store_true")
    options = parser.parse_args()
    if options.become is not None:
        os.setgroups([])
        os.setgid(options.become)
        os.setuid(options.become)
    postgres = EmbeddedPostgres(options.data_dir, bin_dir=options.bin_dir)
    with contextlib.ExitStack() as stack:
        for line in sys.stdin:
            answer(line.strip(), postgres)
            if line.strip() == "start" and options.watch:
                stack.enter_context(PostgresWatcher(postgres))
    postgres.stop()


def answer(command: str, postgres: EmbeddedPostgres) -> None:
    began = time.monotonic()
    said: dict[str, Any] = {}
    try:
        if command == "start":
            said["url"] = postgres.start()
        elif command == "explain":
            said["problem"] = postgres.explain().problem
        elif command == "fork":
            said["child"] = stop_in_a_fork(postgres)
        else:
            postgres.stop()
    except EmbeddedPostgresError as error:
        said["error"] = str(error)
    print(  # noqa: T201  # the answer to whoever steers us
        json.dumps({**said, "seconds": time.monotonic() - began}), flush=True
    )


def stop_in_a_fork(postgres: EmbeddedPostgres) -> int:
    child = os.fork()
    if child == 0:
        postgres.stop()
        os._exit(0)
    return os.waitpid(child, 0)[1]


if __name__ == "__main__":
    main()
