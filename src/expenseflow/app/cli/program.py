"""The command line: one file for each command; here they are put together and their errors told.

Exit codes: 0 done, 1 failed, 2 wrong use, 130 interrupted. An error is one line on stderr.
"""

import sys
import traceback
from collections.abc import Sequence
from importlib import import_module, metadata
from typing import Annotated

import typer

from expenseflow.app.cli.main import INTERRUPTED
from expenseflow.app.refusals import CannotStart, Failed
from expenseflow.kit.errors import ExpenseFlowError

PROGRAM = "expenseflow"
FAILED = 1
WRONG_USE = 2
_HERE = "expenseflow.app.cli"

COMMANDS = {
    "serve": ("serve:serve", "Serve the API, and do the jobs, until stopped."),
    "worker": ("worker:worker", "Do report jobs until stopped."),
    "migrate": ("migrate:migrate", "Bring the database schema up to date."),
    "demo": ("demo:demo", "Show it all with four made-up months."),
    "token": ("token:token", "Print a Bearer token and nothing else."),
    "sign-in-link": ("sign_in_link:sign_in_link", "Print a one-time link to sign in with."),
    "import": ("import_:import_", "Import statements from files."),
    "report": ("report:report", "Make the report of a month, live."),
    "export": ("export:export", "Write a whole report into a file."),
    "doctor": ("doctor:doctor", "Say what is configured and what works."),
    "accounts": ("chart:accounts", "The accounts that charges are booked on."),
    "departments": ("chart:departments", "The departments that charges belong to."),
}
"""Where each command is, and the first line of its help: only the one that is used is loaded."""


def program(chosen: str | None) -> typer.Typer:
    """The command line with one command loaded; of the others it knows the names."""
    app = typer.Typer(
        name=PROGRAM,
        help="Turns a month of card transactions into an expense report that is ready to review.",
        rich_markup_mode=None,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(invoke_without_command=True)(_root)
    for name, (place, words) in COMMANDS.items():
        if name == chosen:
            _add(app, name, place)
        else:
            app.command(name, help=words)(_not_loaded)
    return app


def _add(app: typer.Typer, name: str, place: str) -> None:
    module, _, attribute = place.partition(":")
    found = getattr(import_module(f"{_HERE}.{module}"), attribute)
    if isinstance(found, typer.Typer):
        app.add_typer(found, name=name)
    else:
        app.command(name)(found)


def _not_loaded() -> None:
    raise AssertionError("the command that is used is loaded")


def _version(wanted: bool) -> None:  # noqa: FBT001  # Typer calls it so
    if wanted:
        print(f"{PROGRAM} {metadata.version(PROGRAM)}")
        raise typer.Exit


def _root(
    context: typer.Context,
    *,
    _show_version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which.")
    ] = False,
) -> int | None:
    if context.invoked_subcommand is not None:
        return None
    print(context.get_help())
    return WRONG_USE


app = program(None)
"""The names of all commands, none of them loaded: enough for help."""


def main(arguments: Sequence[str]) -> int:
    """Run one command; its exit code."""
    # The program itself has no option with a value, so the first word is the command.
    chosen = next((word for word in arguments if not word.startswith("-")), None)
    try:
        chosen_app = program(chosen) if chosen in COMMANDS else app
        result = chosen_app(list(arguments), prog_name=PROGRAM, standalone_mode=False)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever read our output has gone
        return FAILED
    except Exception as error:  # noqa: BLE001  # nobody should see a traceback
        code, words = _told(error)
        print(f"{PROGRAM}: {words}", file=sys.stderr)
        return code
    return result if isinstance(result, int) else 0


def _told(error: Exception) -> tuple[int, str]:
    """The exit code and the one line for an error."""
    match error:
        case ExceptionGroup() if len(error.exceptions) == 1:
            return _told(error.exceptions[0])
        case typer.TyperException():
            return error.exit_code, _line(error.format_message())
        case CannotStart():
            return error.exit_code, _line(str(error))
        case ExpenseFlowError() | Failed():
            return FAILED, _line(str(error))
        case _:
            return FAILED, _of_the_database(error) or _fault(error)


def _of_the_database(error: Exception) -> str | None:
    # Loaded already if it is one of these.
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415

    from expenseflow.infra.embedded_postgres import EmbeddedPostgresError  # noqa: PLC0415

    match error:
        case EmbeddedPostgresError():
            return _line(str(error))
        case DBAPIError():
            reason = (str(error.orig).splitlines() or ["no reason given"])[0]
            return f"The database does not answer as it should ({reason})"
        case _:
            return None


def _fault(error: Exception) -> str:
    """What to tell us: where it was, in one line."""
    from expenseflow.infra import tracebacks  # noqa: PLC0415  # slow to load, hardly ever needed

    frames = traceback.extract_tb(error.__traceback__)
    at = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return _line(f"This is a fault in ExpenseFlow: {tracebacks.words(error)}{at}")


def _line(text: str) -> str:
    return " ".join(text.split())
