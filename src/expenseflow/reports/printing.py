"""Turns the document of a PDF export into the PDF, in a process that is ended when it hangs."""

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO
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
_KEPT = ("SYSTEMROOT", "TEMP", "TMP", "TMPDIR")
"""No secret of ours is in the environment of the press."""

_log = structlog.get_logger("expenseflow.reports")
_presses: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def print_pdf(
    document: IO[bytes], *, program: tuple[str, ...] = PROGRAM, patience: float = PATIENCE_SECONDS
) -> IO[bytes]:
    """The PDF of a document of `export/pdf.py`, read from its beginning; the caller closes it.

    Raises:
        PdfTookTooLong: not done within `patience` seconds, waiting for a free press included.
        PdfNotMade: the press ended without a PDF.
    """
    target = TemporaryFile()  # noqa: SIM115  # closed by its reader
    try:
        async with (
            asyncio.timeout(patience),
            _free_press(),
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
    run = await asyncio.create_subprocess_exec(
        *program,
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


def _free_press() -> asyncio.Semaphore:
    """One for each event loop, since a semaphore serves a single one."""
    return _presses.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))


def _check(code: int, target: IO[bytes]) -> None:
    """A file is sent only when it is whole: the press did not fail and wrote a PDF."""
    target.seek(0)
    if code == 0 and target.read(5) == b"%PDF-":
        target.seek(0)
        return
    _log.error("report.print_failed", exit_code=code)
    raise errors.PdfNotMade
