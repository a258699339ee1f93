"""The printed report: every line once, whatever stands in it, and nothing of it is code."""

import io
from datetime import date
from decimal import Decimal
from tempfile import TemporaryDirectory
from typing import Any

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.exports import head, line

from expenseflow.reports.errors import TooManyLinesForPdf
from expenseflow.reports.export import pdf, press
from expenseflow.reports.export.texts import BREAK, printable
from expenseflow.reports.views import LineView


def document(*lines: LineView, **of_head: Any) -> bytes:
    file = io.BytesIO()
    writer = pdf.PdfFile(file, head(**of_head))
    writer.add(lines)
    writer.close()
    return file.getvalue()


def _pdf(document: bytes) -> bytes:
    with TemporaryDirectory() as empty:
        return press.pdf_of(document, empty)


def printed(*lines: LineView, **of_head: Any) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(_pdf(document(*lines, **of_head))))


def pages_of(reader: pypdf.PdfReader) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def test_every_line_is_printed_once_and_pages_are_numbered_under_a_repeated_header() -> None:
    reader = printed(*(line(description=f"Cup<{number}>") for number in range(150)))
    pages = pages_of(reader)
    text = " ".join(pages)
    assert [text.count(f"Cup<{number}>") for number in range(150)] == [1] * 150
    for number, page in enumerate(pages, start=1):
        assert f"{number} / {len(pages)}" in page
    assert all("On the statement" in page for page in pages[1:])
    assert len(pages) > 3


def test_the_cover_names_period_person_state_and_totals() -> None:
    reader = printed(
        line(amount=Decimal("1234.5"), needs_review=True),
        line(amount=Decimal(-1), gl_code="64100", department_code=None),
        line(amount=Decimal(1200), currency="JPY", gl_code=None),
    )
    cover = pages_of(reader)[0]
    for words in (
        "January 2026",
        "ann@example.com",
        "Draft, not submitted",
        "To review 1",
        "USD 2 1,233.50",
        "JPY 1 1,200",
        "66300 Meals 1 1,234.50 USD",
        "64100 Fuel 1 −1.00 USD",
        "none yet 1 1,200 JPY",
        "07 Operations 1 1,234.50 USD",
        "none yet 1 −1.00 USD",
    ):
        assert words in cover, words


def test_a_submitted_report_says_when_and_bears_no_draft_mark() -> None:
    submitted = pages_of(printed(line(), submitted_on=date(2026, 2, 3)))
    assert "Submitted on 3 February 2026" in submitted[0]
    assert not any("DRAFT" in page or "draft" in page for page in submitted)
    assert all("DRAFT" in page for page in pages_of(printed(line())))


def test_a_line_shows_its_codes_note_and_why_it_needs_a_look() -> None:
    page = pages_of(
        printed(
            line(
                vendor="Blue Bottle",
                note="With the auditors",
                needs_review=True,
                review_reason="Not sure enough",
                amount=Decimal("-1234.5"),
            )
        )
    )[1]
    for words in (
        "2026-01-14 Coffee · Blue Bottle",
        "Note: With the auditors",
        "To review: Not sure enough",
        "SQ *BLUE BOTTLE 0423",
        "66300 Meals",
        "07 Operations",
        "review −1,234.50 USD",
    ):
        assert words in page, words


def test_the_statement_is_quoted_only_where_it_says_something_else() -> None:
    same = pages_of(printed(line(description="SAME WORDS", original_description="SAME WORDS")))[1]
    assert same.count("SAME WORDS") == 1


def test_the_file_is_titled_tagged_in_english_and_tells_no_time() -> None:
    reader = printed(line())
    assert reader.metadata is not None
    assert reader.metadata.title == "Expense report January 2026"
    assert reader.metadata.author == "ann@example.com"
    catalog: Any = reader.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"] == True  # noqa: E712  # a type of its own
    assert catalog["/Lang"] == "en"


def test_the_same_report_is_the_same_file() -> None:
    same = document(line(), line(currency="EUR"))
    assert _pdf(same) == _pdf(same)


def test_an_empty_report_is_one_page() -> None:
    (page,) = pages_of(printed())
    assert "No line stands on this report" in page


MARKUP = [
    '#read("/etc/passwd")',
    '#include "report.typ"',
    '#import "@preview/cetz:0.4.0": *',
    "#panic()",
    "#while true {}",
    "$ x^2 $ and *bold* _italic_ `raw` <label> @label // comment /* c */",
    "\\ \\u{41} ~ -- --- ... \"quotes\" 'single'",
    "= Heading",
    "]) #table(",
    '"); panic("',
]


@pytest.mark.parametrize("text", MARKUP)
def test_markup_is_printed_as_it_stands(text: str) -> None:
    page = pages_of(printed(line(description=text, original_description=text)))[1]
    assert "".join(text.split()) in "".join(page.split())


HOSTILE = [
    "שלום עולם",
    "مقهى القاهرة",
    "スターバックス 渋谷店",
    "☕🍕👩‍👩‍👧‍👦",
    "zero\u200bwidth\u200d\ufeff",
    "bell\x07 escape\x1b[31m null-like \x01",
    "\u202eover and out\u202c",
    "Z̷̢̛a̸l̴g̵o̶" * 30,
    "\ue000\ufffe\U0010ffff",
    "\n\n\t  \u2028",
    "",
]


