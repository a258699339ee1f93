"""A light HTTP/1.1 client, so that what is measured is the server."""

import asyncio
import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
KEPT_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and how long after the request was due."""

    status: int
    body: bytes
    seconds: float


def request(
    method: str,
    path: str,
    *,
    token: str = "",
    body: Any = None,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """A request, ready to be written to a socket."""
    content = b"" if body is None else json.dumps(body).encode()
    given = {**(headers or {}), "Content-Type": "application/json"} if content else headers or {}
    return _written(method, path, token, given, content)


def upload(path: str, text: str, *, token: str) -> bytes:
    """A form with one CSV file."""
    part = 'Content-Disposition: form-data; name="file"; filename="month.csv"'
    content = f"--edge\r\n{part}\r\nContent-Type: text/csv\r\n\r\n{text}\r\n--edge--\r\n".encode()
    given = {"Content-Type": "multipart/form-data; boundary=edge"}
    return _written("POST", path, token, given, content)


def _written(
    method: str, path: str, token: str, headers: Mapping[str, str], content: bytes
) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if content:
        lines.append(f"Content-Length: {len(content)}")
    return "\r\n".join([*lines, "", ""]).encode() + content


class Connection:
    """One kept-alive connection; one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._used = time.perf_counter()
        self.head = b""
        """Of the last answer."""

    @property
    def is_fresh(self) -> bool:
        """Whether the server has certainly not closed it for being idle."""
        return time.perf_counter() - self._used < KEPT_SECONDS

    @classmethod
    async def open(cls, base_url: str) -> Self:
        address = urlsplit(base_url)
        return cls(*await asyncio.open_connection(address.hostname, address.port))

    async def exchange(self, wanted: bytes) -> tuple[int, bytes]:
        """Status and body."""
        self._writer.write(wanted)
        self.head = head = await self._reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        body = await self._reader.readexactly(int(length[1])) if length else b""
        self._used = time.perf_counter()
        return int(head[9:12]), body

    def close(self) -> None:
        self._writer.close()


async def open_loop(base_url: str, requests: Sequence[bytes], *, rate: float) -> list[Answer]:
    """Send so many requests a second, each when it is due, whether or not the last was answered.

    The time counts from when a request was due, so that a server that stalls is charged for
    everybody who had to wait.
    """
    idle: list[Connection] = []
    first = time.perf_counter() + 0.1

    async def send(at: int, wanted: bytes) -> Answer:
        due = first + at / rate
        await asyncio.sleep(due - time.perf_counter())
        fresh = idle and idle[-1].is_fresh  # the last one back is the freshest
        connection = idle.pop() if fresh else await Connection.open(base_url)
        status, body = await connection.exchange(wanted)
        idle.append(connection)
        return Answer(status, body, time.perf_counter() - due)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(send(at, wanted)) for at, wanted in enumerate(requests)]
        return [task.result() for task in tasks]
    finally:
        for connection in idle:
            connection.close()


async def closed_loop(
    base_url: str, requests: Sequence[bytes], *, clients: int, seconds: float
) -> int:
    """Each client asks as soon as it was answered; how many 200s there were in that time."""
    end = time.perf_counter() + seconds

    async def ask(first: int) -> int:
        connection = await Connection.open(base_url)
        count = 0
        while time.perf_counter() < end:
            status, _ = await connection.exchange(requests[(first + count) % len(requests)])
            if status != 200:
                raise AssertionError(f"answered {status}")
            count += 1
        connection.close()
        return count

    return sum(await asyncio.gather(*(ask(client) for client in range(clients))))
