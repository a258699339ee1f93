"""The press is a process of its own: bounded, ended when it hangs, trusted only when it is done."""

import asyncio
import sys
import uuid
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import psutil
import pytest
from tests.support.exports import head, line

from expenseflow.reports import printing
from expenseflow.reports.errors import PdfNotMade, PdfTookTooLong, TooManyPrints
from expenseflow.reports.export import pdf

HANGS = "import time; time.sleep(600)"
HALF = "import sys; sys.stdout.write('%PDF-1.7 half'); sys.exit(3)"
KILLED = "import os; os.write(1, b'%PDF-1.7 half'); os.kill(os.getpid(), 9)"
NOTHING = "pass"
ENDED = "import os; os.kill(os.getpid(), 9)"
TELLS = "import os; print('%PDF-' + ' '.join(os.environ))"


def document() -> IO[bytes]:
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115  # the tests close what they read
    writer = pdf.PdfFile(file, head())
    writer.add([line()])
    writer.close()
    return file


def program(code: str) -> tuple[str, ...]:
    return (sys.executable, "-I", "-c", code)


def children() -> list[psutil.Process]:
    return psutil.Process().children(recursive=True)


async def test_a_document_is_printed() -> None:
    with document() as given, await printing.print_pdf(given, asyncio.Lock()) as made:
        assert made.read().startswith(b"%PDF-1.7")


@pytest.mark.parametrize("code", [HALF, KILLED, NOTHING])
async def test_a_press_that_fails_gives_no_file(code: str) -> None:
    with document() as given, pytest.raises(PdfNotMade, match="CSV and XLSX hold the same lines"):
        await printing.print_pdf(given, asyncio.Lock(), program=program(code))


async def test_a_broken_document_gives_no_file() -> None:
    with TemporaryFile() as broken, pytest.raises(PdfNotMade):
        await printing.print_pdf(broken, asyncio.Lock())


async def test_a_press_that_hangs_is_ended() -> None:
    before = children()
    with document() as given, pytest.raises(PdfTookTooLong):
        await printing.print_pdf(given, asyncio.Lock(), program=program(HANGS), patience=0.5)
    assert children() == before


async def test_whoever_gives_up_takes_the_press_along() -> None:
    before = children()
    with document() as given:
        printed = asyncio.create_task(
            printing.print_pdf(given, asyncio.Lock(), program=program(HANGS))
        )
        async with asyncio.timeout(10):
            while children() == before:
                await asyncio.sleep(0.01)
        printed.cancel()
        with pytest.raises(asyncio.CancelledError):
            await printed
    assert children() == before


async def test_a_third_print_waits_for_a_free_press() -> None:
    with document() as one, document() as two, document() as three:
        hanging = [
            asyncio.create_task(printing.print_pdf(given, asyncio.Lock(), program=program(HANGS)))
            for given in (one, two)
        ]
        await asyncio.sleep(0)
        with pytest.raises(PdfTookTooLong):
            await printing.print_pdf(three, asyncio.Lock(), patience=0.5)
        for task in hanging:
            task.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)
        three.seek(0)
        with await printing.print_pdf(three, asyncio.Lock()) as made:
            assert made.read(5) == b"%PDF-"


async def test_the_press_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPENSEFLOW_LLM_API_KEY", "hunter2")
    with (
        document() as given,
        await printing.print_pdf(given, asyncio.Lock(), program=program(TELLS)) as told,
    ):
        assert b"EXPENSEFLOW" not in told.read()


async def test_the_prints_of_one_user_leave_a_press_to_the_others() -> None:
    """However many there are: one of them is printed at a time."""
    with (
        document() as one,
        document() as two,
        document() as others,
        printing.place_in_queue(uuid.uuid4()) as turn,
    ):
        hanging = [
            asyncio.create_task(printing.print_pdf(given, turn, program=program(HANGS)))
            for given in (one, two)
        ]
        await asyncio.sleep(0)
        with (
            printing.place_in_queue(uuid.uuid4()) as another_turn,
            await printing.print_pdf(others, another_turn) as made,
        ):
            assert made.read(5) == b"%PDF-"
        for task in hanging:
            task.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)


async def test_a_user_has_so_many_prints_at_a_time_and_no_more() -> None:
    mine = uuid.uuid4()
    with printing.place_in_queue(mine) as one, printing.place_in_queue(mine) as two:
        assert one is two
        with printing.place_in_queue(mine):
            with pytest.raises(TooManyPrints) as refused, printing.place_in_queue(mine):
                pass
            assert refused.value.fields == {"retry_after": 5}
            with printing.place_in_queue(uuid.uuid4()) as anothers:
                assert anothers is not one
        with printing.place_in_queue(mine):
            pass


async def test_a_press_that_is_killed_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with document() as given, pytest.raises(PdfNotMade):
        await printing.print_pdf(given, asyncio.Lock(), program=program(ENDED))
    assert list(tmp_path.iterdir()) == []
