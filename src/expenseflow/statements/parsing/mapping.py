"""How a file is read, as a person sees it and may change it; pure.

`Mapping` is both what a person says and what came out. What is not said (None, or a role that is
not named) is decided from the file itself, so the mapping that came out, sent back with one member
changed, changes that and nothing else.
"""

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from expenseflow.statements.errors import MappingDoesNotFit
from expenseflow.statements.parsing.columns import CHECKS, Columns
from expenseflow.statements.parsing.vocabulary import Role

_DATES = frozenset({Role.TRANSACTION_DATE, Role.DATE, Role.POSTING_DATE, Role.VALUE_DATE})
_AMOUNTS = frozenset({Role.AMOUNT, Role.DEBIT, Role.CREDIT})
_TOGETHER = (_DATES, _AMOUNTS)
"""Roles that say the same thing: whoever names one of them means it instead of the others."""
_WORDS = {
    **dict.fromkeys(_DATES, "a date"),
    **dict.fromkeys((*_AMOUNTS, Role.ORIGINAL_AMOUNT), "an amount"),
    Role.CURRENCY: "a currency",
    Role.ORIGINAL_CURRENCY: "a currency",
    Role.DIRECTION: "a word such as debit or credit",
}
_SHOWN = 60


class SignConvention(StrEnum):
    """Which sign a charge has in the file.

    Where columns or marks say debit and credit: positive when a debit is the charge.
    """

    CHARGES_POSITIVE = "chargesPositive"
    CHARGES_NEGATIVE = "chargesNegative"

    @property
    def sign(self) -> int:
        return 1 if self is SignConvention.CHARGES_POSITIVE else -1

    @property
    def flipped(self) -> "SignConvention":
        return SignConvention.of(-self.sign)

    @classmethod
    def of(cls, sign: int) -> "SignConvention":
        return cls.CHARGES_POSITIVE if sign >= 0 else cls.CHARGES_NEGATIVE


class DateOrder(StrEnum):
    """In which order a date such as 03/04/26 is written."""

    DAY_FIRST = "dayFirst"
    MONTH_FIRST = "monthFirst"
    YEAR_FIRST = "yearFirst"

    @property
    def first(self) -> str:
        """The word for what stands first."""
        return self.value.removesuffix("First")


@dataclass(frozen=True, slots=True)
class Mapping:
    """How a file is read. Columns count from 0, or are named by their heading."""

    columns: Dict[Role, Sequence[int | str]] = field(
        default_factory=dict[Role, Sequence[int | str]]
    )
    """An empty role: no column holds it."""
    date_order: DateOrder | None = None
    decimal_sign: str | None = None
    sign_convention: SignConvention | None = None
    delimiter: str | None = None
    header_row: int | None = None
    """The line of the headings, from 1; 0: there are none."""
    account: str | None = None
    """For rows of which the file does not say it."""

    def without_columns(self, format_name: str) -> "Mapping":
        """Of a format that has no columns; raises MappingDoesNotFit if some are named."""
        if self != Mapping(sign_convention=self.sign_convention, account=self.account):
            raise MappingDoesNotFit(
                f"Of a file in {format_name} only the sign and the account can be chosen."
            )
        return self

    def reads_like(self, other: "Mapping") -> bool:
        """Whether both read a file in the same way; for whose account is not part of that."""
        return replace(self, account=None) == replace(other, account=None)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a file looks like, whatever its contents."""

    header_key: str | None = None
    """The same for files with the same headings, which are then read alike."""
    header_row: int | None = None
    """The line of the headings as the file shows it, whatever a mapping says."""
    headings: list[str] = field(default_factory=list[str])
    date_order_sure: bool = True
    """False: the dates fit several orders, or contradict each other."""


def columns_of(
    mapping: Mapping, inferred: Columns, headings: Sequence[str] | None, rows: Sequence[list[str]]
) -> Columns:
    """The columns a person names, and of the other roles those that were found in the file.

    Raises MappingDoesNotFit for a column that is not there or cannot hold what it is said to.
    """
    width = max([len(headings or ()), *(len(row) for row in rows)], default=0)
    named = {
        role: [_index(column, headings, width) for column in columns]
        for role, columns in mapping.columns.items()
    }
    for role, indices in named.items():
        for index in indices:
            _check(role, index, headings, rows)
    roles = named | {
        role: [] if _is_replaced(role, named) else _left(indices, named)
        for role, indices in inferred.by_role.items()
        if role not in named
    }
    columns = Columns(roles)
    if not columns.are_usable:
        raise MappingDoesNotFit("The mapping names no column with dates, or none with amounts.")
    return columns


def _index(column: int | str, headings: Sequence[str] | None, width: int) -> int:
    if isinstance(column, int):
        if not 0 <= column < width:
            raise MappingDoesNotFit(
                f"The mapping names column {column}, but the file has {width} (counted from 0)."
            )
        return column
    found = [i for i, heading in enumerate(headings or ()) if _same(heading, column)]
    if len(found) != 1:
        words = "is not a heading" if not found else "is the heading of several columns"
        raise MappingDoesNotFit(f"“{column[:_SHOWN]}” {words} of this file.")
    return found[0]


def numbered(columns: Sequence[int | str], headings: Sequence[str]) -> list[int | str]:
    """The columns by number, as far as their headings tell it."""
    return [
        next((at for at, heading in enumerate(headings) if _same(heading, column)), column)
        if isinstance(column, str)
        else column
        for column in columns
    ]


def _same(heading: str, wanted: str) -> bool:
    return " ".join(heading.split()).casefold() == " ".join(wanted.split()).casefold()


def _check(
    role: Role, index: int, headings: Sequence[str] | None, rows: Sequence[list[str]]
) -> None:
    """A column that is filled must hold what it is said to in one row at least."""
    check = CHECKS.get(role)
    filled = [cell for row in rows if index < len(row) and (cell := row[index].strip())]
    if check is None or not filled or any(map(check, filled)):
        return
    name = headings[index].strip() if headings and index < len(headings) else ""
    shown = f"“{name[:_SHOWN]}”" if name else f"column {index}"
    raise MappingDoesNotFit(
        f"The mapping says that {shown} holds {_WORDS[role]}, but none stands there."
    )


def _is_replaced(role: Role, named: Dict[Role, list[int]]) -> bool:
    """Whether another role that says the same was named instead."""
    return any(role in alike and any(named.get(one) for one in alike) for alike in _TOGETHER)


def _left(indices: list[int], named: Dict[Role, list[int]]) -> list[int]:
    taken = {index for columns in named.values() for index in columns}
    return [index for index in indices if index not in taken]
