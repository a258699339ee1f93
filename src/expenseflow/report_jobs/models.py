"""The job that turns a period into a report, its lines (the checkpoint) and its keys."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Numeric,
    SmallInteger,
    String,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from expenseflow.infra.db import Model


class ReportJob(Model):
    """Contract section 6, and what the design needs beside it.

    `attempt` is the fence: each claim adds one, and every write of a worker names it.
    `lease_expires_at` is null once given back. `version` rises with every visible change.
    """

    __tablename__ = "report_generation_jobs"
    __table_args__ = (
        Index(None, "user_id", "status"),
        # A page of a long list is found in the index alone.
        Index(None, "user_id", "created_at", "id"),
        Index(None, "user_id", "status", "created_at", "id"),
        Index(None, "completed_at", postgresql_where="completed_at IS NOT NULL"),
        Index(
            "uq_report_generation_jobs_one_active",
            "user_id",
            "period",
            unique=True,
            postgresql_where="status NOT IN (2, 3, 4)",
        ),
        Index(
            "ix_report_generation_jobs_active", "created_at", postgresql_where="status IN (0, 1, 5)"
        ),
        Index(None, "generated_report_id"),
        Index(None, "retry_of", postgresql_where="retry_of IS NOT NULL"),
        CheckConstraint("status BETWEEN 0 AND 5", name="status"),
        CheckConstraint(
            "0 <= failed_lines AND failed_lines <= processed_lines "
            "AND processed_lines <= total_lines",
            name="counters",
        ),
        CheckConstraint("retry_count >= 0", name="retry_count"),
        CheckConstraint(
            "processed_lines = rule_lines + memory_lines + similar_lines + model_lines"
            " + failed_lines",
            name="tiers",
        ),
        CheckConstraint("(status IN (2, 3, 4)) = (completed_at IS NOT NULL)", name="finished"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    period: Mapped[str] = mapped_column(String(7))
    status: Mapped[int] = mapped_column(server_default="0")
    total_lines: Mapped[int] = mapped_column(server_default="0")
    processed_lines: Mapped[int] = mapped_column(server_default="0")
    failed_lines: Mapped[int] = mapped_column(server_default="0")
    retry_count: Mapped[int] = mapped_column(server_default="0")
    rule_lines: Mapped[int] = mapped_column(server_default="0")
    memory_lines: Mapped[int] = mapped_column(server_default="0")
    similar_lines: Mapped[int] = mapped_column(server_default="0")
    model_lines: Mapped[int] = mapped_column(server_default="0")
    calls: Mapped[int] = mapped_column(server_default="0")
    rejected_calls: Mapped[int] = mapped_column(server_default="0")
    prompt_tokens: Mapped[int] = mapped_column(BigInteger, server_default="0")
    completion_tokens: Mapped[int] = mapped_column(BigInteger, server_default="0")
    waited_seconds: Mapped[float] = mapped_column(Float, server_default="0")
    waiting_for: Mapped[str | None] = mapped_column(String(200))
    error_message: Mapped[str | None] = mapped_column(String(500))
    error_details: Mapped[str | None] = mapped_column(String(10000))
    queue_job_id: Mapped[str | None] = mapped_column(String(50))
    rung_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    attempt: Mapped[int] = mapped_column(server_default="0")
    crashes: Mapped[int] = mapped_column(server_default="0")
    lease_expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    retry_of: Mapped[UUID | None] = mapped_column(
        ForeignKey("report_generation_jobs.id", ondelete="SET NULL")
    )
    request_id: Mapped[str | None] = mapped_column(String(64))
    """Of the request that asked for it; what the worker logs and asks of others carries it on."""
    version: Mapped[int] = mapped_column(BigInteger, server_default="1")
    cancel_requested_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When it was to stop; null for one that had not started."""
    estimated_completion_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    started_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    completed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    generated_report_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("expense_reports.id", ondelete="SET NULL")
    )


class ReportJobLine(Model):
    """One transaction of a job: state 0 open, 1 settled. A settled line stays settled."""

    __tablename__ = "report_job_lines"
    __table_args__ = (
        Index(None, "job_id", "merchant_key", postgresql_where="state = 0"),
        Index(None, "transaction_id"),
        CheckConstraint("state IN (0, 1)", name="state"),
        CheckConstraint("(state = 1) = (tier IS NOT NULL)", name="settled"),
    )

    job_id: Mapped[UUID] = mapped_column(
        ForeignKey("report_generation_jobs.id", ondelete="CASCADE"), primary_key=True
    )
    transaction_id: Mapped[UUID] = mapped_column(
        ForeignKey("transactions.id", ondelete="CASCADE"), primary_key=True
    )
    merchant_key: Mapped[str | None] = mapped_column(String(200))
    """None until the worker has computed it: the POST only takes the snapshot."""
    sign: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    tier: Mapped[str | None] = mapped_column(String(10))
    gl_code: Mapped[str | None] = mapped_column(String(40))
    department_code: Mapped[str | None] = mapped_column(String(40))
    vendor: Mapped[str | None] = mapped_column(String(200))
    description: Mapped[str | None] = mapped_column(String(500))
    confidence: Mapped[Decimal | None] = mapped_column(Numeric(5, 4))
    needs_review: Mapped[bool] = mapped_column(server_default="false")
    review_reason: Mapped[str | None] = mapped_column(String(500))
    explanation: Mapped[str | None] = mapped_column(String(500))
    suggestions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    settled_attempt: Mapped[int | None]
    known_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """Which rules of the person it was settled by: those there were then, a little early."""


class IdempotencyKey(Model):
    """The 202 that a key was answered with, kept 24 h."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index(None, "created_at"), Index(None, "job_id"))

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    job_id: Mapped[UUID] = mapped_column(
        ForeignKey("report_generation_jobs.id", ondelete="CASCADE")
    )
    answer: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
