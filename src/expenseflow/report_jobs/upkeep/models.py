"""When upkeep last ran, and what is being warned of."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from expenseflow.infra.db import Model


class UpkeepRun(Model):
    """The last time a piece of upkeep was begun; `finished_at` is null while it runs, or died."""

    __tablename__ = "upkeep_runs"

    name: Mapped[str] = mapped_column(String(50), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Alert(Model):
    """Something an operator is to know, since when, and whether they have been told.

    `message_id` is new with each change of `firing`; `told_at` is null until the webhook took it.
    """

    __tablename__ = "alerts"

    name: Mapped[str] = mapped_column(String(50), primary_key=True)
    firing: Mapped[bool]
    since: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    message_id: Mapped[UUID]
    told_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    try_again_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    tries: Mapped[int] = mapped_column(server_default="0")
