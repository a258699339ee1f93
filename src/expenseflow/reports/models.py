"""Expense reports and their lines."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Numeric,
    SmallInteger,
    String,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from expenseflow.infra.db import Model


class ExpenseReport(Model):
    """A month's charges, a draft until the person submits it. Status: 0 Draft, 1 Submitted."""

    __tablename__ = "expense_reports"
    __table_args__ = (
        Index(
            "uq_expense_reports_one_draft",
            "user_id",
            "period",
            unique=True,
            postgresql_where="status = 0",
        ),
        Index(None, "user_id", "period", "created_at"),
        CheckConstraint("status IN (0, 1)", name="status"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    period: Mapped[str] = mapped_column(String(7))
    status: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    version: Mapped[int] = mapped_column(server_default="1")
    job_id: Mapped[UUID | None]
    """The job that last brought it up to date; the foreign key is the job's, not ours."""
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    submitted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class ReportLine(Model):
    """One transaction on one report at most; `transaction_id` is unique over all of them."""

    __tablename__ = "report_lines"
    __table_args__ = (
        Index(None, "report_id", "needs_review"),
        CheckConstraint("confidence IS NULL OR confidence BETWEEN 0 AND 1", name="confidence"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    report_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("expense_reports.id", ondelete="CASCADE")
    )
    """None: the charge is excluded; the line comes back with it."""
    transaction_id: Mapped[UUID] = mapped_column(ForeignKey("transactions.id"), unique=True)
    description: Mapped[str] = mapped_column(String(500))
    vendor: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(String(2000))
    gl_code: Mapped[str | None] = mapped_column(String(40))
    department_code: Mapped[str | None] = mapped_column(String(40))
    tier: Mapped[str] = mapped_column(String(10))
    confidence: Mapped[Decimal | None] = mapped_column(Numeric(5, 4))
    needs_review: Mapped[bool]
    review_reason: Mapped[str | None] = mapped_column(String(500))
    explanation: Mapped[str | None] = mapped_column(String(500))
    suggestions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    edited_by_user: Mapped[bool] = mapped_column(server_default="false")
    """The person edited or accepted it: no job, rule or retraining overwrites it."""
    ruled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When the person applied a rule to it: no job that knew the rules earlier takes that back."""
    ruled_by: Mapped[UUID | None]
    """That rule, while it stands in this version; a deleted or changed one protects nothing."""
    ruled_version: Mapped[int | None]
    version: Mapped[int] = mapped_column(server_default="1")
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
