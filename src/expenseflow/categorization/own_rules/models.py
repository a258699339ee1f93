"""The rules a person made."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from expenseflow.infra.db import Model


class OwnRule(Model):
    """One rule; those of a person are asked in the order of `position`, the smallest first.

    Positions are only compared: a new rule takes one below the smallest.
    """

    __tablename__ = "own_rules"
    __table_args__ = (Index(None, "user_id", "position"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    position: Mapped[int]
    name: Mapped[str | None] = mapped_column(String(100))
    active: Mapped[bool] = mapped_column(server_default="true")
    merchant_contains: Mapped[str | None] = mapped_column(String(200))
    pattern: Mapped[str | None] = mapped_column(String(100))
    amount_min: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    amount_max: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    currency: Mapped[str | None] = mapped_column(String(3))
    source_category: Mapped[str | None] = mapped_column(String(200))
    account: Mapped[str | None] = mapped_column(String(100))
    gl_code: Mapped[str] = mapped_column(String(40))
    department_code: Mapped[str | None] = mapped_column(String(40))
    vendor: Mapped[str | None] = mapped_column(String(200))
    description: Mapped[str | None] = mapped_column(String(500))
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
