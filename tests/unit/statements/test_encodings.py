"""One statement in every encoding that banks and spreadsheets write."""

import codecs
from collections.abc import Callable
from decimal import Decimal

import pytest

from expenseflow.statements import parsing

ROWS = (
    "Datum;Empfänger;Betrag\n"
    "05.01.2026;Café “Süß” – Köln;-4,50 €\n"
    "06.01.2026;O’Neill’s Pub;-1.234,56 €\n"
    "13.01.2026;Ñandú & Çelik;20,00 €\n"
)
PLAIN = (
    ROWS.replace("“", '"').replace("”", '"').replace("’", "'").replace("–", "-").replace(" €", "")
)
EXPECTED = [
    ("2026-01-05", "Café “Süß” – Köln", Decimal("4.50")),
    ("2026-01-06", "O’Neill’s Pub", Decimal("1234.56")),
    ("2026-01-13", "Ñandú & Çelik", Decimal("-20.00")),
]
LONG = "".join(f"{day:02}.01.2026;Bäckerei;-{day},50 €\n" for day in range(1, 32)) * 40
ENCODED = {
    "UTF-8": ROWS.encode(),
    "UTF-8 with a mark": codecs.BOM_UTF8 + ROWS.encode(),
    "UTF-16-LE": ROWS.encode("utf-16-le"),
    "UTF-16-LE with a mark": codecs.BOM_UTF16_LE + ROWS.encode("utf-16-le"),
    "UTF-16-BE": ROWS.encode("utf-16-be"),
    "UTF-16-BE with a mark": codecs.BOM_UTF16_BE + ROWS.encode("utf-16-be"),
    "UTF-32 with a mark": ROWS.encode("utf-32"),
    "Windows-1252": ROWS.encode("cp1252"),
}


def without_nuls(content: bytes) -> bytes:
    return content


def with_nuls_at_the_end(content: bytes) -> bytes:
    return content + b"\0" * 512


@pytest.mark.parametrize("nuls", [without_nuls, with_nuls_at_the_end])
@pytest.mark.parametrize("name", ENCODED)
def test_the_same_rows_come_out_of_every_encoding(
    name: str, nuls: Callable[[bytes], bytes]
) -> None:
    parsed = parsing.parse(nuls(ENCODED[name]))

    came_out = [(row.posted_on.isoformat(), row.description, row.amount) for row in parsed.rows]
    assert came_out == EXPECTED
    assert {row.currency for row in parsed.rows} == {"EUR"}


@pytest.mark.parametrize("name", ["UTF-8", "UTF-8 with a mark", "Windows-1252"])
def test_nuls_between_characters_do_not_matter(name: str) -> None:
    content = ENCODED[name].replace(b";", b";\0").replace(b"6", b"6\0\0")

    parsed = parsing.parse(content)

    came_out = [(row.posted_on.isoformat(), row.description, row.amount) for row in parsed.rows]
    assert came_out == EXPECTED


def test_latin_1_is_read_like_windows_1252() -> None:
    parsed = parsing.parse(PLAIN.encode("latin-1"))

    assert [row.description for row in parsed.rows][-1] == "Ñandú & Çelik"
    assert [row.amount for row in parsed.rows] == [amount for _, _, amount in EXPECTED]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "cp1252"])
def test_a_first_strange_letter_far_down_changes_nothing(encoding: str) -> None:
    plain = "".join(f"{day:02}.01.2026;Shop;-{day},50\n" for day in range(1, 32)) * 40
    content = f"Datum;Text;Betrag\n{plain}{LONG}"

    parsed = parsing.parse(content.encode(encoding))

    assert len(parsed.rows) == 2 * 31 * 40
    assert parsed.rows[-1].description == "Bäckerei"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_other_scripts_are_read_in_utf_16_without_a_mark(encoding: str) -> None:
    content = "Date,Description,Amount\n2026-01-05,株式会社セブン,4.50\n2026-01-06,Кофе,3.50\n"

    parsed = parsing.parse(content.encode(encoding))

    assert [row.description for row in parsed.rows] == ["株式会社セブン", "Кофе"]


def test_half_a_character_at_the_end_costs_no_row() -> None:
    content = codecs.BOM_UTF16_LE + ROWS.encode("utf-16-le") + b"\n"

    assert len(parsing.parse(content).rows) == 3


@pytest.mark.parametrize("broken", [b"\xff", b"\xc3", b"\x81"])
def test_one_broken_byte_does_not_turn_the_rest_into_other_letters(broken: bytes) -> None:
    content = ROWS.replace("Pub", "Pub ?").encode().replace(b"?", broken)

    assert parsing.parse(content).rows[0].description == "Café “Süß” – Köln"
