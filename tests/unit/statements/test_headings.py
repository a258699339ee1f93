"""Headings in German, with umlauts and without, and which of two texts is the merchant."""

from collections import defaultdict

import pytest

from expenseflow.statements import parsing
from expenseflow.statements.parsing import vocabulary
from expenseflow.statements.parsing.vocabulary import Role

ASCII = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
CURRENCIES = ["Währung", "Buchungswährung", "Kontowährung", "Umsatzwährung", "Währung (ISO)"]
PAYEES = [
    "Auftraggeber / Begünstigter",
    "Auftraggeber/Begünstigter",
    "Begünstigter / Auftraggeber",
    "Begünstigter/Zahlungspflichtiger",
    "Begünstigter",
    "Begünstigte(r)",
    "Empfänger",
    "Empfänger/Zahlungspflichtiger",
    "Auftraggeber/Empfänger",
    "Sender / Empfänger",
    "Zahlungsempfänger",
    "Zahlungsempfänger*in",
    "Name Zahlungsbeteiligter",
    "Gläubiger",
    "Name Gläubiger",
    "Händler",
    "Payee",
]


@pytest.mark.parametrize("spelled", [str, lambda text: text.translate(ASCII), str.upper])
@pytest.mark.parametrize("heading", CURRENCIES)
def test_the_currency_is_found_under_every_spelling(heading: str, spelled: type[str]) -> None:
    content = f"Buchungstag;Text;Betrag;{spelled(heading)}\n05.01.2026;Café;-4,50;CHF\n"

    rows = parsing.parse(content.encode()).rows

    assert [(row.description, row.currency) for row in rows] == [("Café", "CHF")]


@pytest.mark.parametrize("spelled", [str, lambda text: text.translate(ASCII)])
@pytest.mark.parametrize("heading", PAYEES)
def test_the_payee_is_the_description_and_the_purpose_only_without_one(
    heading: str, spelled: type[str]
) -> None:
    content = (
        f"Buchungstag;Buchungstext;Verwendungszweck;{spelled(heading)};Betrag\n"
        "05.01.2026;Lastschrift;Rechnung 4711;Hetzner Online GmbH;-4,50\n"
        "06.01.2026;Entgelt;Kartenentgelt;;-3,00\n"
    )

    rows = parsing.parse(content.encode()).rows

    assert [row.description for row in rows] == ["Hetzner Online GmbH", "Kartenentgelt"]


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("Beløb", Role.AMOUNT),
        ("Bokføringsdato (dag) ", None),
        ("Valeur", None),
        ("Umsatz in EUR", None),
        ("Originalwaehrung", Role.ORIGINAL_CURRENCY),
        ("Umsatz getaetigt von", Role.ACCOUNT),
        ("Glaeubiger ID", None),
        ("Gläubiger-ID", None),
        ("Money In", Role.CREDIT),
        ("money_in", Role.CREDIT),
    ],
)
def test_a_heading_is_known_by_what_it_says(heading: str, role: Role | None) -> None:
    found = vocabulary.heading(heading)

    assert (found[0] if found else None) == role


def test_no_heading_has_two_roles() -> None:
    roles: dict[str, set[Role]] = defaultdict(set)
    for role, headings in vocabulary._HEADINGS.items():
        for heading in headings.split("|"):
            roles[vocabulary._key("".join(heading.split()))].add(role)

    assert [key for key, found in roles.items() if len(found) > 1] == []


def test_no_account_number_is_left_in_the_row_as_it_stood_there() -> None:
    content = (
        "Auftragskonto;Buchungstag;Empfaenger;IBAN;Betrag\n"
        "GB29NWBK60161331926819;05.01.2026;Shop;DE89370400440532013000;-4,50\n"
    )

    row = parsing.parse(content.encode()).rows[0]

    assert row.account == "6819"
    assert row.raw == "6819 | 05.01.2026 | Shop | ****3000 | -4,50"


@pytest.mark.parametrize(
    "line",
    ["Account: GB29 NWBK 6016 1331 9268 19", "Konto;GB29NWBK60161331926819",
     "Account number,'20-00-00 19926819", "Card number: **** **** **** 6819"],
)  # fmt: skip
def test_the_account_above_the_table_is_four_digits(line: str) -> None:
    content = f"{line}\nDate,Description,Amount\n2026-01-05,Coffee,4.50\n"

    assert parsing.parse(content.encode()).rows[0].account == "6819"
