"""Train anew when there is enough to learn, once however many workers there are.

Training is a process of its own: scikit-learn's memory comes and goes with it, and a training
that hangs or dies leaves the model in use where it is.
"""

import asyncio
import base64
import contextlib
import json
import os
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog

from expenseflow.categorization.similar import repository, wire
from expenseflow.categorization.similar.features import AT_LEAST, AT_MOST
from expenseflow.categorization.similar.repository import Lessons, Training
from expenseflow.categorization.similar.wire import Verified
from expenseflow.infra import tracebacks
from expenseflow.infra.db import Database
from expenseflow.kit.clock import Clock
from expenseflow.kit.ids import new_id

_log = structlog.get_logger(__name__)

NEW_AT_LEAST: Final = 40
"""New lessons before another training, also at night: fewer cannot be measured on."""
NEW_SHARE: Final = 0.05
"""So much new of all is learned at once, less of it once a day."""
A_DAY: Final = timedelta(days=1)
GIVE_UP: Final = timedelta(minutes=10)
KEPT: Final = 5
CHECK_SECONDS: Final = 60.0
_SETTINGS: Final = "EXPENSEFLOW_"
"""Our settings hold keys and addresses, and the training needs none of them."""


@dataclass(frozen=True, slots=True)
class _Begun:
    model_id: UUID
    lines: list[Verified]
    old: bytes | None


def is_due(lessons: Lessons, last: Training | None, *, now: datetime) -> bool:
    """Whether there is enough to learn, and enough of it that the last training has not seen."""
    if last is None:
        return lessons.count >= AT_LEAST
    if lessons.new < NEW_AT_LEAST:
        return False
    return lessons.new >= NEW_SHARE * lessons.count or now - last.created_at >= A_DAY


def is_no_worse(measured: dict[str, float]) -> bool:
    """Whether the new model may take the old one's place."""
    return measured.get("new", 1.0) >= measured.get("old", 0.0)


async def retrain_if_due(database: Database, clock: Clock) -> bool:
    """Train if it is due and nobody else does; whether a new model is in use now."""
    begun = await _begin(database, clock)
    if begun is None:
        return False
    try:
        answer = await _in_a_process(begun)
    except TrainingFailed as problem:
        await _finish(database, begun, {"model": None, "measured": {"reason": str(problem)}})
        raise
    except BaseException:
        with contextlib.suppress(Exception):  # forgotten after a while if this cannot be said
            async with database.transaction() as session:
                await repository.give_up(session, begun.model_id)
        raise
    return await _finish(database, begun, answer)


async def _begin(database: Database, clock: Clock) -> _Begun | None:
    now = clock.now()
    async with database.transaction() as session:
        last = await repository.latest(session)
        since = last.taught_until if last is not None else None
        lessons = await repository.lessons_since(session, since)
        if lessons.latest is None or not is_due(lessons, last, now=now):
            return None
        model_id = new_id()
        if not await repository.begin(session, model_id, now=now, lessons=lessons, give_up=GIVE_UP):
            return None
        lines = await repository.verified_lines(session, since=since, limit=AT_MOST)
        active = await repository.active_id(session)
        old = None if active is None else await repository.content_of(session, active)
    return _Begun(model_id, lines, old)


async def _finish(database: Database, begun: _Begun, answer: dict[str, Any]) -> bool:
    measured = answer["measured"]
    content = base64.b64decode(answer["model"] or "")
    use = bool(content) and is_no_worse(measured)
    async with database.transaction() as session:
        stored = await repository.finish(
            session, begun.model_id, content, measured=measured, use=use
        )
        if stored:
            await repository.forget_old(session, keep=KEPT)
    _log.info("similar.trained", lines=len(begun.lines), in_use=use and stored, measured=measured)
    return use and stored


async def _in_a_process(begun: _Begun) -> dict[str, Any]:
    """Train in a process of its own; it ends with us, also when we are cancelled."""
    old = None if begun.old is None else base64.b64encode(begun.old).decode()
    request = await asyncio.to_thread(
        lambda: json.dumps({"examples": wire.as_json(begun.lines), "old": old}).encode()
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "expenseflow.categorization.similar",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={name: value for name, value in os.environ.items() if not name.startswith(_SETTINGS)},
    )
    try:
        async with asyncio.timeout(GIVE_UP.total_seconds()):
            answer, problem = await process.communicate(request)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise TrainingFailed(problem.decode(errors="replace")[-2000:])
    return json.loads(answer)


class TrainingFailed(Exception):
    """The training process ended without a model; the text is what it last said."""


async def keep_learning(database: Database, clock: Clock) -> None:
    """Look once a minute, until cancelled, whether there is enough to learn from."""
    while True:
        await clock.sleep(CHECK_SECONDS)
        try:
            await retrain_if_due(database, clock)
        except Exception as error:  # noqa: BLE001  # the model in use serves on, whatever this was
            _log.warning("similar.not_trained", error=tracebacks.words(error))
