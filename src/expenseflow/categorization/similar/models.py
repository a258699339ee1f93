"""The models that were trained."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from expenseflow.infra.db import Model


class StoredModel(Model):
    """One training: under way while there is no content; at most one is in use."""

    __tablename__ = "similar_models"
    __table_args__ = (
        Index("uq_similar_models_one_active", "active", unique=True, postgresql_where="active"),
        Index(
            "uq_similar_models_one_training",
            text("(content IS NULL)"),
            unique=True,
            postgresql_where="content IS NULL",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    taught_until: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    """The latest lesson it learned from."""
    lines: Mapped[int]
    measured: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    """As `model.SimilarModel.to_bytes` writes it."""
    active: Mapped[bool] = mapped_column(server_default="false")
