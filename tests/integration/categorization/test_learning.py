"""Training on real PostgreSQL, in a process of its own; what is used and what is not."""

import asyncio
import contextlib
import io
import os
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select, text
from tests.support.categorization import CHART, NOW, add_user, charge, lesson
from tests.unit.categorization.similar.test_learning_and_guessing import lines

from expenseflow.categorization import service
from expenseflow.categorization.similar import features, learning, repository
from expenseflow.categorization.similar.features import Example
from expenseflow.categorization.similar.models import StoredModel
from expenseflow.categorization.similar.shelf import Shelf
from expenseflow.categorization.similar.tier import Similar
from expenseflow.infra.db import Database


class Wall:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        await asyncio.sleep(0)


async def teach(
    database: Database, taught: Sequence[Example], *, days: int = 0, user: uuid.UUID | None = None
) -> uuid.UUID:
    """A person, a new one if none is named, stands behind these lines."""
    async with database.transaction() as session:
        user_id = user or await add_user(session)
        ids = [uuid.uuid4() for _ in taught]
        await session.execute(
            text(
                "INSERT INTO transactions (id, user_id, period, posted_on, description, amount,"
                " currency, content_hash, occurrence, created_at)"
                " SELECT id, :user, '2026-01', '2026-01-14', 'X', 10, 'USD', id::text, 1, now()"
                " FROM unnest(CAST(:ids AS uuid[])) AS id"
            ),
            {"user": user_id, "ids": ids},
        )
        lessons = [
            lesson(
                transaction_id,
                merchant_key=example.line.merchant_key,
                gl_code=example.gl_code,
                department_code=example.department_code,
            )
            for transaction_id, example in zip(ids, taught, strict=True)
        ]
        await service.teach(session, user_id, lessons, now=NOW + timedelta(days=days))
    return user_id


async def models(database: Database) -> list[StoredModel]:
    async with database.transaction() as session:
        found = await session.scalars(select(StoredModel).order_by(StoredModel.created_at))
        return list(found)


async def test_enough_verified_lines_become_a_model_that_jobs_use(db: Database) -> None:
    await teach(db, lines(240))
    assert await learning.retrain_if_due(db, Wall())
    [stored] = await models(db)
    assert (stored.active, stored.lines) == (True, 240)
    async with db.transaction() as session:
        predictor = await Shelf().predictor(session)
    assert predictor is not None
    assert predictor.model.lines == 240


async def test_a_model_learned_from_everybody_tells_nobody_anothers_words(db: Database) -> None:
    """It is shared on purpose: merchants and codes, not what a person calls things."""
    await teach(db, lines(240))
    async with db.transaction() as session:
        label = text("UPDATE memory_lessons SET vendor = 'Quokka', description = 'Quokka lunch'")
        await session.execute(label)
    assert await learning.retrain_if_due(db, Wall())
    [stored] = await models(db)
    assert stored.content is not None
    with np.load(io.BytesIO(stored.content), allow_pickle=False) as parts:
        unpacked = b"".join(parts[name].tobytes() for name in parts.files)
    assert b'"accounts"' in unpacked
    assert b"quokka" not in unpacked.lower()
    async with db.transaction() as session:
        predictor = await Shelf().predictor(session)
    assert predictor is not None
    guess = Similar(predictor, "EVE", CHART).settle(charge("AAA FUEL", amount="10"))
    assert guess is not None
    assert guess.gl_code == "64100"
    assert "quokka" not in str(guess).lower()


async def test_too_few_lines_train_nothing(db: Database) -> None:
    await teach(db, lines(features.AT_LEAST - 1))
    assert not await learning.retrain_if_due(db, Wall())
    assert await models(db) == []


async def test_nothing_new_trains_nothing_again(db: Database) -> None:
    await teach(db, lines(240))
    clock = Wall()
    await learning.retrain_if_due(db, clock)
    clock.at += timedelta(days=3)
    assert not await learning.retrain_if_due(db, clock)
    assert len(await models(db)) == 1


async def test_several_workers_train_once(db: Database) -> None:
    await teach(db, lines(240))
    trained = await asyncio.gather(*(learning.retrain_if_due(db, Wall()) for _ in range(4)))
    assert sorted(trained) == [False, False, False, True]
    assert len(await models(db)) == 1


