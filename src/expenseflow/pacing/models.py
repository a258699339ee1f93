"""What is known of a provider, one row for each key, address and model."""

from datetime import datetime

from sqlalchemy import DateTime, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from expenseflow.infra.db import Model


class ProviderState(Model):
    """The one budget all workers draw from; they take turns by locking the row."""

    __tablename__ = "provider_states"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of address, key and model: the key itself is nowhere."""
    state: Mapped[str] = mapped_column(Text)
    """`pacing.state.State` as JSON."""
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
