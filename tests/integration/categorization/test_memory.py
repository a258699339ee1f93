"""Memory and kept answers on real PostgreSQL."""

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncSession
from tests.support import factories
from tests.support.categorization import (
    CHART,
    NOW,
    add_transactions,
    add_user,
    charge,
    charge_of,
    lesson,
    settle_known,
)

from expenseflow.categorization import ladder, memory, rules, service
from expenseflow.categorization.ladder import Knowledge
from expenseflow.categorization.outcomes import Answer, Lesson, Merchant, PastLine, Settlement
from expenseflow.chart.service import Chart, ChartEntry
from expenseflow.infra.db import Database

SHELL = Merchant("SHELL OIL", 1)
ANSWER = Answer("66300", "07", "Blue Bottle", "Coffee", Decimal("0.9"))


def as_answered(answer: Answer, *, simulated: bool = False) -> Settlement:
    return ladder.answered(charge_of(SHELL), answer, Knowledge(CHART, simulated=simulated))


async def teach(
    session: AsyncSession, user_id: uuid.UUID, *accounts: str, day: int = 0, **given: str | None
) -> list[uuid.UUID]:
    """One lesson for each account, a day apart."""
    ids = await add_transactions(session, user_id, len(accounts))
    for number, (transaction_id, account) in enumerate(zip(ids, accounts, strict=True), start=day):
        taught = lesson(transaction_id, gl_code=account, **given)
        await service.teach(session, user_id, [taught], now=NOW + timedelta(days=number))
    return ids


async def recall(
    session: AsyncSession,
    user_id: uuid.UUID,
    merchant: Merchant = SHELL,
    chart: Chart = CHART,
    **given: Any,
) -> Settlement | None:
    known = await settle_known(session, user_id, [charge_of(merchant, **given)], chart=chart)
    return known.get(merchant)


async def test_what_was_taught_is_remembered_in_words(session: AsyncSession) -> None:
    user_id = await add_user(session)
    await teach(session, user_id, *["64100"] * 11)
    settled = await recall(session, user_id)
    assert settled is not None
    assert (settled.tier, settled.gl_code, settled.department_code) == ("memory", "64100", "07")
    assert settled.explanation == (
        "You filed Shell under 64100 eleven times, the last time on 14 January"
    )
    assert settled.confidence == Decimal("0.9583")
    assert not settled.needs_review


async def test_refunds_are_filed_where_the_charges_are(session: AsyncSession) -> None:
    user_id = await add_user(session)
    await teach(session, user_id, "64100")
    assert await recall(session, user_id, Merchant("SHELL OIL", -1)) is not None


async def test_different_accounts_are_flagged_and_all_of_them_suggested(
    session: AsyncSession,
) -> None:
    user_id = await add_user(session)
    await teach(session, user_id, "64100", "66300", "64100", "69900")
    settled = await recall(session, user_id)
    assert settled is not None
    assert settled.gl_code == "64100"
    assert settled.needs_review
    assert settled.review_reason == rules.UNSURE_MEMORY
    assert [s.gl_code for s in settled.suggestions] == ["64100", "69900", "66300"]
    assert settled.explanation == (
        "You filed Shell under 64100 twice, the last time on 14 January; "
        "and under 69900 once and under 66300 once"
    )


async def test_of_equals_the_latest_wins(session: AsyncSession) -> None:
    user_id = await add_user(session)
    await teach(session, user_id, "64100", "66300", "66300", "64100")
    settled = await recall(session, user_id)
    assert settled is not None
    assert settled.gl_code == "64100"


async def test_a_code_that_left_the_chart_does_not_count(session: AsyncSession) -> None:
    user_id = await add_user(session)
    await teach(session, user_id, "60000", "60000", "64100")
    settled = await recall(session, user_id)
    assert settled is not None
    assert settled.gl_code == "64100"
    assert settled.confidence == Decimal("0.75")
    only_meals = Chart((ChartEntry("66300", "Meals"),), CHART.departments)
    assert await recall(session, user_id, chart=only_meals) is None


@pytest.mark.parametrize("department", [None, "99"])
async def test_a_missing_department_is_the_usual_one(
    session: AsyncSession, department: str | None
) -> None:
    user_id = await add_user(session)
    await teach(session, user_id, "64100", department_code=department)
    settled = await recall(session, user_id)
    assert settled is not None
    assert settled.department_code is None
    assert settled.review_reason == f"You filed this merchant only once. {rules.NO_DEPARTMENT}"
    await teach(session, user_id, *["66300"] * 3, merchant_key="CAFE", department_code="05")
    settled = await recall(session, user_id)
    assert settled is not None
    assert settled.department_code == "05"


