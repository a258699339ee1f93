"""The items, in the order in which they are tried. Each tells its figures, or fails."""

from __future__ import annotations

import csv
import io
import random
import time
from dataclasses import dataclass, field
from typing import Any

from listening import Listening
from month import PERIODS, Month
from server import JOBS, Answer, Json, Server
from traces import EVERY_SECONDS, FINISHED, Failed, NotTried, Traces, expect

LATER = "of a later release"
"""How a process speaks of a schema that is newer than itself."""
AT_ONCE_SECONDS = 2.0
"""A POST that took longer has done more than to take the job down."""
_TRIES = 3
_TOO_FAST = "try more lines, or an AI service: without one nothing takes long"


@dataclass(frozen=True)
class Limits:
    """What is asked for."""

    lines: int = 300
    progress_within: float = 5
    report_within: float = 600
    cancel_within: float = 10


@dataclass
class Checks:
    """One run against one deployment."""

    server: Server
    limits: Limits
    started_at: float = 0.0
    job: Json = field(default_factory=dict)
    traces: Traces = field(init=False)

    def __post_init__(self) -> None:
        self.traces = Traces(self.server)

    # -- before there is a job --------------------------------------------------------------------

    def is_ready(self) -> str:
        answer = self.server.ask("GET", "/health/ready", with_token=False)
        checks = ", ".join(f"{what} {word}" for what, word in answer.json.get("checks", {}).items())
        if answer.status != 200 or not checks:
            raise Failed(f"not ready: {checks or answer.told}")
        return checks

    def is_of_one_release(self) -> str:
        answer = self.server.ask("GET", "/health/ready", with_token=False)
        if LATER in answer.json.get("checks", {}).values():
            raise Failed("the processes are of an earlier release than the schema")
        return ""

    def refuses_strangers(self) -> str:
        answer = self.server.ask("GET", JOBS, with_token=False)
        expect(answer, 401, "a request without a token")
        if not answer.headers.get("WWW-Authenticate", "").startswith("Bearer"):
            raise Failed("the 401 does not say what it wants (WWW-Authenticate: Bearer)")
        return ""

    def knows_us(self) -> str:
        answer = self.server.ask("GET", "/api/me")
        if answer.status == 401:
            raise Failed(f"the token was refused: {answer.told}")
        expect(answer, 200, "/api/me")
        return str(answer.json.get("email"))

    def imports(self) -> str:
        taken = {one["period"] for one in self.traces.get("/api/periods")["items"]}
        free = [period for period in PERIODS if period not in taken]
        if not free:
            raise Failed("this user has transactions in every month of the 1990s")
        self.traces.month = Month(random.choice(free), self.limits.lines)  # noqa: S311  # no secret
        answer = self.server.ask("POST", "/api/statements", form=self.traces.month.form())
        expect(answer, 201, "the import")
        imported = answer.json["imported"]
        if imported != self.limits.lines:
            raise Failed(f"{imported} of {self.limits.lines} charges were imported")
        return f"{imported} charges of {self.traces.month.period} in {answer.seconds:.1f} s"

    # -- the job ----------------------------------------------------------------------------------

    def starts(self) -> str:
        answer = self._post()
        expect(answer, 202, "POST of a job")
        self._note(answer)
        if not answer.headers.get("Location", "").endswith(f"{JOBS}/{self.job['id']}"):
            raise Failed("the 202 has no Location")
        if answer.seconds > AT_ONCE_SECONDS:
            raise Failed(f"the 202 took {answer.seconds:.1f} s")
        return f"202 after {answer.seconds:.2f} s"

    def refuses_a_second(self) -> str:
        answer, first = self._post(), self.traces.jobs[-1]
        if answer.status == 202:
            self._note(answer)
            if self.traces.get(f"{JOBS}/{first}")["status"] in FINISHED:
                raise NotTried(f"the first was done before the second was sent; {_TOO_FAST}")
        expect(answer, 409, "a second POST")
        if answer.json.get("existingJobId") != first:
            raise Failed(f"the 409 does not name the first: {answer.json.get('existingJobId')}")
        return "409, and it names the first"

    def shows_progress(self) -> str:
        end = self.started_at + self.limits.progress_within
        listening = Listening(self.server, self.traces.jobs[-1], end)
        polled = None
        while polled is None and time.monotonic() < end:
            self.job = self.traces.get(f"{JOBS}/{self.traces.jobs[-1]}")
            if self.job["status"] != "Pending":
                polled = time.monotonic()
            else:
                time.sleep(EVERY_SECONDS)
        listening.join()
        seen = {"asking": polled, "the event stream": listening.seen_at}
        missing = [way for way, at in seen.items() if at is None]
        if missing:
            why = f" ({listening.trouble})" if listening.trouble else ""
            raise Failed(
                f"after {self.limits.progress_within:g} s nothing was seen by "
                f"{' and '.join(missing)}{why}; the job: {_state(self.job)}"
            )
        told = (f"{at - self.started_at:.1f} s by {way}" for way, at in seen.items() if at)
        return ", ".join(told)

    def cancels(self) -> str:
        for left in reversed(range(_TRIES)):
            # In the midst of its work, or at the last try as early as can be.
            before = self._settling(self.limits.progress_within if left else 0)
            answer = self.server.ask("DELETE", f"{JOBS}/{self.traces.jobs[-1]}")
            if answer.status != 400:
                return self._cancelled(answer, before)
            # It was done already: the next one is tried.
            self.traces.remove_reports()
            if left:
                again = self._post()
                expect(again, 202, "POST of a job")
                self._note(again)
        raise NotTried(f"{_TRIES} jobs in turn were done before they were cancelled; {_TOO_FAST}")

    def _cancelled(self, answer: Answer, before: Json) -> str:
        begun = time.monotonic()
        expect(answer, 200, "the cancel")
        job = self.traces.finished(self.traces.jobs[-1], self.limits.cancel_within)
        if job["status"] != "Cancelled":
            raise Failed(f"{self.limits.cancel_within:g} s later the job was {_state(job)}")
        if job["generatedReportId"] or self.traces.reports():
            raise Failed("a report of the cancelled job is left")
        done = f"{before['processedLines']} of {before['totalLines']} lines"
        return f"{time.monotonic() - begun:.1f} s, at {done}, no report is left"

    def reports_in_time(self) -> str:
        answer = self._post()
        expect(answer, 202, "POST after the cancel")
        self._note(answer)
        self.job = job = self.traces.finished(self.traces.jobs[-1], self.limits.report_within)
        if job["status"] != "Completed":
            why = job["errorMessage"] or f"after {self.limits.report_within:g} s"
            raise Failed(f"{_state(job)}: {why}")
        counts = (job["totalLines"], job["processedLines"], job["progressPercent"])
        if counts != (self.limits.lines, self.limits.lines, 100):
            raise Failed(f"it is completed with {counts[1]} of {counts[0]} lines, {counts[2]} %")
        tiers = ", ".join(f"{count} {tier}" for tier, count in job["tiers"].items() if count)
        usage = job["usage"]
        calls = f"{usage['calls']} calls of which {usage['rejectedCalls']} were turned away"
        taken = time.monotonic() - self.started_at
        return f"{self.limits.lines} lines in {taken:.1f} s ({tiers}; {calls})"

    # -- the report -------------------------------------------------------------------------------

    def flags_what_failed(self) -> str:
        page = self.traces.get(f"/api/reports/{self.job['generatedReportId']}/lines?pageSize=500")
        lines: list[Json] = page["items"]
        report = self.traces.get(f"/api/reports/{self.job['generatedReportId']}")
        failed = [line for line in lines if line["tier"] == "manual"]
        flagged = [line for line in lines if line["needsReview"]]
        counts = {
            "lines": (len(lines), self.limits.lines),
            "failedLines": (self.job["failedLines"], len(failed)),
            "all tiers": (sum(self.job["tiers"].values()), self.limits.lines),
            "needsReviewCount": (report["needsReviewCount"], len(flagged)),
        }
        wrong = [
            f"{what} {told} ≠ {found}" for what, (told, found) in counts.items() if told != found
        ]
        if wrong:
            raise Failed(f"counts do not agree: {', '.join(wrong)}")
        if any(not line["needsReview"] for line in failed):
            raise Failed("a line that failed is not flagged")
        if any(not line["reviewReason"] for line in flagged):
            raise Failed("a line is flagged without a reason")
        told = f"{len(failed)} failed" if failed else "none failed, so nothing was flagged for that"
        return f"{told}; {len(flagged)} to review, each with a reason"

    def links_the_report(self) -> str:
        report_id = self.job["generatedReportId"]
        report = self.traces.get(f"/api/reports/{report_id}")
        told = (report["jobId"], report["period"], report["status"], report["lineCount"])
        assert self.traces.month is not None
        if told != (self.job["id"], self.traces.month.period, "Draft", self.limits.lines):
            raise Failed(f"the report is not the one of the job: {told}")
        answer = self.server.ask("GET", f"/api/reports/{report_id}/export?format=csv")
        expect(answer, 200, "the export")
        rows = csv.reader(io.StringIO(answer.body.decode("utf-8-sig")))
        found = sum(any(self.traces.month.mark in cell for cell in row) for row in rows)
        if found != self.limits.lines:
            raise Failed(f"{found} of {self.limits.lines} lines are in the export")
        return f"{found} lines, exported in {answer.seconds:.1f} s"

    def takes_all_away(self) -> str:
        return self.traces.take_away(self.limits.cancel_within)

    # -- pieces -----------------------------------------------------------------------------------

    def _post(self) -> Answer:
        assert self.traces.month is not None
        self.started_at = time.monotonic()
        return self.server.ask("POST", JOBS, json_body={"period": self.traces.month.period})

    def _note(self, answer: Answer) -> None:
        self.job = answer.json
        self.traces.jobs.append(self.job["id"])

    def _settling(self, within: float) -> Json:
        """The latest job once some of its lines are settled, or as it is when the time is over."""
        end = time.monotonic() + within
        while True:
            job = self.traces.get(f"{JOBS}/{self.traces.jobs[-1]}")
            if job["processedLines"] or job["status"] in FINISHED or time.monotonic() > end:
                return job
            time.sleep(EVERY_SECONDS)


def _state(job: Json) -> str:
    words: tuple[Any, ...] = (job["status"], job["processedLines"], job["totalLines"])
    return "{}, {} of {} lines".format(*words)
