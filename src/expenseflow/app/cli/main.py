"""The entry point of the `expenseflow` script: small, so that Ctrl-C is heard from the start."""

import signal
import sys
from types import FrameType
from typing import NoReturn

INTERRUPTED = 130


def run() -> NoReturn:
    """Run the command line; the process ends with its exit code."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # no SIGHUP on Windows
        if number is not None and signal.getsignal(number) != signal.SIG_IGN:  # nohup
            signal.signal(number, _terminated)
    code = _run()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is over; nothing is left to interrupt
    sys.exit(code)


def _run() -> int:
    try:
        # It takes a second to load, in which a person may think better of it.
        from expenseflow.app.cli import program  # noqa: PLC0415
    except KeyboardInterrupt:
        return INTERRUPTED
    return program.main(sys.argv[1:])


def _terminated(number: int, _frame: FrameType | None) -> NoReturn:
    """SIGTERM and a closed terminal end a command as Ctrl-C does: everything is put away."""
    raise SystemExit(128 + number)