async def test_a_description_used_twice_is_a_habit(session: AsyncSession) -> None:
    user_id = await add_user(session)
    await teach(session, user_id, "64100", description="Dinner with the Smiths")
    once = await recall(session, user_id)
    await teach(session, user_id, "64100", "64100", description="Fuel", day=1)
    twice = await recall(session, user_id)
    assert once is not None
    assert twice is not None
    assert (once.description, twice.description) == (None, "Fuel")


async def test_an_edit_and_a_later_submit_count_once(session: AsyncSession) -> None:
    user_id = await add_user(session)
    (transaction_id,) = await teach(session, user_id, "64100")
    again = lesson(transaction_id, gl_code="66300")
    await service.teach(session, user_id, [again, again], now=NOW + timedelta(days=9))
    settled = await recall(session, user_id)
    assert settled is not None
    assert settled.explanation == "You filed Shell under 66300 once, on 14 January"


async def test_unteaching_forgets_exactly_what_was_taught(session: AsyncSession) -> None:
    user_id = await add_user(session)
    ids = await teach(session, user_id, "64100", "66300")
    await service.unteach(session, user_id, ids[1:])
    settled = await recall(session, user_id)
    assert settled is not None
    assert settled.explanation == "You filed Shell under 64100 once, on 14 January"
    await service.unteach(session, user_id, ids)
    assert await recall(session, user_id) is None


async def test_nobody_remembers_for_somebody_else(session: AsyncSession) -> None:
    user_id, other = await add_user(session), await add_user(session)
    ids = await teach(session, user_id, "64100")
    assert await recall(session, other) is None
    assert await usual(session, other) is None
    await service.teach(session, other, [lesson(ids[0], gl_code="66300")], now=NOW)
    await service.unteach(session, other, ids)
    settled = await recall(session, user_id)
    assert settled is not None
    assert settled.gl_code == "64100"


async def usual(
    session: AsyncSession, user_id: uuid.UUID, account: str | None = None, chart: Chart = CHART
) -> str | None:
    return (await memory.usual_departments(session, user_id, chart=chart)).of(account)


async def test_the_usual_department(session: AsyncSession) -> None:
    user_id = await add_user(session)
    assert await usual(session, user_id) is None
    await teach(session, user_id, "64100", "64100", department_code="05")
    assert await usual(session, user_id) is None, "twice is no habit"
    await teach(session, user_id, "64100", department_code="05")
    await teach(session, user_id, "64100", department_code="07", day=9)
    await teach(session, user_id, *["64100"] * 5, department_code=None)
    await teach(session, user_id, *["64100"] * 5, department_code="99")
    assert await usual(session, user_id) == "05"


async def test_each_card_has_its_usual_department(session: AsyncSession) -> None:
    user_id = await add_user(session)
    for account, department, often in (("1234", "05", 3), ("9876", "07", 1)):
        ids = await teach(session, user_id, *["64100"] * often, department_code=department)
        await session.execute(
            text("UPDATE transactions SET account = :account WHERE id = ANY(:ids)"),
            {"account": account, "ids": ids},
        )
    found = [await usual(session, user_id, account) for account in ("1234", "9876", "5555", None)]
    assert found == ["05", "07", "05", "05"]


async def move_to(session: AsyncSession, ids: list[uuid.UUID], month: str) -> None:
    await session.execute(
        text(
            "UPDATE transactions SET period = :month, posted_on = CAST(:day AS date) "
            "WHERE id = ANY(:ids)"
        ),
        {"month": month, "day": f"{month}-20", "ids": ids},
    )


async def test_a_changed_mind_need_not_outvote_the_whole_past(session: AsyncSession) -> None:
    user_id = await add_user(session)
    for month in ("2025-08", "2025-09", "2025-10", "2025-11"):
        await move_to(session, await teach(session, user_id, "64100"), month)
    await move_to(session, await teach(session, user_id, "66300", day=9), "2025-12")
    settled = await recall(session, user_id)
    assert settled is not None
    assert settled.gl_code == "66300"
    assert settled.needs_review
    assert settled.explanation == (
        "You filed Shell under 66300 once, on 20 December 2025; and under 64100 four times"
    )
    assert [s.gl_code for s in settled.suggestions] == ["66300", "64100"]


async def test_a_merchant_of_every_month_is_known_for_sure(session: AsyncSession) -> None:
    user_id = await add_user(session)
    for month in range(1, 13):
        await move_to(session, await teach(session, user_id, "64100"), f"2025-{month:02d}")
    settled = await recall(session, user_id)
    assert settled is not None
    assert settled.confidence == Decimal("0.9615")
    assert not settled.needs_review


