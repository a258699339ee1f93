"""Text that is fit to store: one line, no control characters, no card number."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expenseflow.statements.parsing import text


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("CARD 4111111111111111 OK", "CARD ****1111 OK"),
        ("4111 1111 1111 1111", "****1111"),
        ("4111-1111-1111-1111 X", "****1111 X"),
        ("3782 822463 10005", "****0005"),
        ("0423 4111 1111 1111 1111 07", "0423 ****1111 07"),
        ("6011000990139424 5105105105105100", "****9424 ****5100"),
        ("PHONE 08007263333", "PHONE 08007263333"),
        ("REF 4111111111111112", "REF 4111111111111112"),
        ("LONG 24692166013100123456789", "LONG 24692166013100123456789"),
        ("0000000000000000", "0000000000000000"),
    ],
)
def test_a_card_number_is_masked_to_its_last_four(raw: str, stored: str) -> None:
    assert text.description(raw) == stored


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("a\x00b\x1bc", "a b c"),
        ("line\r\nbreak\ttab", "line break tab"),
        ("  many   spaces  ", "many spaces"),
        ("e\u0301clair", "\u00e9clair"),
        ("evil\u202egpj.exe", "evil gpj.exe"),
        ("x" * 600, "x" * 500),
    ],
)
def test_a_description_is_one_clean_line(raw: str, stored: str) -> None:
    assert text.description(raw) == stored


@given(st.text())
@settings(deadline=None)
def test_cleaning_twice_changes_nothing_more(raw: str) -> None:
    once = text.description(raw)

    assert text.description(once) == once
    once.encode("utf-8")


@pytest.mark.parametrize(
    ("raw", "label"),
    [
        ("4111 1111 1111 1111", "1111"),
        ("************6208", "6208"),
        ("XXXX-XXXXXX-51002", "1002"),
        ("-51002", "1002"),
        ("51_5 4400 7700 9222443", "2443"),
        ("1234", "1234"),
        ("192639749", "9749"),
        ("Corporate card", "Corporate card"),
        ("Visa 4111111111111111", "Visa ****1111"),
        ("'20-00-00 12345678", "5678"),
        ("20-00-00/12345678", "5678"),
        ('="12345678"', "5678"),
        ("DE89370400440532013000", "3000"),
        ("DE89 3704 0044 0532 0130 00", "3000"),
        ("de89370400440532013000", "3000"),
        ("GB29 NWBK 6016 1331 9268 19", "6819"),
        ("GB29NWBK60161331926819", "6819"),
        ("MT84MALT011000012345MTLCAST001S", "001S"),
        ("Girokonto DE89370400440532013000", "Girokonto ****3000"),
        ("Account 12345678", "Account ****5678"),
        ("Sort code 20-00-00, 12345678 (joint)", "Sort code 20-00-00, ****5678 (joint)"),
        ("Visa ****1234", "Visa ****1234"),
        ("Team 2026", "Team 2026"),
        ("QR12 BLUE TEAM CARD", "QR12 BLUE TEAM CARD"),
        ("", None),
        ("  ", None),
    ],
)
def test_an_account_is_a_label_or_four_digits(raw: str, label: str | None) -> None:
    assert text.account_label(raw) == label


def test_a_bank_id_that_holds_a_card_number_is_kept_only_as_a_digest() -> None:
    first, second = (text.external_id(pan) for pan in ("4111111111111111", "5105105105105100"))

    assert first is not None
    assert first.startswith("sha256:")
    assert first != second


@pytest.mark.parametrize("raw", ["", "0", "000000", "  ", "''"])
def test_an_empty_or_zero_id_is_none(raw: str) -> None:
    assert text.external_id(raw) is None


PARTS = st.sampled_from(
    [
        "4111111111111111",
        "4111 1111",
        "5105105105105100",
        "1-",
        "4",
        " ",
        "-",
        "x",
        "A",
        "---",
        "٤١",
    ]
)


@given(st.lists(PARTS, max_size=60).map("".join))
@settings(max_examples=500, deadline=None)
def test_the_beginning_of_a_text_shows_no_more_than_the_text_itself(written: str) -> None:
    shown, whole = text.mask_cards(text.beginning(written)), text.mask_cards(text.clean(written))
    assert whole.startswith(shown)
    if len(text.clean(written)) <= text.BEGINNING:
        assert shown == whole


def test_the_beginning_of_a_text_ends_before_a_number_that_it_would_cut() -> None:
    assert text.beginning("A" * 90 + " 4111 1111 1111 1111") == "A" * 90
    assert text.beginning("A" * 99 + "4111111111111111") == "A" * 99
    assert text.beginning("A" * 100 + "4111111111111111") == "A" * 100
    assert text.beginning("4111 1111 1111 1111 " * 9) == ""
