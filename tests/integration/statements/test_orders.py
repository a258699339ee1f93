"""Overlapping files: any order of imports makes the same ledger, any of undoing empties it."""

import random
from collections import Counter

import pytest
from sqlalchemy import text
from tests.support import statements as support
from tests.support.statements import Ledger, csv, ofx

from expenseflow.infra.db import Database

Contents = Counter[tuple[str, str, str, int]]


def overlapping(rng: random.Random) -> list[bytes]:
    """A few files cut out of one account's history, each with every row of its days.

    Two of three are CSV; the OFX ones hold the same rows with the bank's ids, the same in each.
    """
    days = [
        [(f"{'ABC'[rng.randrange(3)]}", f"{rng.randint(1, 3)}.{rng.randint(0, 99):02d}"[:4])
         for _ in range(rng.randint(0, 3))]
        for _ in range(8)
    ]  # fmt: skip
    for day in days:
        if day and rng.random() < 0.5:
            day.append(day[0])  # two real coffees
    files: list[bytes] = []
    for _ in range(rng.randint(2, 5)):
        first = rng.randrange(8)
        last = rng.randint(first, 7)
        rows = [(n, at, row) for n in range(first, last + 1) for at, row in enumerate(days[n])]
        if not rows:
            continue
        if rng.random() < 0.66:
            files.append(
                csv(*(f"2026-01-{n + 1:02d},{name},{amount}" for n, _, (name, amount) in rows))
            )
        else:
            files.append(ofx(*((f"202601{n + 1:02d}", name, f"-{amount}", f"F{n}-{at}")
                               for n, at, (name, amount) in rows)))  # fmt: skip
    return files


async def contents(ledger: Ledger) -> Contents:
    async with ledger.database.transaction() as session:
        found = await session.execute(
            text(
                "SELECT posted_on::text, description, amount::text, occurrence FROM transactions"
                " WHERE user_id = :user"
            ),
            {"user": ledger.user_id},
        )
        return Counter(tuple(row) for row in found)


async def orphans(ledger: Ledger) -> int:
    """Transactions of this person that no file holds."""
    async with ledger.database.transaction() as session:
        found = await session.scalar(
            text(
                "SELECT count(*) FROM transactions t WHERE t.user_id = :user AND NOT EXISTS"
                " (SELECT 1 FROM sightings s WHERE s.transaction_id = t.id)"
            ),
            {"user": ledger.user_id},
        )
        return found or 0


async def take(ledger: Ledger, content: bytes) -> None:
    await ledger.take(content, account="1234")


@pytest.mark.parametrize("seed", range(25))
async def test_any_order_of_imports_and_undoings(db: Database, seed: int) -> None:
    rng = random.Random(seed)
    files = overlapping(rng)
    ledgers = [await support.ledger(db) for _ in range(3)]
    for ledger in ledgers:
        for content in rng.sample(files, len(files)):
            await take(ledger, content)
            await take(ledger, content)
    found = [await contents(ledger) for ledger in ledgers]
    assert found[0] == found[1] == found[2]

    for ledger in ledgers:
        await _undo_one_by_one(ledger, rng)


async def _undo_one_by_one(ledger: Ledger, rng: random.Random) -> None:
    left = list(ledger.imports)
    rng.shuffle(left)
    while left:
        await ledger.undo(left.pop())
        assert await orphans(ledger) == 0
    assert await contents(ledger) == Counter()


@pytest.mark.parametrize("seed", range(15))
async def test_what_is_left_is_as_if_the_undone_files_had_never_come(
    db: Database, seed: int
) -> None:
    rng = random.Random(seed)
    files = overlapping(rng)
    undone = set(rng.sample(range(len(files)), len(files) // 2))
    ledger, other = await support.ledger(db), await support.ledger(db)
    for content in files:
        await take(ledger, content)
    for index in undone:
        await ledger.undo(ledger.imports[index])
    for index, content in enumerate(files):
        if index not in undone:
            await take(other, content)

    assert await contents(ledger) == await contents(other)
    for index in undone:
        await take(ledger, files[index])
        await take(other, files[index])
    assert await contents(ledger) == await contents(other)


async def test_the_last_undo_leaves_no_row_anywhere(db: Database) -> None:
    ledger = await support.ledger(db)
    for content in overlapping(random.Random(1)):
        await take(ledger, content)

    for statement in ledger.imports:
        await ledger.undo(statement)

    tables = ("statements", "transactions", "sightings", "report_lines", "memory_lessons")
    assert await ledger.rows_of(*tables) == dict.fromkeys(tables, 0)


async def test_an_id_goes_with_the_file_that_brought_it(db: Database) -> None:
    """A bank that numbers anew in each download must not double what it named otherwise before."""
    ledger = await support.ledger(db)
    await take(ledger, csv(support.COFFEE))
    await take(ledger, ofx(("20260105", "COFFEE", "-4.50", "F1")))
    await ledger.undo(ledger.imports[1])

    await take(ledger, ofx(("20260105", "COFFEE", "-4.50", "F2")))

    assert (await contents(ledger)).total() == 1


async def test_an_id_that_another_file_also_brought_stays(db: Database) -> None:
    ledger = await support.ledger(db)
    coffee = ("20260105", "COFFEE", "-4.50", "F1")
    await take(ledger, csv(support.COFFEE))
    await take(ledger, ofx(coffee))
    await take(ledger, ofx(coffee, ("20260106", "TEA", "-3.50", "F2")))
    await ledger.undo(ledger.imports[1])

    await take(ledger, ofx(("20260105", "COFFEE", "-4.50", "F9")))

    assert (await contents(ledger)).total() == 3


@pytest.mark.parametrize("seed", range(10))
async def test_undoing_a_chosen_import_takes_back_what_it_chose(db: Database, seed: int) -> None:
    """However often its file came again without the choices in between."""
    rng = random.Random(seed)
    files = [file for file in overlapping(rng) if file.startswith(b"Date")] or [csv(support.COFFEE)]
    ledger = await support.ledger(db)
    for content in files:
        await take(ledger, content)
    before = await contents(ledger)
    chosen = rng.choice(files)
    rows = range(2, 2 + chosen.count(b"\n") - 1)
    choices = {row: "import" for row in rows if rng.random() < 0.6}
    with_choices = await ledger.take(chosen, account="1234", choices=choices)
    for content in rng.choices(files, k=4):
        await take(ledger, content)

    await ledger.undo(with_choices)

    assert await contents(ledger) == before
