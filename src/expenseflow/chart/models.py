"""The chart of the organisation: accounts (GL codes) and departments."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from expenseflow.infra.db import Model


class Account(Model):
    """An account a charge can be booked on."""

    __tablename__ = "accounts"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str | None] = mapped_column(String(1000))
    active: Mapped[bool] = mapped_column(server_default="true")


class Department(Model):
    """A department or cost centre."""

    __tablename__ = "departments"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str | None] = mapped_column(String(1000))
    active: Mapped[bool] = mapped_column(server_default="true")
