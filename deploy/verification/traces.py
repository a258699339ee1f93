"""What a run has made at the deployment, and how it is taken away again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from month import Month
from server import JOBS, Answer, Json, NoAnswer, Server

FINISHED = ("Completed", "Failed", "Cancelled")
EVERY_SECONDS = 0.2


class NotTried(Exception):
    """An item cannot be tried here; the text says why."""


class Failed(Exception):
    """An item is not as it should be; the text says how."""


@dataclass
class Traces:
    """Everything of one run, by the deployment's own word."""

    server: Server
    month: Month | None = None
    jobs: list[str] = field(default_factory=list)
    """All that were started; the last one is what the items are about."""

    def get(self, path: str) -> Json:
        answer = self.server.ask("GET", path)
        expect(answer, 200, path)
        return answer.json

    def reports(self) -> list[Json]:
        assert self.month is not None
        return self.get(f"/api/reports?period={self.month.period}")["items"]

    def finished(self, job: str, within: float) -> Json:
        """The job once it has finished, or as it is when the time is over."""
        end = time.monotonic() + within
        while True:
            found = self.get(f"{JOBS}/{job}")
            if found["status"] in FINISHED or time.monotonic() > end:
                return found
            time.sleep(EVERY_SECONDS)

    def remove_reports(self) -> None:
        for path in self._own_reports():
            self._remove(path)

    def take_away(self, within: float) -> str:
        """All of it, in whatever state it is; what cannot be removed keeps nothing else."""
        if self.month is None:
            return "nothing was made"
        attempts = _Attempts()
        attempts.at(self._find_lost_job)
        for job in self.jobs:
            attempts.at(lambda job=job: self._end(job, within))
        for find in (self._own_reports, self._statements):
            for path in attempts.at(find) or ():
                attempts.at(lambda path=path: self._remove(path))
        attempts.at(self._nothing_is_left)
        if attempts.troubles:
            raise Failed("; ".join(attempts.troubles))
        return f"no transaction and no report is left in {self.month.period}"

    def _find_lost_job(self) -> None:
        """One whose answer never came."""
        assert self.month is not None
        answer = self.server.ask("GET", f"{JOBS}/active?period={self.month.period}")
        if answer.status == 200 and answer.json["id"] not in self.jobs:
            self.jobs.append(answer.json["id"])

    def _end(self, job: str, within: float) -> None:
        self.server.ask("DELETE", f"{JOBS}/{job}")  # 400: it is finished
        found = self.finished(job, within)
        if found["status"] not in FINISHED:
            raise Failed(f"job {job} is still {found['status']}")

    def _own_reports(self) -> list[str]:
        """The drafts of our jobs; there are no others in a month that was empty."""
        return [f"/api/reports/{one['id']}" for one in self.reports() if one["jobId"] in self.jobs]

    def _statements(self) -> list[str]:
        """By the name of the file: an import whose answer never came is found as well."""
        assert self.month is not None
        found: list[Json] = self.get("/api/statements?pageSize=100")["items"]
        mine = (one for one in found if one["fileName"] == self.month.file_name)
        return [f"/api/statements/{one['id']}" for one in mine]

    def _remove(self, path: str) -> None:
        expect(self.server.ask("DELETE", path), 204, f"the removal of {path}")

    def _nothing_is_left(self) -> None:
        assert self.month is not None
        period = self.month.period
        transactions = self.get(f"/api/transactions?period={period}")["totalCount"]
        reports = len(self.reports())
        if transactions or reports:
            raise Failed(f"{transactions} transactions and {reports} reports are left in {period}")


class _Attempts:
    """What went wrong, while the rest went on."""

    def __init__(self) -> None:
        self.troubles: list[str] = []

    def at(self, step: Callable[[], Any]) -> Any:
        try:
            return step()
        except Exception as error:  # noqa: BLE001  # whatever it is, the next step is tried
            known = isinstance(error, (Failed, NoAnswer))
            self.troubles.append(str(error) if known else repr(error))
            return None


def expect(answer: Answer, status: int, what: str) -> None:
    if answer.status != status:
        raise Failed(f"{what} was answered {answer.told} (expected {status})")
