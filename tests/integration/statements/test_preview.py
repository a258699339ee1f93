"""What the preview shows is what the import does, in the real database."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from tests.support import statements as support
from tests.support.statements import COFFEE, TEA, Ledger, counts, csv, ofx

from expenseflow.infra.db import Database
from expenseflow.statements import preparing
from expenseflow.statements.errors import (
    DecisionDoesNotFit,
    MappingDoesNotFit,
    ReadOtherwiseBefore,
)
from expenseflow.statements.models import StatementMapping
from expenseflow.statements.parsing import Mapping
from expenseflow.statements.parsing.mapping import DateOrder, SignConvention
from expenseflow.statements.parsing.vocabulary import Role
from expenseflow.statements.planning import Choice
from expenseflow.statements.rows import PreviewedStatement

POSITIVE, NEGATIVE = SignConvention.CHARGES_POSITIVE, SignConvention.CHARGES_NEGATIVE
WIDE = "Date,Description,Memo,Amount"
FLIPPED = Mapping(sign_convention=NEGATIVE)
PAYMENT = "2026-01-09,PAYMENT - THANK YOU,-9.00"
TABLES = ("statements", "transactions", "sightings", "statement_mappings")

ROWS = st.sampled_from([
    COFFEE, COFFEE, TEA, PAYMENT, "2026-01-07,REFUND TEA,-3.50", "03/04/2026,BOOK,12.00",
    "2026-02-01,TEA,3.50", "2026-01-10,X,NaN", "2026-01-11,NOTHING,0.00",
])  # fmt: skip
FILES = st.lists(ROWS, min_size=1, max_size=6).map(lambda rows: csv(*rows))
CHOICES: st.SearchStrategy[dict[int, Choice]] = st.dictionaries(
    st.integers(2, 7), st.sampled_from(["import", "skip"])
)
SAID = st.sampled_from([
    None, FLIPPED, Mapping(date_order=DateOrder.MONTH_FIRST), Mapping(account="Blue card"),
])  # fmt: skip


def outcome(preview: PreviewedStatement) -> tuple[int, ...]:
    return (preview.imported, preview.duplicates, preview.payments, preview.skipped,
            preview.rejected)  # fmt: skip


async def contents(ledger: Ledger) -> Counter[Any]:
    """What is stored, as often as it is."""
    return Counter(
        (row.posted_on, row.description, row.amount, row.currency, row.account, row.is_payment)
        for row in await ledger.transactions()
    )


def shown(preview: PreviewedStatement) -> Counter[Any]:
    """What the preview says an import stores."""
    return Counter(
        (row.posted_on, row.description, row.amount, row.currency, row.account,
         row.decision == "payment" and row.chosen is None)
        for row in preview.rows if row.imports
    )  # fmt: skip


@given(st.lists(FILES, max_size=2), FILES, SAID, CHOICES)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_the_import_does_what_the_preview_showed(
    db: Database,
    before: list[bytes],
    content: bytes,
    said: Mapping | None,
    choices: dict[int, Choice],
) -> None:
    ledger = await support.ledger(db)
    for earlier in before:
        await ledger.take(earlier)
    if content in before and said is not None:
        said = None  # refused, and tested below
    plain = await ledger.preview(content, mapping=said)
    valid = {row.row for row in plain.rows if row.decision != "rejected"}
    choices = {row: choice for row, choice in choices.items() if row in valid}
    preview = await ledger.preview(content, mapping=said, choices=choices)
    was = await contents(ledger)

    done = await ledger.take(content, mapping=preview.mapping, choices=choices)

    assert (*counts(done)[:3], done.skipped, len(done.rejected)) == outcome(preview)
    assert sum(outcome(preview)) == len(preview.rows)
    assert await contents(ledger) - was == shown(preview)
    await _again_adds_nothing(ledger, content, preview, choices)


async def _again_adds_nothing(
    ledger: Ledger, content: bytes, preview: PreviewedStatement, choices: dict[int, Choice]
) -> None:
    stored = await contents(ledger)
    again = await ledger.preview(content, choices=choices)
    assert again.mapping == preview.mapping
    assert not shown(again)
    done = await ledger.take(content, mapping=preview.mapping, choices=choices)
    assert (done.imported, done.payments) == (0, 0)
    assert await contents(ledger) == stored


async def test_a_preview_stores_nothing_at_all(db: Database) -> None:
    ledger = await support.ledger(db)

    await ledger.preview(csv(COFFEE, PAYMENT), account="1234", mapping=FLIPPED)

    assert await ledger.rows_of(*TABLES) == dict.fromkeys(TABLES, 0)


@pytest.mark.parametrize("choices", [{9: "skip"}, {1: "import"}, {3: "import"}, {3: "skip"}])
async def test_a_choice_about_no_row_stores_nothing(
    db: Database, choices: dict[int, Choice]
) -> None:
    ledger = await support.ledger(db)

    with pytest.raises(DecisionDoesNotFit):
        await ledger.take(csv(COFFEE, "2026-01-10,X,NaN"), mapping=FLIPPED, choices=choices)

    assert await ledger.rows_of(*TABLES) == dict.fromkeys(TABLES, 0)


async def test_totals_are_exact(db: Database) -> None:
    ledger = await support.ledger(db)
    content = csv(*(f"2026-01-{n % 28 + 1:02d},M{n},0.1" for n in range(1, 1001)),
                  "2026-01-02,A,999999999999.9999", "2026-01-03,B,0.0001")  # fmt: skip

    preview = await ledger.preview(content)
    await ledger.take(content)

    exact = Decimal("1000000000100.0000")
    assert [total.amount for total in preview.totals] == [exact]
    assert sum(row.amount for row in await ledger.transactions()) == exact - Decimal("0.2")


# -- mappings ----------------------------------------------------------------------------------


async def remembered(db: Database) -> list[dict[str, Any]]:
    async with db.transaction() as session:
        return list(await session.scalars(select(StatementMapping.mapping)))


async def test_what_a_person_said_is_used_for_the_next_file_with_these_headings(
    db: Database,
) -> None:
    ledger = await support.ledger(db)
    await ledger.take(csv("2026-01-05,COFFEE,4.50", "2026-01-06,TEA,-3.50"), mapping=FLIPPED)

    february = await ledger.preview(csv("2026-02-05,COFFEE,4.50", "2026-02-06,TEA,-3.50"))
    other = await ledger.preview(csv("2026-02-05,COFFEE,4.50", header="Date,Shop,Amount"))

    assert (february.mapping_source, other.mapping_source) == ("remembered", "inferred")
    assert february.mapping.sign_convention is NEGATIVE
    assert [row.amount for row in february.rows] == [Decimal("-4.50"), Decimal("3.50")]


async def test_headings_that_move_down_are_found_all_the_same(db: Database) -> None:
    ledger = await support.ledger(db)
    january = b"Card,1234\n" + csv(COFFEE, "2026-01-06,TEA,-3.50")
    mapping = (await ledger.preview(january)).mapping
    await ledger.take(january, mapping=replace(mapping, sign_convention=POSITIVE))

    february = await ledger.preview(b"Card,1234\nOwner,Ann\n" + csv("2026-02-05,COFFEE,4.50"))

    assert february.mapping_source == "remembered"
    assert (february.mapping.header_row, february.rejected, february.imported) == (3, 0, 1)


async def test_what_was_only_inferred_is_not_remembered(db: Database) -> None:
    ledger = await support.ledger(db)

    await ledger.take(csv(COFFEE, TEA))

    assert await remembered(db) == []
    assert (await ledger.preview(csv(TEA))).mapping_source == "inferred"


async def echoed(ledger: Ledger, content: bytes, **changed: Any) -> None:
    """Imported with the mapping of its preview, as clients send it back."""
    shown = (await ledger.preview(content)).mapping
    await ledger.take(content, mapping=replace(shown, **changed))


async def test_a_guess_that_comes_back_with_a_preview_is_not_remembered(db: Database) -> None:
    ann, bob = await support.ledger(db), await support.ledger(db)
    await echoed(ann, csv("03/04/2026,COFFEE,4.50"))
    await echoed(ann, csv("2026-01-03,REFUND STORE,-4.50", header="Date,Shop,Amount"))
    await echoed(ann, ofx(("20260105", "COFFEE", "-4.50", "F1")))

    assert await remembered(db) == []
    for content in (
        csv("03/05/2026,COFFEE,4.50", "05/05/2026,TEA,3.50", "25/05/2026,CAKE,5.50"),
        csv("2026-02-03,COFFEE,4.50", "2026-02-06,THANK YOU,-100.00", header="Date,Shop,Amount"),
    ):
        assert await ann.preview(content) == await bob.preview(content)


async def test_of_a_mapping_that_comes_back_what_was_changed_is_remembered(db: Database) -> None:
    ledger = await support.ledger(db)
    content = csv("03/04/2026,COFFEE,Lunch,-4.50", "05/04/2026,TEA,,-3.50", header=WIDE)
    memo = {Role.DESCRIPTION: [2]}
    shown = (await ledger.preview(content)).mapping
    columns = {**shown.columns, **memo}
    await ledger.take(content, mapping=replace(shown, sign_convention=POSITIVE, columns=columns))

    [kept] = await remembered(db)
    assert {name: value for name, value in kept.items() if value} == {
        "columns": {"description": [2]}, "signConvention": "chargesPositive",
    }  # fmt: skip


async def test_what_was_said_stays_while_a_later_file_shows_the_same_by_itself(
    db: Database,
) -> None:
    ledger = await support.ledger(db)
    said = Mapping(columns={Role.DESCRIPTION: ["Memo"]}, date_order=DateOrder.DAY_FIRST)
    await ledger.take(csv("03/04/2026,COFFEE,Lunch,4.50", header=WIDE), mapping=said)
    await echoed(ledger, csv("13/04/2026,,Dinner,4.50", header=WIDE))
    [kept] = await remembered(db)
    assert (kept["columns"]["description"], kept["dateOrder"]) == (["Memo"], "dayFirst")

    await echoed(ledger, csv("13/05/2026,A,B,4.50", header=WIDE), date_order=None)
    assert (await remembered(db))[0]["dateOrder"] is None


async def test_what_is_said_now_counts_before_what_was_remembered(db: Database) -> None:
    ledger = await support.ledger(db)
    await ledger.take(csv(COFFEE, "2026-01-06,TEA,-3.50"), mapping=FLIPPED)

    preview = await ledger.preview(csv(TEA), mapping=Mapping(sign_convention=POSITIVE))

    assert preview.mapping_source == "given"
    assert [row.amount for row in preview.rows] == [Decimal("3.50")]


async def test_the_account_is_remembered_beside_the_mapping(db: Database) -> None:
    ledger = await support.ledger(db)
    await ledger.take(csv(COFFEE, "2026-01-06,TEA,-3.50"), mapping=FLIPPED)
    await ledger.take(csv(TEA), account="1234")

    preview = await ledger.preview(csv("2026-02-01,LATE,1.00", "2026-02-02,LATER,-2.00"))

    assert (preview.account, preview.mapping.account) == ("1234", "1234")
    assert preview.mapping.sign_convention is NEGATIVE


async def test_an_account_that_the_file_names_itself_is_not_remembered(db: Database) -> None:
    ledger = await support.ledger(db)

    await ledger.take(csv("2026-01-05,A,1.00,9999", header="Date,Name,Amount,Card"), account="1")

    assert await remembered(db) == []


async def test_a_remembered_mapping_that_no_longer_fits_is_left_aside_with_a_word(
    db: Database,
) -> None:
    ledger = await support.ledger(db)
    header = "Date,Description,Other,Amount"
    said = Mapping(columns={Role.AMOUNT: ["Other"]}, account="1234")
    await ledger.take(csv("2026-01-05,A,2.00,1.00", header=header), mapping=said)

    content = csv("2026-02-05,A,words,1.00", header=header)
    preview, done = await ledger.preview(content), await ledger.take(content)

    assert preview.notes == done.notes == [preparing.LEFT_ASIDE]
    assert (preview.mapping_source, done.mapping_source) == ("inferred", "inferred")
    assert [row.amount for row in preview.rows] == [Decimal("1.00")]
    assert done.account == "1234"


async def test_a_mapping_that_does_not_fit_stores_nothing(db: Database) -> None:
    ledger = await support.ledger(db)

    with pytest.raises(MappingDoesNotFit):
        await ledger.take(csv(COFFEE), mapping=Mapping(columns={Role.AMOUNT: ["Nothing"]}))

    assert await ledger.rows_of(*TABLES) == dict.fromkeys(TABLES, 0)


async def test_nobody_reads_with_what_another_person_said(db: Database) -> None:
    ann, bob = await support.ledger(db), await support.ledger(db)
    await ann.take(csv(COFFEE, "2026-01-06,TEA,-3.50"), mapping=FLIPPED, account="1234")

    preview = await bob.preview(csv(TEA))

    assert (preview.mapping_source, preview.account) == ("inferred", None)


async def test_a_file_is_not_read_a_second_way_beside_the_first(db: Database) -> None:
    """Else the flipped rows would stand beside the first ones, and cancel them out."""
    ledger = await support.ledger(db)
    content = csv(COFFEE, "2026-01-06,TEA REFUND,-3.50")
    first = await ledger.take(content)

    for take in (ledger.preview, ledger.take):
        with pytest.raises(ReadOtherwiseBefore):
            await take(content, mapping=FLIPPED)
    assert len(await ledger.transactions()) == 2

    await ledger.undo(first)
    assert counts(await ledger.take(content, mapping=FLIPPED)) == (2, 0, 0, 0)
    assert sorted(row.amount for row in await ledger.transactions()) == [
        Decimal("-4.50"), Decimal("3.50"),
    ]  # fmt: skip


async def test_the_same_file_again_is_read_as_the_first_time(db: Database) -> None:
    ledger = await support.ledger(db)
    content = csv(COFFEE, "2026-01-06,TEA,-3.50")
    await ledger.take(content, mapping=FLIPPED)
    await ledger.take(csv("2026-02-01,X,1.00"), mapping=Mapping(sign_convention=POSITIVE))

    again = await ledger.take(content)

    assert (counts(again), again.mapping_source) == ((0, 2, 0, 0), "remembered")


async def test_ofx_remembers_its_sign_by_account(db: Database) -> None:
    ledger = await support.ledger(db)
    await ledger.take(
        ofx(("20260105", "COFFEE", "-4.50", "F1")), mapping=Mapping(sign_convention=POSITIVE)
    )

    same = await ledger.preview(ofx(("20260205", "TEA", "-4.50", "F2")))
    other = await ledger.preview(ofx(("20260205", "TEA", "-4.50", "F2"), account="9999"))

    assert (same.mapping_source, other.mapping_source) == ("remembered", "inferred")


async def test_the_mapping_that_came_out_is_the_one_that_is_stored(db: Database) -> None:
    """A parser that learns more next year must not read this very file another way."""
    ledger = await support.ledger(db)
    content = csv("03/04/2026,A,1.00", "05/04/2026,B,2.00")
    preview = await ledger.preview(content, account="1234")

    await ledger.take(content, account="1234")

    again = await ledger.preview(content)
    assert again.mapping == preview.mapping
    assert again.imported_before
