"""GET /api/reports/{id}/export."""

import csv
import io
from decimal import Decimal

import httpx
import openpyxl
import pytest
from tests.support import reports as make
from tests.support.reports import Desk

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def export(desk: Desk, file_format: str) -> httpx.Response:
    return await desk.client.get(f"{desk.path}/export", params={"format": file_format})


def rows_of(answer: httpx.Response) -> list[dict[str, str]]:
    text = answer.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    ("file_format", "media_type"), [("csv", "text/csv; charset=utf-8"), ("xlsx", XLSX)]
)
async def test_a_file_is_named_for_its_month_and_kept_by_nobody(
    desk: Desk, file_format: str, media_type: str
) -> None:
    answer = await export(desk, file_format)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    assert answer.headers["content-disposition"] == (
        f'attachment; filename="expense-report-2026-01.{file_format}"'
    )
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert int(answer.headers["content-length"]) == len(answer.content)


async def test_every_line_is_in_the_csv_by_date(desk: Desk) -> None:
    async with desk.db.transaction() as session:
        more = await make.add_transactions(session, desk.user_id, 1500)
    await desk.run_job(*(make.settled(id_) for id_ in more))
    rows = rows_of(await export(desk, "csv"))
    assert len(rows) == 1503
    assert [row["No."] for row in rows] == [str(n) for n in range(1, 1504)]
    assert [row["Date"] for row in rows] == sorted(row["Date"] for row in rows)
    total = sum(Decimal(row["Amount"]) for row in rows)
    assert [{"currency": "USD", "amount": str(total)}] == (await desk.report())["totals"]


async def test_the_excel_file_holds_the_same_lines(desk: Desk) -> None:
    book = openpyxl.load_workbook(io.BytesIO((await export(desk, "xlsx")).content))
    lines = list(book["Lines"].iter_rows(values_only=True))
    header, *rows = [[cell or "" for cell in row] for row in lines]
    as_csv = rows_of(await export(desk, "csv"))
    assert [row["GL account"] for row in as_csv] == [
        row[header.index("GL account")] for row in rows
    ]
    assert [row[header.index("Amount")] for row in rows] == [6.5, 6.5, 6.5]
    assert list(book["Totals"].iter_rows(min_row=2, values_only=True)) == [("USD", 19.5)]


async def test_a_cell_that_starts_a_formula_is_harmless_and_amounts_are_numbers(
    desk: Desk,
) -> None:
    async with desk.db.transaction() as session:
        (refund,) = await make.add_transactions(
            session, desk.user_id, description="@SUM(1)", amount=Decimal("-12.34")
        )
    await desk.run_job(make.settled(refund, description='=HYPERLINK("http://x")', vendor="+1"))
    (row,) = [row for row in rows_of(await export(desk, "csv")) if row["Amount"] == "-12.34"]
    assert row["Description"] == '\'=HYPERLINK("http://x")'
    assert (row["Vendor"], row["Original description"]) == ("'+1", "'@SUM(1)")


async def test_an_export_without_a_format_is_csv(desk: Desk) -> None:
    answer = await desk.client.get(f"{desk.path}/export")
    assert answer.headers["content-type"].startswith("text/csv")


@pytest.mark.parametrize("file_format", ["docx", "journal", "CSV", "", "../../etc/passwd"])
async def test_another_format_is_406_and_says_which_there_are(desk: Desk, file_format: str) -> None:
    answer = await export(desk, file_format)
    assert answer.status_code == 406
    assert answer.json()["formats"] == ["csv", "xlsx", "pdf", "journal-csv"]
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_submitted_report_is_exported_too(desk: Desk) -> None:
    await desk.submit(acceptUnreviewed=True)
    assert len(rows_of(await export(desk, "csv"))) == 3
