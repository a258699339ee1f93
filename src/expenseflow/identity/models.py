"""Who uses this installation."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, DateTime, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from expenseflow.infra.db import Model


class User(Model):
    """A person; the e-mail is stored in lower case.

    With an issuer they sign in by OpenID Connect, and are who they are by issuer and subject; the
    e-mail is only what they are called. Without one they sign in locally, by their e-mail.
    """

    __tablename__ = "users"
    __table_args__ = (
        Index(
            "uq_users_local_email", "email", unique=True, postgresql_where=text("issuer IS NULL")
        ),
        Index("uq_users_issuer_subject", "issuer", "subject", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320))
    issuer: Mapped[str | None] = mapped_column(String(500))
    subject: Mapped[str | None] = mapped_column(String(255))
    is_admin: Mapped[bool] = mapped_column(Boolean, server_default=false())
    """What the issuer said last; who signs in locally is an admin without it."""
    vouched_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When the issuer made the newest of what e-mail and role were taken from."""
    disabled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """Since when this person may no longer sign in; what is theirs stays."""
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class SignIn(Model):
    """One session or bearer token; revoked when the person signs out."""

    __tablename__ = "sign_ins"
    __table_args__ = (Index(None, "user_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class SignInLimit(Model):
    """Since when tokens of somebody from a provider count: they were disabled or deleted then.

    It has no key of the person's, whose row may be gone; only a SHA-256 of who they are there.
    """

    __tablename__ = "sign_in_limits"

    person_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    not_before: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class SignInCode(Model):
    """A one-time code of a sign-in link; only its SHA-256 is kept."""

    __tablename__ = "sign_in_codes"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=text("clock_timestamp()")
    )
