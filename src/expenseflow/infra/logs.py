"""How the log looks: one line an event, on standard error, never a transaction's text at INFO.

Standard output stays free for what a command prints. Tracebacks come without local variables,
which would hold people's data, and control characters in values are escaped, so that nobody
writes log lines of their own by way of a merchant's name.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Literal

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
)


def configure(log_format: LogFormat = "console", *, level: int = logging.INFO) -> None:
    """Send structlog and the standard library's logging through one renderer to stderr."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    final: list[Processor] = [_one_line, *_rendering(log_format)]
    structlog.configure(
        processors=[*shared, *final],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_logger,
        cache_logger_on_first_use=False,
    )
    _route_standard_logging(shared, final, level=level)


def _logger(*_names: object) -> structlog.WriteLogger:
    return structlog.WriteLogger(sys.stderr)  # looked up anew: tests and reloads replace it


def _rendering(log_format: LogFormat) -> list[Processor]:
    if log_format == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    return [
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    ]


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
    # Our own access line has no query string; uvicorn's has.
    logging.getLogger("uvicorn.access").disabled = True
    for name in _TOO_CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


class _ToStderr(logging.Handler):
    """Writes to what is standard error now, not to what it was when logging was set up."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
        except Exception:  # noqa: BLE001  # the log must not stop what it tells of
            self.handleError(record)


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
