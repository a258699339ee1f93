"""How far a report job has come, on stderr: a live bar on a terminal, plain lines elsewhere."""

from collections.abc import Mapping
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn

from expenseflow.kit.clock import Clock

Job = Mapping[str, Any]
"""A ReportJob of the contract."""

AI = "AI"
SIMULATED_AI = "simulated AI"
FINISHED = ("Completed", "Failed", "Cancelled")
_TIERS = {
    "rule": "rules", "memory": "memory", "similar": "similar", "model": AI, "manual": "flagged",
}  # fmt: skip
_LINE_EVERY = 1.0
_MEASURABLE = 0.2


class JobProgress:
    """Shows one job after another; `show` may be called as often as one likes."""

    def __init__(self, console: Console, clock: Clock, *, ai: str = AI) -> None:
        """`ai` is what the AI service is called."""
        self._ai = ai
        self._console = console
        self._clock = clock
        self._bar = _bar(console) if console.is_terminal else None
        self._task: TaskID | None = None
        self._started: float | None = None
        self._at_start = 0
        self._said = ""
        self._said_at = -_LINE_EVERY

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def show(self, job: Job) -> None:
        """Show this state of the job."""
        rate = self._rate(job)
        if self._bar is None:
            self._say(job, rate)
        else:
            self._draw(self._bar, job, rate)

    def _rate(self, job: Job) -> float | None:
        """Lines settled a second since we first saw it working."""
        now = self._clock.monotonic()
        if self._started is None:
            self._started, self._at_start = now, job["processedLines"]
        seconds, lines = now - self._started, job["processedLines"] - self._at_start
        return lines / seconds if seconds > _MEASURABLE and lines > 0 else None

    def _draw(self, bar: Progress, job: Job, rate: float | None) -> None:
        if self._task is None:  # not before there is something to show
            bar.start()
            self._task = bar.add_task(job["period"], tiers="", pace="")
        pace = self._pace(job, rate)
        told = [pace, _waits_for(job)] if pace else [job["statusMessage"]]
        bar.update(
            self._task,
            completed=job["processedLines"],
            total=job["totalLines"],
            tiers=tiers(job, ai=self._ai),
            pace=", ".join(word for word in told if word),
        )

    def _say(self, job: Job, rate: float | None) -> None:
        said = f"{job['period']}: {job['statusMessage']}"
        words = (said, tiers(job, ai=self._ai), self._pace(job, rate))
        line = " · ".join(word for word in words if word)
        now = self._clock.monotonic()
        final = job["status"] in FINISHED
        if line == self._said or (now - self._said_at < _LINE_EVERY and not final):
            return
        self._said, self._said_at = line, now
        self._console.print(line, markup=False, soft_wrap=True)

    def _pace(self, job: Job, rate: float | None) -> str:
        if job["status"] in FINISHED:
            return ""
        words = [] if rate is None else [f"{rate:.0f} lines/s"]
        if job["queuePosition"]:
            words.append(f"{job['queuePosition']} ahead")
        eta = self._seconds_left(job, rate)
        if eta is not None:
            words.append(f"{eta // 60}:{eta % 60:02d} left")
        return ", ".join(words)

    def _seconds_left(self, job: Job, rate: float | None) -> int | None:
        if job["estimatedCompletionAt"] is not None:
            end = datetime.fromisoformat(job["estimatedCompletionAt"])
            return max(0, round((end - self._clock.now()).total_seconds()))
        left = job["totalLines"] - job["processedLines"]
        return None if rate is None else round(left / rate)


def _waits_for(job: Job) -> str:
    """What the job says it waits for, as `Processing line 1 of 3 (waiting for …)` does."""
    return job["statusMessage"].partition(" (")[2].removesuffix(")")


def tiers(job: Job, *, ai: str = AI) -> str:
    """Lines by tier in words, those that have any."""
    told = _TIERS | {"model": ai}
    counts = ((name, job["tiers"][tier]) for tier, name in told.items())
    return " · ".join(f"{name} {count}" for name, count in counts if count)


def seconds_taken(job: Job) -> float:
    """From the POST to the end."""
    begun, done = (datetime.fromisoformat(job[name]) for name in ("createdAt", "completedAt"))
    return (done - begun).total_seconds()


def _bar(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(finished_text=" "),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.completed}/{task.total} lines"),
        TextColumn("{task.fields[tiers]}", style="cyan"),
        TextColumn("{task.fields[pace]}", style="dim"),
        console=console,
    )
