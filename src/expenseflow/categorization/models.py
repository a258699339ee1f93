"""What was learned from the person, and which answers of the provider were paid for."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, Numeric, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from expenseflow.infra.db import Model


class MemoryLesson(Model):
    """What the person decided for one transaction; memory is the counts of these.

    One row a transaction, so that an edit and a later submit never count twice and an
    undone accept un-teaches exactly what it taught.
    """

    __tablename__ = "memory_lessons"
    __table_args__ = (Index(None, "user_id", "merchant_key"),)

    transaction_id: Mapped[UUID] = mapped_column(
        ForeignKey("transactions.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    merchant_key: Mapped[str] = mapped_column(String(200))
    gl_code: Mapped[str] = mapped_column(String(40))
    department_code: Mapped[str | None] = mapped_column(String(40))
    vendor: Mapped[str | None] = mapped_column(String(200))
    description: Mapped[str | None] = mapped_column(String(500))
    taught_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class KeptAnswer(Model):
    """An answer of the provider, kept 180 days so that it is never paid for twice."""

    __tablename__ = "kept_answers"
    __table_args__ = (Index(None, "created_at"),)

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    merchant_key: Mapped[str] = mapped_column(String(200), primary_key=True)
    sign: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    context_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of chart, model and prompt version: another chart asks anew."""
    gl_code: Mapped[str] = mapped_column(String(40))
    department_code: Mapped[str | None] = mapped_column(String(40))
    vendor: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(String(500))
    confidence: Mapped[Decimal] = mapped_column(Numeric(5, 4))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
