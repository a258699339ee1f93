"""Watching the server from a living process: a thread that starts it again when it dies."""

import logging
import threading
from types import TracebackType
from typing import Self

from expenseflow.infra.embedded_postgres.errors import EmbeddedPostgresError
from expenseflow.infra.embedded_postgres.launcher import EmbeddedPostgres

_log = logging.getLogger(__name__)
INTERVAL = 0.5
_LONGEST_PAUSE = 5.0


class PostgresWatcher:
    """Calls `ensure_running` until closed; close it before `stop`."""

    def __init__(self, postgres: EmbeddedPostgres, *, interval: float = INTERVAL) -> None:
        self._postgres = postgres
        self._interval = interval
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="postgres-watcher", daemon=True)

    def start(self) -> Self:
        self._thread.start()
        return self

    def close(self) -> None:
        self._closed.set()
        if self._thread.is_alive():
            self._thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _watch(self) -> None:
        pause, said = self._interval, ""
        while not self._closed.wait(pause):
            problem = self._look()
            if problem and problem != said:
                _log.error("The embedded database is down: %s", problem)
            pause = min(pause * 2, _LONGEST_PAUSE) if problem else self._interval
            said = problem

    def _look(self) -> str:
        try:
            self._postgres.ensure_running()
        except EmbeddedPostgresError as error:
            return str(error)
        except Exception as error:  # noqa: BLE001  # a watcher that ends never helps again
            _log.exception("The watcher of the embedded database stumbled")
            return str(error)
        return ""
