"""The model in use, read from the database once a process and version."""

import asyncio
from dataclasses import dataclass, field
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.categorization.similar import model, repository
from expenseflow.categorization.similar.predicting import Predictor

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Shelf:
    """Keeps the model that was used last ready for use."""

    _id: UUID | None = field(default=None)
    _predictor: Predictor | None = field(default=None)

    async def predictor(self, session: AsyncSession) -> Predictor | None:
        """The model in use; None when there is none that this version can read."""
        active = await repository.active_id(session)
        if active != self._id:
            content = None if active is None else await repository.content_of(session, active)
            predictor = None if content is None else await asyncio.to_thread(_ready, content)
            self._id, self._predictor = active, predictor
        return self._predictor


def _ready(content: bytes) -> Predictor | None:
    try:
        return Predictor(model.from_bytes(content))
    except model.UnreadableModel as reason:
        _log.warning("similar.unreadable", why=str(reason))
        return None
