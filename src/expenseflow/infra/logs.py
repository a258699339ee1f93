"""How the log looks: one line an event, on standard error, never a transaction's text at INFO.

Standard output stays free for what a command prints. Errors come without local variables and
without their texts, which would hold people's data (`infra.tracebacks`), and control characters
in values are escaped, so that nobody writes log lines of their own by way of a merchant's name.
"""

import copy
import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Literal, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

LogFormat = Literal["console", "json"]

# Libraries that write request lines, headers or bodies below WARNING.
_TOO_CHATTY = (
    "httpx",
    "httpx2",
    "httpcore",
    "httpcore2",
    "openai",
    "procrastinate",
    "alembic",
    "urllib3",
    "asyncio",
    "expenseflow.infra.pool",  # SQLAlchemy logs under the name of the class it is given
)


def configure(log_format: LogFormat = "console", *, level: int = logging.INFO) -> None:
    """Send structlog and the standard library's logging through one renderer to stderr."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    final: list[Processor] = [_tell_error, _one_line, _rendering(log_format)]
    structlog.configure(
        processors=[*shared, *final],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_logger,
        cache_logger_on_first_use=False,
    )
    _route_standard_logging(shared, final, level=level)


def _logger(*_names: object) -> structlog.WriteLogger:
    return structlog.WriteLogger(sys.stderr)  # looked up anew: tests and reloads replace it


def _rendering(log_format: LogFormat) -> Processor:
    if log_format == "json":
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )


def _route_standard_logging(shared: list[Processor], final: list[Processor], *, level: int) -> None:
    handler = _ToStderr()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *final],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
        logging.getLogger(name).setLevel(logging.NOTSET)
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    # Our own access line has no query string; uvicorn's has.
    logging.getLogger("uvicorn.access").disabled = True
    for name in _TOO_CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def _is_news(record: logging.LogRecord) -> bool:
    """A stream whose client takes nothing is cut; we say so ourselves, and it is no error."""
    return record.msg != "ASGI callable returned without completing response."


class _ToStderr(logging.Handler):
    """Writes to what is standard error now, not to what it was when logging was set up."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(_without_texts(record)) + "\n")
        except Exception:  # noqa: BLE001  # the log must not stop what it tells of
            self.handleError(record)


def _without_texts(record: logging.LogRecord) -> logging.LogRecord:
    """What another library logs, with errors told our way wherever they stand."""
    told = copy.copy(record)
    if isinstance(told.args, tuple):
        told.args = tuple(_harmless(value) for value in told.args)
    elif told.args:
        told.args = {name: _harmless(value) for name, value in told.args.items()}
    if told.name == "asyncio":  # further lines show objects, with the errors they ended with
        told.msg, told.args = told.getMessage().partition("\n")[0], None
    return told


def _harmless(value: object) -> object:
    if not isinstance(value, BaseException):
        return value
    from expenseflow.infra import tracebacks  # noqa: PLC0415  # loads the database's drivers

    return tracebacks.words(value)


def _tell_error(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The traceback of the error, if the event has one, without what people entered."""
    error = _error_of(event.pop("exc_info", None))
    if error is not None:
        from expenseflow.infra import tracebacks  # noqa: PLC0415  # loads the database's drivers

        event["exception"] = tracebacks.told(error)
    return event


def _error_of(exc_info: object) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return cast("tuple[Any, BaseException | None, Any]", exc_info)[1]
    return sys.exc_info()[1] if exc_info else None


def _one_line(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    _escape(event)
    return event


def _escape(event: MutableMapping[str, Any]) -> None:
    for key, value in event.items():
        if isinstance(value, str) and not value.isprintable() and key != "exception":
            event[key] = "".join(
                char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
                for char in value
            )


class Outage:
    """Says when something is lost and when it is back, and nothing in between."""

    def __init__(self, name: str, **about: str) -> None:
        self._log = structlog.get_logger("expenseflow.outages").bind(**about)
        self._name = name
        self._lasts = False

    def goes_on(self, error: Exception) -> None:
        """It does not work; told at the first time."""
        if not self._lasts:
            self._log.warning(f"{self._name}.lost", error=type(error).__name__)
        self._lasts = True

    def is_over(self) -> None:
        """It works."""
        if self._lasts:
            self._log.warning(f"{self._name}.regained")
        self._lasts = False
