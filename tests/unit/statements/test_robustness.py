"""No file makes the parser crash or hang."""

import sys
import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.fuzz import statements
from tests.support.fuzz.statements import Change

from expenseflow.statements import parsing
from expenseflow.statements.errors import UnreadableStatement
from expenseflow.statements.parsing import ParsedStatement

GOOD = b"Date,Description,Amount\n2026-01-05,Coffee,4.50\n2026-01-06,Tea,3.50\n"
LEAST_MB = 2.0
SECONDS_PER_MB = 2.0


def parse_or_refuse(content: bytes) -> ParsedStatement | None:
    try:
        return parsing.parse(content)
    except UnreadableStatement:
        return None


BOMBS: dict[str, Callable[[], bytes]] = {
    "one cell of 10 MB": lambda: GOOD + b'2026-01-07,"' + b"x" * 10_000_000 + b'",5.00\n',
    "one line of 10 MB": lambda: GOOD + b"x" * 10_000_000,
    "a million columns": lambda: GOOD + b"," * 1_000_000,
    "headings in a million columns": lambda: b"Date," * 1_000_000 + b"\n" + GOOD,
    "many wide rows": lambda: b"01/02/2026,1.00," * 120 * 1000,
    "one quote, never closed": lambda: GOOD + b'2026-01-07,"x,1\n' + b"2026-01-08,y,6.00\n" * 9000,
    "a quote in every row": lambda: GOOD + b'2026-01-07,"x,5.00\n' * 9000,
    "nothing but quotes": lambda: GOOD + b'"' * 5_000_000,
    "quotes over many lines": lambda: GOOD + (b'"' + b"a\n" * 150) * 300,
    "a million digits": lambda: GOOD + b"2026-01-07,X," + b"9" * 1_000_000,
    "digits and spaces": lambda: GOOD + (b"2026-01-07," + b"1 " * 20_000 + b",5.00\n") * 25,
    "numbers of one digit": lambda: GOOD + (b"2026-01-07," + b"1 2 7 " * 250 + b",5.00\n") * 1900,
    "heaps of numbers": lambda: GOOD + (b"2026-01-07," + b"1 2 7 " * 250 + b",5.00\n") * 6000,
    "numbers as long as a card's": lambda: (
        GOOD + (b"2026-01-07," + b"4111111111111112 " * 88 + b",5.00\n") * 3000
    ),
    "as many numbers as are taken": lambda: (
        GOOD + (b"2026-01-07," + b"4111111111111111 " * 12 + b",5.00\n") * 50_000
    ),
    "numbers in a column nobody names": lambda: (
        b"Date,Description,Other,Amount\n" + (b"2026-01-07,X," + b"4." * 110 + b",5.00\n") * 40_000
    ),
    "hundreds of accents on a letter": lambda: (
        GOOD + (b"2026-01-07," + ("a" + "\u0301\u0316" * 350).encode() + b",5.00\n") * 3000
    ),
    "lines of quotes": lambda: GOOD + (b'"' * 49_000 + b"\n") * 100,
    "payment words": lambda: GOOD + (b"2026-01-07," + b"payment " * 5_000 + b",5.00\n") * 50,
    "tags never closed": lambda: b"<OFX><BANKTRANLIST>" + b"<a " * 1_000_000,
    "CDATA never closed": lambda: b"<OFX><BANKTRANLIST>" + b"<![CDATA[" * 300_000,
    "transactions never closed": lambda: b"<OFX>" + b"<STMTTRN>" * 50_000,
    "XML tags never closed": lambda: b"<BkToCstmrStmt>" + b"<a>" * 1_000_000,
    "XML within XML": lambda: b"<BkToCstmrStmt>" + b"<a>" * 300_000 + b"</a>" * 300_000,
    "one XML tag of 10 MB": lambda: b"<BkToCstmrStmt><a b='" + b"x" * 10_000_000,
    "XML attributes": lambda: (
        b"<BkToCstmrStmt><a " + b"".join(b"b%d='' " % n for n in range(500_000))
    ),
    "one XML tag with much in it": lambda: (
        b"<BkToCstmrStmt><a " + b"".join(b"xmlns:b%d='u%d' " % (n, n) for n in range(200_000))
    ),
    "MT940 statements without entries": lambda: b":20:X\n:25:1\n" * 800_000,
    "entries without an end": lambda: b":20:X\n:25:1\n" + b":61:260105D1,00NMSC" * 300_000,
    "many bad entries": lambda: b":20:X\n:25:1\n" + b":61:garbage//\n" * 90_000,
    "details of 10 MB": lambda: b":20:X\n:25:1\n:61:260105D1,00NMSC\n:86:" + b"?20x" * 2_500_000,
    "details on many lines": lambda: b":20:X\n:25:1\n:61:260105D1,00NMSC\n:86:" + b"x\n" * 90_000,
    "entities": lambda: b"<OFX><STMTTRN><NAME>" + b"&amp;" * 1_000_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_no_more_than_its_size(name: str) -> None:
    content = BOMBS[name]()

    started = time.process_time()
    parse_or_refuse(content)
    spent = time.process_time() - started

    measured = 6 if sys.gettrace() else 1  # how much slower the measuring of coverage makes it
    assert spent < measured * SECONDS_PER_MB * max(len(content) / 1e6, LEAST_MB)


@given(st.binary(max_size=2000))
@settings(deadline=None)
def test_no_bytes_crash_it(content: bytes) -> None:
    parse_or_refuse(content)


@given(content=st.sampled_from(statements.FILES), changes=statements.CHANGES)
@settings(deadline=None, max_examples=300)
def test_a_damaged_statement_is_read_or_refused_within_a_second(
    content: bytes, changes: list[Change]
) -> None:
    content = statements.changed(content, changes)

    started = time.process_time()
    parsed = parse_or_refuse(content)
    spent = time.process_time() - started

    assert spent < (6 if sys.gettrace() else 1)
    if parsed is not None:
        numbers = [row.row for row in parsed.rows] + [one.row for one in parsed.rejected]
        assert len(numbers) == len(set(numbers))
        assert all(row.amount and 0 < len(row.description) <= 500 for row in parsed.rows)
        assert parsing.parse(content, mapping=parsed.mapping).rows == parsed.rows


CELLS = st.one_of(
    st.sampled_from(
        ["Date", "Amount", "Description", "Debit", "Credit", "Pending", "2026-01-05", "05/01/2026",
         "13/01/26", "-4.50", "1.234,56", "£5", "CR", "(3.00)", "NaN", "1e9", '"', '""', "=1+1",
         "PAYMENT - THANK YOU", "4111 1111 1111 1111", "\x00", "", " "]
    ),
    st.text(max_size=12),
)  # fmt: skip
TABLES = st.lists(st.lists(CELLS, max_size=6), max_size=12)


@given(table=TABLES, delimiter=st.sampled_from(",;\t|"))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_every_row_of_any_table_is_accounted_for_once(
    table: list[list[str]], delimiter: str
) -> None:
    content = "\n".join(delimiter.join(cells) for cells in table).encode("utf-8", "replace")

    parsed = parse_or_refuse(content)

    if parsed is not None:
        lines = [row.row for row in parsed.rows] + [one.row for one in parsed.rejected]
        assert len(lines) == len(set(lines))
        assert all(row.amount for row in parsed.rows)
        assert all(0 < len(row.description) <= 500 for row in parsed.rows)
        assert all(
            "4111 1111 1111 1111" not in f"{row.description}{row.raw}" for row in parsed.rows
        )


@given(
    st.lists(
        st.tuples(st.dates(), st.text(max_size=30), st.decimals(0, 10**9, places=2)), max_size=20
    )
)
@settings(deadline=None)
def test_parsing_the_same_file_twice_gives_the_same(rows: list[tuple[object, str, object]]) -> None:
    lines = ["Date,Description,Amount", *(f"{day},{text},{amount}" for day, text, amount in rows)]
    content = "\n".join(lines).encode("utf-8", "replace")

    assert parse_or_refuse(content) == parse_or_refuse(content)
