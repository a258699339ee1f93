"""Turns the document of a PDF export into the PDF, in a process that is ended when it hangs."""

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO
from uuid import UUID
from weakref import WeakKeyDictionary

import structlog

from expenseflow.reports import errors, export

_PRESS = Path(export.__file__).with_name("press.py")
PROGRAM = (sys.executable, "-I", str(_PRESS))
"""By its path, so that nothing but the typesetter is loaded; -I: no user packages either."""
PATIENCE_SECONDS = 60.0
"""5,000 lines take some three seconds; this is for a machine that is busy with other things."""
AT_ONCE = 2
"""Each print may use a gigabyte."""
PER_USER = 3
"""Prints of one user at a time: one that is printed, the others wait for it."""
_COME_BACK_SECONDS = 5
_KEPT = ("SYSTEMROOT", "TEMP", "TMP", "TMPDIR")
"""No secret of ours is in the environment of the press."""

_log = structlog.get_logger("expenseflow.reports")


@dataclass(slots=True)
class _Queue:
    """The prints of one user."""

    length: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(slots=True)
class _Shop:
    """What the prints of a process share."""

    free_press: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    queues: dict[UUID, _Queue] = field(default_factory=dict[UUID, _Queue])


# One for each event loop, since a lock serves a single one.
_shops: WeakKeyDictionary[asyncio.AbstractEventLoop, _Shop] = WeakKeyDictionary()


@contextmanager
def place_in_queue(user_id: UUID) -> Generator[asyncio.Lock]:
    """Taken before a document is written; gives the turn that the user's prints wait for.

    One of them is printed at a time, so that whoever wants forty leaves a press to the others.
    Raises TooManyPrints.
    """
    queues = _shop().queues
    queue = queues.setdefault(user_id, _Queue())
    if queue.length >= PER_USER:
        raise errors.TooManyPrints(retry_after=_COME_BACK_SECONDS)
    queue.length += 1
    try:
        yield queue.turn
    finally:
        queue.length -= 1
        if queue.length == 0:
            del queues[user_id]


async def print_pdf(
    document: IO[bytes],
    turn: asyncio.Lock,
    *,
    program: tuple[str, ...] = PROGRAM,
    patience: float = PATIENCE_SECONDS,
) -> IO[bytes]:
    """The PDF of a document of `export/pdf.py`, read from its beginning; the caller closes it.

    Raises:
        PdfTookTooLong: not done within `patience` seconds, waiting for a press included.
        PdfNotMade: the press ended without a PDF.
    """
    target = TemporaryFile()  # noqa: SIM115  # closed by its reader
    try:
        async with (
            asyncio.timeout(patience),
            turn,
            _shop().free_press,
            _started(program, document, target) as run,
        ):
            code = await run.wait()
        _check(code, target)
    except TimeoutError as error:
        target.close()
        raise errors.PdfTookTooLong from error
    except BaseException:
        target.close()
        raise
    return target


@asynccontextmanager
async def _started(
    program: tuple[str, ...], document: IO[bytes], target: IO[bytes]
) -> AsyncGenerator[Process]:
    document.flush()
    document.seek(0)
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    # Ours, since a press that is killed could not remove it.
    with TemporaryDirectory(prefix="expenseflow-print-") as empty:
        run = await asyncio.create_subprocess_exec(
            *program,
            empty,
            stdin=document.fileno(),
            stdout=target.fileno(),
            stderr=asyncio.subprocess.DEVNULL,  # what it says may hold people's texts
            env=kept,
        )
        try:
            yield run
        finally:
            if run.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    run.kill()
                await run.wait()


def _shop() -> _Shop:
    return _shops.setdefault(asyncio.get_running_loop(), _Shop())


def _check(code: int, target: IO[bytes]) -> None:
    """A file is sent only when it is whole: the press did not fail and wrote a PDF."""
    target.seek(0)
    if code == 0 and target.read(5) == b"%PDF-":
        target.seek(0)
        return
    _log.error("report.print_failed", exit_code=code)
    raise errors.PdfNotMade
