"""A job as somebody sees it who polls."""

import time
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import httpx

POLL_SECONDS = 0.02
FINISHED = ("Completed", "Failed", "Cancelled")


def start(client: httpx.Client, period: str) -> str:
    """The address of a new job."""
    answer = client.post("/api/report-jobs", json={"period": period})
    if answer.status_code != HTTPStatus.ACCEPTED:
        raise AssertionError(answer.text)
    return answer.headers["location"]


def watch(
    client: httpx.Client, location: str, *, seconds: float = 60, every: float = POLL_SECONDS
) -> Iterator[dict[str, Any]]:
    """The job again and again, until it has finished."""
    end = time.perf_counter() + seconds
    while True:
        job = client.get(location).raise_for_status().json()
        yield job
        if job["status"] in FINISHED:
            return
        if time.perf_counter() > end:
            raise TimeoutError(f"after {seconds} s the job is {job}")
        time.sleep(every)


def finished(
    client: httpx.Client, location: str, *, status: str = "Completed", seconds: float = 60
) -> dict[str, Any]:
    """The job once it has finished, which must be in this way."""
    *_, job = watch(client, location, seconds=seconds)
    if job["status"] != status:
        raise AssertionError(f"expected {status}: {job}")
    return job