def test_texts_in_any_script_and_none_are_printed_beside_their_amounts() -> None:
    lines = [
        line(
            description=text,
            vendor=text,
            note=text,
            original_description=text + "!",
            gl_code=text[:20] or None,
            amount=Decimal(1000 + at),
        )
        for at, text in enumerate(HOSTILE)
    ]
    text = " ".join(pages_of(printed(*lines, person="ann@" + "x" * 250 + ".example")))
    for at, _ in enumerate(HOSTILE):
        assert f"{1000 + at:,}.00 USD" in text


@pytest.mark.parametrize("letter", ["W", "i", "Ж", "_"])
def test_a_word_of_500_letters_stays_in_its_column(letter: str) -> None:
    word = letter * 500
    reader = printed(line(description=word, original_description=word[1:], note=word))
    across = [0.0]

    def see(text: str, _cm: Any, matrix: Any, _font: Any, _size: Any) -> None:
        if text.strip():
            across.append(matrix[4] if matrix[4] > 1 else 0.0)

    reader.pages[1].extract_text(visitor_text=see)
    everything = "".join(page.extract_text() for page in reader.pages)
    assert everything.count(letter) >= 1499
    assert max(across) < float(reader.pages[1].mediabox.width)


def test_a_report_beyond_what_can_be_printed_is_refused_in_words() -> None:
    writer = pdf.PdfFile(io.BytesIO(), head())
    with pytest.raises(TooManyLinesForPdf, match="at most 10,000 lines; export CSV or XLSX"):
        writer.add([line()] * (pdf.MAX_LINES + 1))


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("1234567.8000", "USD", "1,234,567.80"),
        ("-0.0001", "USD", "−0.0001"),
        ("-1200.0000", "JPY", "−1,200"),
        ("1234.5670", "KWD", "1,234.567"),
    ],
)
def test_an_amount_is_grouped_with_the_decimals_of_its_currency(
    amount: str, currency: str, text: str
) -> None:
    assert pdf.grouped(Decimal(amount), currency) == text


@given(st.text())
def test_a_printable_text_keeps_its_letters_on_one_line(text: str) -> None:
    shown = printable(text, ems=10)
    assert not any(char in shown for char in "\n\r\t\v\f\x00\x1b\u202e\ufeff")
    assert shown.replace(BREAK, "").split() == printable(text, ems=1e9).replace(BREAK, "").split()


def test_only_a_word_that_is_too_wide_can_be_broken_and_never_inside_a_letter() -> None:
    assert printable("an ordinary sentence of words", ems=10) == "an ordinary sentence of words"
    assert printable("MMM", ems=2) == BREAK.join("MMM")
    assert printable("e\u0301e\u0301", ems=0.9) == f"\u00e9{BREAK}\u00e9"
    assert BREAK not in printable("\U0001f469\u200d\U0001f467", ems=1)


def test_what_cannot_be_seen_is_left_out_but_for_what_joins_letters() -> None:
    assert printable("a\u200bb\u200dc\ufeffd\u202ee\u00adf", ems=99) == "abcdef"
    assert printable("\u0915\u094d\u200d\u0937", ems=99) == "\u0915\u094d\u200d\u0937"
    assert printable("e\u0301", ems=99) == "\u00e9"


def test_a_row_is_not_torn_over_two_pages_unless_it_is_very_long() -> None:
    note = "word " * 60
    pages = pages_of(printed(*(line(description=f"Cup<{n}>", note=note) for n in range(40))))
    for page in pages[1:]:
        assert page.count("Cup<") == page.count("2026-01-14") == page.count("6.50 USD")
        assert page.count("word") == 60 * page.count("Cup<")
    (first, *others) = pages_of(printed(line(note="word " * 500)))[1:]
    assert others
    assert "word" in first


def test_sums_stand_under_the_lines_too() -> None:
    yen = line(amount=Decimal(7), currency="JPY")
    last = pages_of(printed(line(amount=Decimal("1234.5")), yen))[-1]
    assert "Total 1,234.50 USD" in last
    assert "Total 7 JPY" in last


def test_the_cards_are_named_once_or_by_line() -> None:
    one = pages_of(printed(line(), line()))
    assert "Card 1234" in one[0]
    assert "Card" not in one[1]
    two = pages_of(printed(line(), line(card="5678"), line(card=None)))
    assert "Cards 1234, 5678" in two[0]
    assert "2026-01-14 5678 Coffee" in two[1]
    assert "Card" not in pages_of(printed(line(card=None)))[0]
    some = pages_of(printed(line(), line(card=None)))
    assert "Card" not in some[0]
    assert "2026-01-14 1234 Coffee" in some[1]


def test_without_other_words_on_the_statement_its_column_is_left_out() -> None:
    pages = pages_of(printed(line(description="SAME", original_description="SAME")))
    assert not any("On the statement" in page for page in pages)


def test_a_submitted_report_can_be_signed_and_a_supplement_says_so() -> None:
    cover = pages_of(printed(line(), submitted_on=date(2026, 2, 3), is_supplement=True))[0]
    assert "Expense report, supplement" in cover
    assert "Date, approved by" in cover
    draft = pages_of(printed(line()))[0]
    assert "supplement" not in draft
    assert "approved" not in draft
