"""Imported files, the transactions in them, and which file held which transaction."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Numeric,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from expenseflow.infra.db import Model


class Statement(Model):
    """One imported file with its outcome.

    `digest` is the SHA-256 of its bytes; `given_*` is what the rows counted with of which the
    file itself did not say it.
    """

    __tablename__ = "statements"
    __table_args__ = (Index(None, "user_id", "created_at"), Index(None, "user_id", "digest"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    file_name: Mapped[str] = mapped_column(String(255))
    format: Mapped[str] = mapped_column(String(20))
    account: Mapped[str | None] = mapped_column(String(100))
    currency: Mapped[str | None] = mapped_column(String(3))
    currency_source: Mapped[str] = mapped_column(String(10))
    digest: Mapped[str] = mapped_column(String(64))
    given_account: Mapped[str | None] = mapped_column(String(100))
    given_currency: Mapped[str] = mapped_column(String(3))
    imported_before: Mapped[bool]
    imported: Mapped[int]
    duplicates: Mapped[int]
    payments: Mapped[int]
    skipped: Mapped[int] = mapped_column(server_default="0")
    rejected: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    periods: Mapped[list[str]] = mapped_column(JSONB)
    mapping: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """How the file was read; None: as it shows itself, before that was written down."""
    mapping_source: Mapped[str] = mapped_column(String(10), server_default="inferred")
    decisions: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")
    """What the person chose, by row."""
    notes: Mapped[list[str]] = mapped_column(JSONB, server_default="[]")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class StatementMapping(Model):
    """How a person has said that files with these headings are read."""

    __tablename__ = "statement_mappings"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    header_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSONB)
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Transaction(Model):
    """One card transaction: charges positive, refunds negative, payments to the card marked.

    `content_hash` with `occurrence` tells the n-th identical row of a file from the first;
    `external_id` is the bank's own id (FITID, reference) where the file has one.
    `submitted_report_id` is set while the transaction stands on a submitted report.
    """

    __tablename__ = "transactions"
    __table_args__ = (
        UniqueConstraint("user_id", "content_hash", "occurrence"),
        Index(None, "user_id", "period", "posted_on", "id"),
        Index(None, "user_id", "external_id", postgresql_where="external_id IS NOT NULL"),
        Index(None, "submitted_report_id"),
        CheckConstraint("occurrence >= 1", name="occurrence"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    period: Mapped[str] = mapped_column(String(7))
    posted_on: Mapped[date] = mapped_column(Date)
    description: Mapped[str] = mapped_column(String(500))
    amount: Mapped[Decimal] = mapped_column(Numeric(18, 4))
    currency: Mapped[str] = mapped_column(String(3))
    original_amount: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    original_currency: Mapped[str | None] = mapped_column(String(3))
    account: Mapped[str | None] = mapped_column(String(100))
    source_category: Mapped[str | None] = mapped_column(String(200))
    external_id: Mapped[str | None] = mapped_column(String(255))
    content_hash: Mapped[str] = mapped_column(String(64))
    occurrence: Mapped[int]
    is_payment: Mapped[bool] = mapped_column(server_default="false")
    excluded: Mapped[bool] = mapped_column(server_default="false")
    submitted_report_id: Mapped[UUID | None] = mapped_column()
    merchant_key: Mapped[str | None] = mapped_column(String(200))
    """Computed ahead of a job by nightly warming; of use while its version is the present one."""
    merchant_key_version: Mapped[int | None] = mapped_column(SmallInteger)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Sighting(Model):
    """This file held this transaction, at this row; undoing a file asks who else holds it."""

    __tablename__ = "sightings"
    __table_args__ = (Index(None, "transaction_id"),)

    statement_id: Mapped[UUID] = mapped_column(
        ForeignKey("statements.id", ondelete="CASCADE"), primary_key=True
    )
    row: Mapped[int] = mapped_column(primary_key=True)
    transaction_id: Mapped[UUID] = mapped_column(ForeignKey("transactions.id", ondelete="CASCADE"))
    raw: Mapped[str | None] = mapped_column(Text)
    external_id: Mapped[str | None] = mapped_column(String(255))
    """The id that the bank gave it in this file; None also where older imports did not note it."""
