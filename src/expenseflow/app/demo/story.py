"""What happens in the demo: months imported, all but the last filed and submitted, that one made.

Each step looks at what is there first, so a run goes on from wherever an earlier one stopped.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from expenseflow.app.demo import statement
from expenseflow.app.demo.api import Api, Json, Refused
from expenseflow.app.demo.statement import Booking
from expenseflow.kit.clock import Clock

LOOK_EVERY = 0.05
AT_ONCE = 4
_FINISHED = ("Completed", "Failed", "Cancelled")


class DemoFailed(Exception):
    """The demo cannot go on; the text is one line."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What the last month has become."""

    period: str
    report: Json
    lines: Sequence[Json]
    account_names: dict[str, str]
    job: Json | None
    """None: there was nothing left to do, the report had been submitted."""


class Story:
    """One run of the demo."""

    def __init__(
        self,
        api: Api,
        clock: Clock,
        *,
        periods: Sequence[str],
        say: Callable[[str], None],
        show: Callable[[Json], None],
    ) -> None:
        """`say` tells a step; `show` is given the job of the last month while it runs."""
        self._periods = periods
        self._api = api
        self._clock = clock
        self._say = say
        self._show = show

    async def play(self) -> Ending:
        """From the bank's files to the last month's report."""
        *earlier, last = self._periods
        for period in self._periods:
            await self._import(period)
        for period in earlier:
            await self._file(period)
        return await self._finish(last)

    async def _import(self, period: str) -> None:
        name = statement.file_name(period)
        done = await self._api.import_statement(name, statement.content(period))
        words = [f"{done['imported']} charges"] if done["imported"] else ["nothing new"]
        if done["payments"]:
            words.append("1 payment kept out")
        self._say(f"{name}: {', '.join(words)}")

    async def _file(self, period: str) -> None:
        """An earlier month: its report, corrected as the person would, submitted."""
        report = await self._newest(period)
        if report is None:
            job = await self._make(period)
            report = await self._report_of(period, job)
        elif report["status"] == "Submitted":
            self._say(f"{period}: submitted before")
            return
        corrected = await self._correct(period, report["id"])
        try:
            done = await self._api.submit(report["id"])
        except Refused as refusal:
            self._say(f"{period}: left as a draft ({refusal})")
        else:
            lines = done["lineCount"]
            self._say(f"{period}: {lines} lines, {corrected} corrected by hand, submitted")

    async def _finish(self, period: str) -> Ending:
        try:
            job = await self._make(period, show=self._show)
        except Refused as refusal:
            if refusal.kind != "nothing-left-to-report":
                raise
            job = None
        report = await self._report_of(period, job)
        return Ending(
            period=period,
            report=report,
            lines=await self._api.lines(report["id"]),
            account_names=await self._api.account_names(),
            job=job,
        )

    async def _make(self, period: str, *, show: Callable[[Json], None] | None = None) -> Json:
        """A completed job: a new one, or the one that an earlier run left behind."""
        while True:
            job = await self._watch(await self._request(period), show)
            if job["status"] == "Failed":
                raise DemoFailed(job["errorMessage"] or job["statusMessage"])
            if job["status"] == "Completed":
                return job

    async def _request(self, period: str) -> Json:
        try:
            return await self._api.request_job(period)
        except Refused as refusal:
            existing = refusal.problem.get("existingJobId")
            if existing is None:
                raise
            return await self._api.job(existing)

    async def _watch(self, job: Json, show: Callable[[Json], None] | None) -> Json:
        while True:
            if show is not None:
                show(job)
            if job["status"] in _FINISHED:
                return job
            await self._clock.sleep(LOOK_EVERY)
            job = await self._api.job(job["id"])

    async def _correct(self, period: str, report_id: str) -> int:
        """Correct one line of each kind and have the report made again, until all are right.

        Memory takes each correction over to the like lines, as it does for a person.
        """
        corrected = 0
        while changes := _changes(await self._api.lines(report_id)):
            one_of_each = {booking.kind: (line, change) for line, booking, change in changes}
            await self._send(report_id, list(one_of_each.values()))
            corrected += len(one_of_each)
            if len(one_of_each) == len(changes):
                break
            await self._make(period)
        return corrected

    async def _send(self, report_id: str, changes: Sequence[tuple[Json, Json]]) -> None:
        at_once = asyncio.Semaphore(AT_ONCE)

        async def send(line: Json, change: Json) -> None:
            async with at_once:
                await self._api.change_line(report_id, line, change)

        try:
            async with asyncio.TaskGroup() as group:
                for line, change in changes:
                    group.create_task(send(line, change))
        except ExceptionGroup as refusals:  # told like any other; the first is enough
            raise refusals.exceptions[0] from None

    async def _newest(self, period: str) -> Json | None:
        reports = await self._api.reports(period)
        drafts = [report for report in reports if report["status"] == "Draft"]
        return next(iter(drafts or reports), None)

    async def _report_of(self, period: str, job: Json | None) -> Json:
        reports = await self._api.reports(period)
        wanted = None if job is None else job["generatedReportId"]
        fitting = [report for report in reports if wanted in (None, report["id"])]
        if not fitting:
            raise DemoFailed(f"The report of {period} was deleted meanwhile")
        return fitting[0]


def _changes(lines: Sequence[Json]) -> list[tuple[Json, Booking, Json]]:
    """The lines that are flagged or wrong, where they belong, and what to say of them."""
    found: list[tuple[Json, Booking, Json]] = []
    for line in lines:
        booking = statement.answers().get(line["originalDescription"])
        if booking is None:  # not of our making: somebody has imported more
            continue
        right = {"glCode": booking.gl_code, "departmentCode": booking.department_code}
        if any(line[name] != code for name, code in right.items()):
            found.append((line, booking, right))
        elif line["needsReview"]:
            found.append((line, booking, {"needsReview": False}))
    return found
