"""GET /api/reports/{id}/export."""

import csv
import io
from decimal import Decimal

import httpx
import openpyxl
import pypdf
import pytest
from tests.support import reports as make
from tests.support.identity import Visitors
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


async def test_the_pdf_holds_every_line_under_a_cover(desk: Desk) -> None:
    answer = await export(desk, "pdf")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    cover, lines = (
        page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages
    )
    assert "ann@example.com" in cover
    assert "Draft, not submitted" in cover
    assert lines.count("2026-01-") == 3
    await desk.submit(acceptUnreviewed=True)
    submitted = pypdf.PdfReader(io.BytesIO((await export(desk, "pdf")).content))
    assert "Submitted on" in submitted.pages[0].extract_text()


async def test_the_journal_is_balanced_and_names_the_person_s_cards(desk: Desk) -> None:
    flagged = await desk.line(1)
    await desk.edit(flagged, {"glCode": "64100"})
    answer = await export(desk, "journal-csv")
    assert answer.headers["content-disposition"].endswith('"expense-report-2026-01-journal.csv"')
    rows = rows_of(answer)
    assert [row["Account"] for row in rows] == ["66300", "64100", "66300", "CARD-CLEARING"]
    assert [row["Debit"] or "-" + row["Credit"] for row in rows] == ["6.50"] * 3 + ["-19.50"]
    assert {row["Reference"] for row in rows[:-1]} == {str(charge) for charge in desk.charges}


async def test_a_journal_with_lines_that_have_no_account_is_409_and_says_how_many(
    desk: Desk,
) -> None:
    answer = await export(desk, "journal-csv")
    assert answer.status_code == 409
    assert answer.json()["lineCount"] == 1
    assert "1 line has no account yet" in answer.json()["detail"]


@pytest.mark.parametrize("file_format", ["pdf", "journal-csv"])
async def test_somebody_else_s_report_is_not_exported(
    desk: Desk, visitors: Visitors, file_format: str
) -> None:
    eve = await visitors.signed_in("eve@example.com")
    answer = await eve.get(f"{desk.path}/export", params={"format": file_format})
    assert answer.status_code == 404
