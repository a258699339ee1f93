"""What may leave the machine: no card number, no e-mail address, not the person's own name."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.categorization import charge

from expenseflow.categorization import privacy
from expenseflow.categorization.outcomes import PastLine


@pytest.mark.parametrize(
    "spelt",
    [
        "jane.doe@example.com", "JANE.DOE@EXAMPLE.COM", "jane.doe＠example.com", "jane.doe@exam",
        "jane.doe@", "jane.doe @ example.com",
         "jane.doe(at)example.com", "jane.doe [at] example.com",
        "jane.doe (at) example (dot) com", "jane.doe at example dot com", "jane.doe at example.com",
        "jane.doe%40example.com", "jane_at_example.com", "jane_at_example_dot_com",
        "mailto:jane.doe@example.com", "<jane.doe@example.com>",
        "jane.doe+cards@mail.example.co.uk",
        "ja\u200bne.doe@exa\u200bmple.com", "jane.doe@example。com",
    ],
)  # fmt: skip
def test_no_spelling_of_an_address_is_left(spelt: str) -> None:
    sent = privacy.masked(f"PAYPAL *{spelt} 4029").lower()
    assert "jane" not in sent
    assert "doe" not in sent
    assert sent.startswith("paypal")


@pytest.mark.parametrize(
    "text",
    ["LUNCH AT NOMA", "BREAKFAST AT TIFFANY'S", "SHOP AT HOME TV", "AT&T *BILL", "CAFE (ATRIUM)"],
)
def test_not_every_at_is_an_address(text: str) -> None:
    assert privacy.masked(text) == text


OWN = [
    ("jane.doe@example.com", "ZELLE TO JANE DOE"),
    ("jane.doe@example.com", "ZELLE TO DOE, JANE"),
    ("jane.doe@example.com", "VENMO *Jane-Doe"),
    ("jane.doe@example.com", "PAYPAL *JANEDOE"),
    ("jane.doe@example.com", "J A N E D O E"),
    ("jane.doe@example.com", "MS JANE M. DOE 0423"),
    ("jane_doe+cards@example.com", "CARD OF ＪＡＮＥ ＤＯＥ"),
    ("janedoe@example.com", "TRANSFER JANE DOE"),
    ("janedoe@example.com", "TRANSFER DOE JANE"),
    ("jdoe@example.com", "TRANSFER J. DOE"),
    ("jdoe@example.com", "TRANSFER JANE DOE"),
    ("jdoe@example.com", "DOE, JANE"),
    ("janed@example.com", "JANE DOE"),
    ("doe.jane2@example.com", "JANE DOE"),
    ("jane.doe@example.com", "jane.doe@example.com"),
    ("jane.doe@example.com", "JANE DOE'S PHONE"),
    ("jané.doe@example.com", "JANE DOE"),
    ("jane.doe@example.com", "JÁNE DOÉ"),
]


@pytest.mark.parametrize(
    "spelt", ["jane.doe@example.com", "jane.doe(at)example.com", "jane.doe at example.com"]
)
def test_of_the_own_address_the_host_is_not_left_either(spelt: str) -> None:
    names = privacy.names_of("jane.doe@example.com")
    assert names is not None
    assert privacy.masked(privacy.without_names(f"TO {spelt}", names)) == "TO @"


@pytest.mark.parametrize(("email", "printed"), OWN)
def test_no_spelling_of_the_own_name_is_left(email: str, printed: str) -> None:
    names = privacy.names_of(email)
    assert names is not None
    sent = privacy.masked(privacy.without_names(printed, names)).lower()
    letters = "".join(filter(str.isalpha, sent))
    assert "jane" not in letters
    assert "doe" not in letters


@pytest.mark.parametrize(
    ("email", "printed"),
    [
        ("josé.müller@example.com", "JOSE MUELLER"),
        ("jose.mueller@example.com", "JOSÉ MÜLLER"),
        ("jose.muller@example.com", "Jose\u0301 Mueller"),
    ],
)
def test_a_name_with_accents_is_the_same_name(email: str, printed: str) -> None:
    names = privacy.names_of(email)
    assert names is not None
    assert privacy.without_names(f"TO {printed}", names) == "TO #"


@pytest.mark.parametrize("email", ["office@example.com", "you@example.com", "42@example.com", ""])
def test_an_address_without_a_name_hides_nothing(email: str) -> None:
    assert privacy.names_of(email) is None


@pytest.mark.parametrize(
    ("email", "printed"),
    [
        ("jane.doe@example.com", "DOES IT FIT SHOES"),
        ("jane.li@example.com", "LI NING SPORTS"),
        ("mark.price@example.com", "MARKS AND SPENCER"),
        ("jdoe@example.com", "J CREW"),
        ("sam@example.com", "SAM'S CLUB"),
    ],
)
def test_other_words_are_left_alone(email: str, printed: str) -> None:
    names = privacy.names_of(email)
    assert names is not None
    assert privacy.without_names(printed, names) == printed


def test_a_short_name_is_taken_out_beside_the_other() -> None:
    names = privacy.names_of("jane.li@example.com")
    assert names is not None
    assert privacy.without_names("PAY JANE LI NOW", names) == "PAY # NOW"


def test_all_texts_of_a_charge_are_without_the_name_and_its_merchant_is_the_same() -> None:
    names = privacy.names_of("jane.doe@example.com")
    printed = charge("ZELLE TO JANE DOE", source_category="Doe family", posted_on=date(2026, 1, 2))
    sent = privacy.anonymous(printed, names)
    assert (sent.description, sent.source_category) == ("ZELLE TO #", "# family")
    assert (sent.merchant, sent.transaction_id) == (printed.merchant, printed.transaction_id)
    past = privacy.anonymous_past(PastLine("JANE DOE", "66300", None), names)
    assert past.description == "#"
    assert privacy.anonymous(printed, None) is printed
    assert privacy.anonymous_past(past, None) is past


@given(st.text(), st.emails())
def test_any_text_and_any_address(text: str, email: str) -> None:
    names = privacy.names_of(email)
    if names is not None:
        assert len(privacy.masked(privacy.without_names(text, names))) <= privacy.MAX_SENT
