"""The command line: one file for each command; here they are put together and their errors told.

Exit codes: 0 done, 1 failed, 2 wrong use, 130 interrupted. An error is one line on stderr.
"""

import sys
import traceback
from collections.abc import Sequence
from importlib import metadata
from typing import Annotated

import sqlalchemy.exc
import typer

from expenseflow.app.cli import (
    chart,
    common,
    demo,
    doctor,
    export,
    import_,
    migrate,
    report,
    serve,
    sign_in_link,
    token,
    worker,
)
from expenseflow.app.server import INTERRUPTED
from expenseflow.app.startup import CannotStart
from expenseflow.infra.embedded_postgres import EmbeddedPostgresError
from expenseflow.kit.errors import ExpenseFlowError

PROGRAM = "expenseflow"
FAILED = 1
WRONG_USE = 2

app = typer.Typer(
    name=PROGRAM,
    help="Turns a month of card transactions into an expense report that is ready to review.",
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(serve.serve)
app.command()(worker.worker)
app.command()(migrate.migrate)
app.command()(demo.demo)
app.command()(token.token)
app.command()(sign_in_link.sign_in_link)
app.command("import")(import_.import_)
app.command()(report.report)
app.command()(export.export)
app.add_typer(chart.accounts, name="accounts")
app.add_typer(chart.departments, name="departments")
app.command()(doctor.doctor)


def _version(wanted: bool) -> None:  # noqa: FBT001  # Typer calls it so
    if wanted:
        print(f"{PROGRAM} {metadata.version(PROGRAM)}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
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


def main(arguments: Sequence[str]) -> int:
    """Run one command; its exit code."""
    try:
        result = app(list(arguments), prog_name=PROGRAM, standalone_mode=False)
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
        case ExpenseFlowError() | common.Failed() | EmbeddedPostgresError():
            return FAILED, _line(str(error))
        case sqlalchemy.exc.DBAPIError():
            return FAILED, f"The database does not answer as it should ({_first_line(error)})"
        case _:
            return FAILED, _fault(error)


def _first_line(error: sqlalchemy.exc.DBAPIError) -> str:
    return (str(error.orig).splitlines() or ["no reason given"])[0]


def _fault(error: Exception) -> str:
    """What to tell us: where it was, in one line."""
    frames = traceback.extract_tb(error.__traceback__)
    at = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return _line(f"This is a fault in ExpenseFlow: {type(error).__name__}: {error}{at}")


def _line(text: str) -> str:
    return " ".join(text.split())
