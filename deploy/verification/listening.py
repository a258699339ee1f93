"""What the event stream of a job tells, heard beside everything else."""

from __future__ import annotations

import threading
import time

from server import JOBS, NoAnswer, Server


class Listening(threading.Thread):
    """Hears the event stream of a job until it tells of progress."""

    def __init__(self, server: Server, job: str, end: float) -> None:
        super().__init__(daemon=True)
        self._server, self._path, self._end = server, f"{JOBS}/{job}/events", end
        self.seen_at: float | None = None
        self.trouble = ""
        self.start()

    def run(self) -> None:
        seconds = max(0.1, self._end - time.monotonic())
        try:
            for job in self._server.events(self._path, silent_at_most=seconds):
                if job["status"] != "Pending" and time.monotonic() <= self._end:
                    self.seen_at = time.monotonic()
                    return
        except NoAnswer as error:
            self.trouble = str(error)
        except Exception as error:  # noqa: BLE001  # of a thread nobody else would tell
            self.trouble = f"an event is not what the contract says ({error!r})"