async def test_twice_the_same_is_no_contradiction(session: AsyncSession) -> None:
    user_id = await add_user(session)
    await teach(session, user_id, "64100", "64100")
    settled = await recall(session, user_id)
    assert settled is not None
    assert settled.review_reason == "You filed this merchant only twice"


async def test_a_date_that_is_years_off_outvotes_nobody(session: AsyncSession) -> None:
    user_id = await add_user(session)
    await teach(session, user_id, *["64100"] * 9)
    await move_to(session, await teach(session, user_id, *["66300"] * 3, day=9), "2099-01")
    settled = await recall(session, user_id)
    assert settled is not None
    assert settled.gl_code == "64100"


async def test_saying_the_same_again_is_nothing_new(session: AsyncSession) -> None:
    user_id = await add_user(session)
    (transaction_id,) = await teach(session, user_id, "64100")
    later = NOW + timedelta(days=9)
    when = text("SELECT taught_at FROM memory_lessons WHERE transaction_id = :id")
    await service.teach(session, user_id, [lesson(transaction_id)], now=later)
    assert await session.scalar(when, {"id": transaction_id}) == NOW
    changed = lesson(transaction_id, department_code="05")
    await service.teach(session, user_id, [changed], now=later)
    assert await session.scalar(when, {"id": transaction_id}) == later


async def test_one_slip_does_not_undo_a_habit(session: AsyncSession) -> None:
    user_id = await add_user(session)
    await move_to(session, await teach(session, user_id, *["64100"] * 11), "2025-11")
    await move_to(session, await teach(session, user_id, "66300", day=20), "2025-12")
    settled = await recall(session, user_id)
    assert settled is not None
    assert settled.gl_code == "64100"
    assert settled.confidence == Decimal("0.8195")
    assert settled.review_reason == rules.UNSURE_MEMORY


# --- kept answers ---------------------------------------------------------------------------


async def keep(session: AsyncSession, user_id: uuid.UUID, answer: Answer = ANSWER) -> None:
    await service.keep_answers(session, user_id, {SHELL: answer}, context="c", now=NOW)


async def kept(
    session: AsyncSession,
    user_id: uuid.UUID,
    merchant: Merchant = SHELL,
    context: str | None = "c",
    days: int = 0,
) -> Settlement | None:
    now = NOW + timedelta(days=days)
    known = await settle_known(session, user_id, [charge_of(merchant)], context=context, now=now)
    return known.get(merchant)


async def test_a_kept_answer_is_used_again_as_it_was(session: AsyncSession) -> None:
    user_id = await add_user(session)
    await keep(session, user_id)
    assert await kept(session, user_id) == as_answered(ANSWER)


async def test_when_a_kept_answer_is_not_used(session: AsyncSession) -> None:
    user_id = await add_user(session)
    await keep(session, user_id)
    assert await kept(session, user_id, context=None) is None
    assert await kept(session, user_id, context="other") is None
    assert await kept(session, user_id, merchant=Merchant("SHELL OIL", -1)) is None
    assert await kept(session, user_id, days=181) is None
    assert await kept(session, user_id, days=179) is not None
    assert await kept(session, await add_user(session)) is None


async def test_a_kept_answer_of_a_simulated_service_is_never_a_real_ones(
    session: AsyncSession,
) -> None:
    user_id = await add_user(session)
    ours = service.context_hash(CHART, "simulated", simulated=True)
    await service.keep_answers(session, user_id, {SHELL: ANSWER}, context=ours, now=NOW)

    for real in ("gpt-4o-mini", "simulated"):
        context = service.context_hash(CHART, real)
        assert await kept(session, user_id, context=context) is None

    known = await settle_known(session, user_id, [charge_of(SHELL)], context=ours, simulated=True)
    assert known == {SHELL: as_answered(ANSWER, simulated=True)}


@pytest.mark.parametrize(
    "gone",
    [Answer("60000", "07", "V", "D", Decimal(1)), Answer("66300", "99", "V", "D", Decimal(1))],
)
async def test_a_kept_answer_whose_codes_left_the_chart_is_not_used(
    session: AsyncSession, gone: Answer
) -> None:
    user_id = await add_user(session)
    await keep(session, user_id, gone)
    assert await kept(session, user_id) is None


async def test_memory_goes_before_kept_answers(session: AsyncSession) -> None:
    user_id = await add_user(session)
    await keep(session, user_id)
    await teach(session, user_id, "64100")
    settled = await kept(session, user_id)
    assert settled is not None
    assert settled.tier == "memory"


