"""Card numbers are found whatever stands between their digits; ordinary text is left alone."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expenseflow.kit import cards
from expenseflow.statements.parsing import card_batches

BEGINNINGS = {"4": 16, "51": 16, "55": 16, "2221": 16, "34": 15, "37": 15, "36": 14, "6011": 16}
SEPARATORS = ["", " ", "-", "*", "_", "x", "X", ":", ",", ".", "·", "—", "/", "|", " - ", "…", "**"]


def with_check_digit(digits: str) -> str:
    values = [int(digit) for digit in reversed(digits)]
    total = sum(
        value if position % 2 else sum(divmod(2 * value, 10))
        for position, value in enumerate(values)
    )
    return digits + str(-total % 10)


@st.composite
def card_numbers(draw: st.DrawFn) -> str:
    begin, length = draw(st.sampled_from(sorted(BEGINNINGS.items())))
    rest = length - len(begin) - 1
    return with_check_digit(begin + draw(st.from_regex(rf"[0-9]{{{rest}}}", fullmatch=True)))


@st.composite
def written(draw: st.DrawFn) -> tuple[str, str]:
    """A card number, and one of the ways to write it."""
    number = draw(card_numbers())
    separators = draw(
        st.one_of(
            st.sampled_from(SEPARATORS).map(lambda one: [one] * 20),
            # Colons beside other signs are taken for a time of day.
            st.lists(
                st.sampled_from([sign for sign in SEPARATORS if sign != ":"]),
                min_size=20,
                max_size=20,
            ),
        )
    )
    size = draw(st.sampled_from([1, 2, 3, 4, 6]))
    groups = [number[at : at + size] for at in range(0, len(number), size)]
    between = [*separators[: len(groups) - 1], ""]
    return number, "".join(map("".join, zip(groups, between, strict=True)))


@given(
    written(), st.sampled_from(["", "CARD ", "SHOP: "]), st.sampled_from(["", " OK", "; SEATTLE"])
)
def test_no_way_to_write_a_card_number_is_left(
    card: tuple[str, str], before: str, behind: str
) -> None:
    number, text = card

    assert cards.mask(before + text + behind) == f"{before}****{number[-4:]}{behind}"


@pytest.mark.parametrize(
    "text",
    [
        "4111*1111*1111*1111",
        "4111_1111_1111_1111",
        "4111x1111X1111x1111",
        "4111:1111:1111:1111",
        "4111,1111,1111,1111",
        "4111 · 1111 · 1111 · 1111",
        "4111 — 1111 — 1111 — 1111",
        "4111 | 1111 | 1111 | 1111",
        "4111...1111...1111...1111",
        "４１１１*１１１１*１１１１*１１１１",
    ],
)
def test_signs_between_the_groups_do_not_hide_it(text: str) -> None:
    masked = cards.mask(f"07 {text} 12")

    assert masked == "07 ****1111 12"


@given(
    st.dates(date(1990, 1, 1), date(2099, 12, 31)),
    st.times(),
    st.sampled_from(["", " EUR", " 4.5"]),
)
def test_dates_and_times_are_left_alone(day: date, at: time, behind: str) -> None:
    moment = datetime.combine(day, at, tzinfo=UTC)
    for form in ("%d.%m.%Y %H:%M:%S", "%m/%d/%Y, %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M"):
        text = moment.strftime(form) + behind
        assert cards.mask(text) == text


@given(card_numbers(), st.integers(1, 9), st.sampled_from(SEPARATORS))
def test_what_fails_the_check_is_left_alone(number: str, more: int, separator: str) -> None:
    wrong = number[:-1] + str((int(number[-1]) + more) % 10)
    text = separator.join(wrong[at : at + 4] for at in range(0, len(wrong), 4))

    assert cards.mask(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "+49 (800) 726-3333",
        "+1 (415) 555-1234 x56",
        "TEL. 0800.726.3333, FAX 0800.726.3334",
        "INVOICE 2026/0001/0002/0003",
        "INV-2026-000123456789",
        "ORDER 114-3941689-8772232",
        "0000*0000*0000*0000",
        "12x34 BOARDS, 5x10 NAILS",
        "1,234,567.89 USD / 2,345,678.90 EUR",
        "10.0.0.1:5432 192.168.100.200",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert cards.mask(text) == text


def test_what_is_written_instead_can_be_chosen() -> None:
    assert cards.mask("A 4111111111111111 B", write=lambda _: "#") == "A # B"


TEXTS = st.one_of(
    st.text(max_size=30),
    st.text("0123456789 -./xX:_4", max_size=60),
    st.text("0145\u0664\uff14 :\u00b7", max_size=60),
    written().map(lambda card: f"07 {card[1]} 12:30"),
    card_numbers().map(":".join),
)


@given(st.lists(TEXTS, max_size=8))
def test_many_texts_at_once_are_masked_as_each_alone(texts: list[str]) -> None:
    assert card_batches.mask_all(texts) == [cards.mask(text) for text in texts]


def test_a_number_does_not_go_on_in_the_next_text() -> None:
    halves = ["4111 1111 ", "1111 1111"]

    assert card_batches.mask_all(halves) == halves
