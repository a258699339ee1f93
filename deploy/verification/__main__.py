"""deploy/verify.sh: tests a deployment from outside, item by item, as one of its users.

It imports a made-up statement into a month of the 1990s in which the user has nothing, reports on
it, and takes all of it away again, also after Ctrl-C; what stays are entries in the user's list of
jobs. Nothing else of the user is touched. The AI provider of the deployment is asked about
merchants that do not exist, which costs as much as a month does.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import sys
import time
from collections.abc import Callable
from typing import Any, NoReturn

from checks import Checks, Limits
from server import NoAnswer, Server
from traces import Failed, NotTried

TOKEN = "EXPENSEFLOW_TOKEN"  # noqa: S105  # the name of it
QUICK_LINES, MOST_LINES = 30, 500
FAILED, WRONG_USE, INTERRUPTED = 1, 2, 130
_ADDRESS = re.compile(r"https?://[^/?#\s@]+(/[^?#\s]*)?")
_BEARER = re.compile(r"[A-Za-z0-9._~+/=-]+")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(WRONG_USE, f"deploy/verify.sh: {message}; see --help\n")


class Run:
    """Tries items and keeps count."""

    def __init__(self) -> None:
        self.ok, self.failed, self.not_tried = 0, 0, 0
        self._goes_on = True

    def item(self, name: str, check: Callable[[], str], *, must: bool = False) -> None:
        """Try one; where it `must` be ok, the rest cannot be tried without it."""
        if not self._goes_on:
            self._leave_out(name)
            return
        try:
            is_ok = self._is_ok(name, check)
        except NotTried as why:
            self._leave_out(name, f": {why}")
            return
        self.ok += is_ok
        self.failed += not is_ok
        self._goes_on = is_ok or not must

    def _leave_out(self, name: str, why: str = "") -> None:
        self.not_tried += 1
        _say(f"-     {name}: not tried{why}")

    def last(self, name: str, check: Callable[[], str]) -> None:
        """Is tried whatever came before."""
        self._goes_on = True
        self.item(name, check)

    def _is_ok(self, name: str, check: Callable[[], str]) -> bool:
        try:
            figures = check()
        except NotTried:
            raise
        except (Failed, NoAnswer) as error:
            _say(f"FAIL  {name}: {error}")
            return False
        except (KeyError, TypeError, AttributeError) as error:
            _say(f"FAIL  {name}: an answer is not what the contract says ({error!r})")
            return False
        except Exception as error:  # noqa: BLE001  # whatever it is, the other items go on
            _say(f"FAIL  {name}: {error!r}")
            return False
        _say(f"ok    {name}{': ' if figures else ''}{figures}")
        return True

    def summary(self, seconds: float) -> str:
        others = f", {self.not_tried} not tried" if self.not_tried else ""
        return f"{self.ok} ok, {self.failed} failed{others}, in {seconds:.0f} s"


def main() -> int:
    """The exit code."""
    given = _arguments()
    checks = Checks(
        Server(given.base_url, given.token),
        Limits(given.lines, given.progress_within, given.report_within, given.cancel_within),
    )
    run, begun = Run(), time.monotonic()
    _on_signals(_end)
    was_interrupted = False
    try:
        _try_all(run, checks)
        _on_signals(signal.SIG_IGN)
    except KeyboardInterrupt:
        was_interrupted = True
        _say("interrupted")
    finally:
        _on_signals(signal.SIG_IGN)
        run.last("everything is taken away again", checks.takes_all_away)
    if was_interrupted:
        return INTERRUPTED
    _say(run.summary(time.monotonic() - begun))
    return FAILED if run.failed else 0


def _try_all(run: Run, checks: Checks) -> None:
    limits = checks.limits
    run.item("migration applied", checks.is_ready, must=True)
    run.item("schema and processes are of one release", checks.is_of_one_release)
    run.item("401 without a token", checks.refuses_strangers)
    run.item("the token is taken", checks.knows_us, must=True)
    run.item("a statement is imported", checks.imports, must=True)
    run.item("a job is taken at once", checks.starts, must=True)
    run.item("a second job of the month is refused", checks.refuses_a_second)
    run.item(f"progress within {limits.progress_within:g} s", checks.shows_progress)
    run.item(f"a cancel within {limits.cancel_within:g} s", checks.cancels)
    run.item(
        f"{limits.lines} lines within {limits.report_within:g} s", checks.reports_in_time, must=True
    )
    run.item("failed lines are flagged", checks.flags_what_failed)
    run.item("the report is linked and exported", checks.links_the_report)


def _say(line: str) -> None:
    print(line, flush=True)


def _on_signals(what: Any) -> None:
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        signal.signal(getattr(signal, name), what)


def _end(_number: int, _frame: object) -> NoReturn:
    """The first one ends the run; nothing ends the tidying up."""
    _on_signals(signal.SIG_IGN)
    raise KeyboardInterrupt


def _arguments() -> argparse.Namespace:
    parser = _Parser(
        prog="deploy/verify.sh",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Exit codes: 0 all ok, 1 something is not, 2 wrong use, 130 interrupted. For a "
        "certificate of your\nown authority: SSL_CERT_FILE=/path/to/ca.pem.",
    )
    parser.add_argument("base_url", metavar="BASE_URL", help="https://expenseflow.example.com")
    parser.add_argument(
        "token",
        metavar="TOKEN",
        nargs="?",
        help=f"of any user; - reads it from standard input; without one it is taken from {TOKEN}. "
        "Both keep it out of the list of processes",
    )
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_LINES} lines instead of 300")
    parser.add_argument("--lines", type=_lines, help=f"so many lines, at most {MOST_LINES}")
    for name, seconds in (("progress", 5), ("report", 600), ("cancel", 10)):
        parser.add_argument(
            f"--{name}-within", type=_seconds, default=seconds, metavar="S", help="(%(default)s)"
        )
    given = parser.parse_args()
    if not _ADDRESS.fullmatch(given.base_url):
        parser.error(f"not the address of a server: {given.base_url}")
    given.lines = given.lines or (QUICK_LINES if given.quick else Limits.lines)
    given.token = _token(given.token)
    if not given.token:
        parser.error(f"no token: give one, or set {TOKEN}")
    if not _BEARER.fullmatch(given.token):
        parser.error("that is not a bearer token")
    return given


def _token(given: str | None) -> str:
    from_outside = os.environ.pop(TOKEN, "")
    if given == "-":
        return sys.stdin.readline().strip()
    return from_outside if given is None else given


def _lines(text: str) -> int:
    number = int(text)
    if not 1 <= number <= MOST_LINES:
        raise argparse.ArgumentTypeError(f"1 to {MOST_LINES}, not {text}")
    return number


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"more than 0, not {text}")
    return number


if __name__ == "__main__":
    sys.exit(main())