async def test_keeping_again_renews(session: AsyncSession) -> None:
    user_id = await add_user(session)
    await keep(session, user_id)
    later = Answer("64100", "05", "Shell", "Fuel", Decimal("0.7"))
    await service.keep_answers(
        session, user_id, {SHELL: later}, context="c", now=NOW + timedelta(days=100)
    )
    assert await kept(session, user_id, days=200) == as_answered(later)


async def test_nothing_to_keep_teach_or_ask_is_no_statement(session: AsyncSession) -> None:
    user_id = await add_user(session)
    await service.keep_answers(session, user_id, {}, context="c", now=NOW)
    await service.teach(session, user_id, [], now=NOW)
    await service.unteach(session, user_id, [])
    assert await settle_known(session, user_id, [], context="c") == {}
    assert await memory.nearest_past(session, user_id, []) == {}


# --- similar past lines ---------------------------------------------------------------------


async def test_similar_past_lines_share_rare_words(session: AsyncSession) -> None:
    user_id = await add_user(session)
    filed = {
        "HOTEL ADLER": "65300",
        "HOTEL POST": "66300",
        "CAFE ADLER": "66400",
        "GARAGE": "64100",
    }
    for key, account in filed.items():
        await teach(session, user_id, account, merchant_key=key)
    wanted = charge("ADLER HOTEL BERN")
    past = await memory.nearest_past(session, user_id, [wanted, charge("XYZZY")])
    assert past == {
        wanted.merchant: [
            PastLine("HOTEL ADLER", "65300", "07"),
            PastLine("CAFE ADLER", "66400", "07"),
            PastLine("HOTEL POST", "66300", "07"),
        ]
    }


async def test_at_most_five_past_lines_and_each_with_other_codes(session: AsyncSession) -> None:
    user_id = await add_user(session)
    for number, name in enumerate("ABCDEFG"):
        key = f"HOTEL {name * 3}"
        await teach(session, user_id, f"6000{number}", f"6000{number}", merchant_key=key)
        await teach(session, user_id, f"6000{number}", merchant_key=f"GRAND {key}")
    wanted = charge("GRAND HOTEL")
    past = await memory.nearest_past(session, user_id, [wanted])
    lines = past[wanted.merchant]
    assert len(lines) == 5
    assert len({line.gl_code for line in lines}) == 5
    assert {line.description[:5] for line in lines} == {"GRAND"}


async def test_nobody_gets_the_past_lines_of_somebody_else(session: AsyncSession) -> None:
    user_id = await add_user(session)
    await teach(session, user_id, "64100", merchant_key="HOTEL ADLER")
    assert await memory.nearest_past(session, await add_user(session), [charge("ADLER")]) == {}


async def test_the_own_name_is_in_nothing_that_is_asked(session: AsyncSession) -> None:
    user_id = await factories.a_user(session, "jane.doe@example.com")
    await teach(session, user_id, "64100", merchant_key="ZELLE TO JANE DOE")
    printed = charge("ZELLE FROM JANE DOE", source_category="Doe family")
    (asked,), past = await service.to_ask(session, user_id, [printed])
    assert (asked.description, asked.source_category) == ("ZELLE FROM #", "# family")
    assert asked.merchant == printed.merchant
    assert past == {printed.merchant: [PastLine("ZELLE TO #", "64100", "07")]}


# --- many at once ---------------------------------------------------------------------------


async def test_thousands_of_merchants_are_settled_in_a_few_statements(db: Database) -> None:
    count = 5000
    merchants = [Merchant(f"SHOP {number}", 1) for number in range(count)]
    async with db.transaction() as session:
        user_id = await add_user(session)
        ids = await add_transactions(session, user_id, count)
        lessons = [
            Lesson(transaction_id, merchant.key, "64100", "07", "Shop", None)
            for transaction_id, merchant in zip(ids[::2], merchants[::2], strict=True)
        ]
        await service.teach(session, user_id, lessons, now=NOW)
        answers = dict.fromkeys(merchants[1::2], ANSWER)
        await service.keep_answers(session, user_id, answers, context="c", now=NOW)
    statements: list[str] = []

    def count_statement(*seen: object) -> None:
        statements.append(str(seen[2]))

    event.listen(db.engine.sync_engine, "before_cursor_execute", count_statement)
    async with db.transaction() as session:
        known = await settle_known(session, user_id, list(map(charge_of, merchants)), context="c")
    assert len(known) == count
    assert len(statements) <= 5