async def test_the_old_model_stays_until_the_new_one_is_no_worse(db: Database) -> None:
    user = await teach(db, lines(240))
    clock = Wall()
    await learning.retrain_if_due(db, clock)
    [old] = await models(db)
    # What was learned from says the opposite now; new lines are filed as ever.
    async with db.transaction() as session:
        await session.execute(
            text(
                "UPDATE memory_lessons SET gl_code = CASE gl_code WHEN '64100' THEN '66300'"
                " WHEN '66300' THEN '65100' WHEN '65100' THEN '69900' ELSE '64100' END"
            )
        )
    await teach(db, lines(60, seed=7), days=1, user=user)
    clock.at += timedelta(days=2)
    assert not await learning.retrain_if_due(db, clock)
    kept = {one.id: one for one in await models(db)}
    assert kept[old.id].active
    [rejected] = [one for one in kept.values() if not one.active]
    assert rejected.measured["new"] < rejected.measured["old"]


def trainings() -> list[int]:
    """The training processes that this one has started and not seen the end of."""
    found: list[int] = []
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = (path / "stat").read_text().rpartition(")")[2].split()[1]
            words = (path / "cmdline").read_text().split("\0")
            if int(parent) == os.getpid() and "expenseflow.categorization.similar" in words:
                found.append(int(path.name))
    return found


async def _until(holds: Callable[[], bool]) -> None:
    while not holds():
        await asyncio.sleep(0.01)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are listed in /proc")
async def test_a_training_that_is_stopped_leaves_nothing_behind(db: Database) -> None:
    await teach(db, lines(240))
    under_way = asyncio.create_task(learning.retrain_if_due(db, Wall()))

    async def begun() -> None:
        while not await models(db):
            await asyncio.sleep(0.01)

    await asyncio.wait_for(begun(), 10)
    await asyncio.wait_for(_until(lambda: bool(trainings())), 10)
    under_way.cancel()
    with pytest.raises(asyncio.CancelledError):
        await under_way
    assert trainings() == []
    assert await models(db) == []
    assert await learning.retrain_if_due(db, Wall())


async def test_a_training_whose_worker_died_is_given_up_on(db: Database) -> None:
    await teach(db, lines(240))
    clock = Wall()
    async with db.transaction() as session:
        lessons = await repository.lessons_since(session, None)
        await repository.begin(
            session, uuid.uuid4(), now=clock.at, lessons=lessons, give_up=learning.GIVE_UP
        )
    assert not await learning.retrain_if_due(db, clock)
    clock.at += learning.GIVE_UP * 2
    assert await learning.retrain_if_due(db, clock)


async def test_a_model_of_another_version_is_as_none(db: Database) -> None:
    await teach(db, lines(240))
    await learning.retrain_if_due(db, Wall())
    async with db.transaction() as session:
        await session.execute(text("UPDATE similar_models SET content = 'other'"))
        assert await Shelf().predictor(session) is None
        assert await session.scalar(select(func.count()).select_from(StoredModel)) == 1


async def test_lines_that_teach_nothing_are_not_tried_again_and_again(db: Database) -> None:
    await teach(db, [Example(e.line, "64100", "05", e.month) for e in lines(240)])
    assert not await learning.retrain_if_due(db, Wall())
    [tried] = await models(db)
    assert (tried.active, tried.content) == (False, b"")
    assert "too few" in tried.measured["reason"]
    assert not await learning.retrain_if_due(db, Wall())
    assert len(await models(db)) == 1


async def test_a_training_given_up_on_that_ends_late_leaves_the_model_in_use(db: Database) -> None:
    await teach(db, lines(240))
    await learning.retrain_if_due(db, Wall())
    [used] = await models(db)
    async with db.transaction() as session:
        late = uuid.uuid4()
        assert not await repository.finish(session, late, b"new", measured={}, use=True)
    assert [(one.id, one.active) for one in await models(db)] == [(used.id, True)]


async def test_a_damaged_model_is_as_none(db: Database) -> None:
    await teach(db, lines(240))
    await learning.retrain_if_due(db, Wall())
    async with db.transaction() as session:
        await session.execute(text("UPDATE similar_models SET content = set_byte(content, 300, 7)"))
        await Shelf().predictor(session)


async def test_a_training_that_fails_leaves_the_model_in_use_and_is_not_tried_each_minute(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await teach(db, lines(240))
    await learning.retrain_if_due(db, Wall())
    [used] = await models(db)
    await teach(db, lines(240), days=1)
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho 'no memory left' >&2\nexit 3\n")
    broken.chmod(0o700)
    monkeypatch.setattr("sys.executable", str(broken))

    later = Wall()
    later.at += timedelta(days=2)

    with pytest.raises(learning.TrainingFailed, match="no memory left"):
        await learning.retrain_if_due(db, later)

    in_use, failed = sorted(await models(db), key=lambda one: not one.active)
    assert (in_use.id, in_use.active, failed.active) == (used.id, True, False)
    assert "no memory left" in failed.measured["reason"]
    assert not await learning.retrain_if_due(db, later)
