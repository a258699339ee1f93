"""Which column holds what: by the headings, checked against the cells, else by the cells alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from expenseflow.statements.parsing import amounts, balances, currencies, dates, vocabulary
from expenseflow.statements.parsing.vocabulary import Role

_ENOUGH = 0.6
_MOST = 0.8
_REFERENCE_DIGITS = 5
_HEADINGS_READ = 100
_LONGEST_HEADING = 60

Rows = Sequence[Sequence[str]]
_DATE_ROLES = (Role.TRANSACTION_DATE, Role.DATE, Role.POSTING_DATE, Role.VALUE_DATE)
_NUMBER_ROLES = (Role.AMOUNT, Role.DEBIT, Role.CREDIT, Role.ORIGINAL_AMOUNT)
CHECKS: dict[Role, Callable[[str], bool]] = {
    **dict.fromkeys(_DATE_ROLES, dates.is_date),
    **dict.fromkeys(_NUMBER_ROLES, amounts.is_amount),
    Role.CURRENCY: lambda cell: currencies.code_of(cell) is not None,
    Role.ORIGINAL_CURRENCY: lambda cell: currencies.code_of(cell) is not None,
    Role.DIRECTION: lambda cell: vocabulary.direction(cell) != 0,
}


@dataclass(frozen=True)
class Columns:
    """The columns by role; those of a role in order of preference."""

    by_role: dict[Role, list[int]]

    def first(self, role: Role) -> int | None:
        return next(iter(self.by_role.get(role, [])), None)

    @cached_property
    def dates(self) -> list[int]:
        """The columns a row's date is taken from, the first that is filled."""
        return [index for role in _DATE_ROLES for index in self.by_role.get(role, [])]

    @cached_property
    def descriptions(self) -> list[int]:
        return [
            index
            for role in (Role.DESCRIPTION, Role.MEMO, Role.TYPE, Role.CATEGORY)
            for index in self.by_role.get(role, [])
        ]

    @property
    def are_usable(self) -> bool:
        """Whether there is a date and an amount."""
        has_amount = any(self.by_role.get(role) for role in (Role.AMOUNT, Role.DEBIT, Role.CREDIT))
        return bool(self.dates) and has_amount


def from_headings(headings: Sequence[str]) -> Columns:
    """What the headings alone say."""
    ranked: dict[Role, list[tuple[int, int]]] = {}
    for index, heading in enumerate(headings[:_HEADINGS_READ]):
        found = vocabulary.heading(heading[:_LONGEST_HEADING])
        if found:
            ranked.setdefault(found[0], []).append((found[1], index))
    for role, index in _by_part(headings):
        if role not in ranked:
            ranked[role] = [(0, index)]
    return Columns({role: [index for _, index in sorted(found)] for role, found in ranked.items()})


def _by_part(headings: Sequence[str]) -> list[tuple[Role, int]]:
    """Headings that no list holds, by a word in them."""
    found: list[tuple[Role, int]] = []
    for index, heading in enumerate(headings[:_HEADINGS_READ]):
        short = heading[:_LONGEST_HEADING]
        if not vocabulary.heading(short) and (role := vocabulary.part(short)):
            found.append((role, index))
    return found


def decide(headings: Sequence[str] | None, rows: Rows) -> Columns:
    """The columns of a table, from its headings where it has them and the cells of its rows."""
    named = from_headings(headings) if headings is not None else Columns({})
    roles = {
        role: kept
        for role, indices in named.by_role.items()
        if (kept := [index for index in indices if _holds(role, _cells(rows, index))])
    }
    width = max((len(row) for row in rows), default=len(headings or ()))
    _add_direction(roles, rows, width)
    _add_currency(roles, rows, headings or ())
    _split_off_original(roles)
    if not Columns(roles).are_usable or headings is None:
        _add_from_cells(roles, rows, width)
    _drop_weak_references(roles, rows)
    _drop_other_accounts(roles, rows, headings or ())
    _drop_lonely_payments(roles)
    return Columns(roles)


def _holds(role: Role, cells: list[str]) -> bool:
    """Whether most of the filled cells fit the role."""
    check = CHECKS.get(role)
    return check is None or _share(cells, check) >= _ENOUGH


def _share(cells: list[str], check: Callable[[str], bool]) -> float:
    """The share of the filled cells that pass; an empty column passes."""
    filled = [cell for cell in cells if cell]
    return sum(map(check, filled)) / len(filled) if filled else 1.0


def _cells(rows: Rows, index: int) -> list[str]:
    return [row[index].strip() if index < len(row) else "" for row in rows]


def _add_direction(roles: dict[Role, list[int]], rows: Rows, width: int) -> None:
    """A column in which every filled cell says debit or credit says the direction."""
    if Role.DIRECTION in roles:
        return
    for index in range(width):
        filled = [cell for cell in _cells(rows, index) if cell]
        if filled and all(map(vocabulary.is_direction, filled)):
            roles[Role.DIRECTION] = [index]
            for others in roles.values():
                if others is not roles[Role.DIRECTION] and index in others:
                    others.remove(index)
            return


def _add_currency(roles: dict[Role, list[int]], rows: Rows, headings: Sequence[str]) -> None:
    """`Valuta` is a date in some countries and the currency in others."""
    for index, heading in enumerate(headings):
        if (
            vocabulary.plain(heading[:_LONGEST_HEADING]) == "valuta"
            and Role.CURRENCY not in roles
            and _mostly(rows, index, lambda cell: cell in currencies.CODES)
        ):
            roles[Role.CURRENCY] = [index]


def _split_off_original(roles: dict[Role, list[int]]) -> None:
    """An amount beside its own currency and the debit or credit that came of it was paid abroad."""
    booked = any(roles.get(role) for role in (Role.DEBIT, Role.CREDIT))
    if booked and roles.get(Role.ORIGINAL_CURRENCY) and not roles.get(Role.ORIGINAL_AMOUNT):
        roles[Role.ORIGINAL_AMOUNT] = roles.pop(Role.AMOUNT, [])


def _add_from_cells(roles: dict[Role, list[int]], rows: Rows, width: int) -> None:
    """Fill in the roles that a table cannot do without."""
    taken = {index for indices in roles.values() for index in indices}
    free = [index for index in range(width) if index not in taken]
    if not any(roles.get(role) for role in _DATE_ROLES):
        roles[Role.DATE] = [i for i in free if _mostly(rows, i, dates.is_date)]
    free = [index for index in free if index not in roles.get(Role.DATE, [])]
    if Role.CURRENCY not in roles:
        found = [i for i in free if _mostly(rows, i, lambda cell: cell in currencies.CODES)]
        roles[Role.CURRENCY] = found[:1]
    free = [index for index in free if index not in roles.get(Role.CURRENCY, [])]
    numbers = _number_columns(rows, free)
    if not any(roles.get(role) for role in (Role.AMOUNT, Role.DEBIT, Role.CREDIT)):
        roles.update(_amounts_from_cells(rows, numbers))
    if not roles.get(Role.DESCRIPTION):
        texts = [index for index in free if index not in numbers]
        longest = max(texts, key=lambda i: _length(rows, i), default=None)
        roles[Role.DESCRIPTION] = [] if longest is None else [longest]
        _add_card(roles, rows, [index for index in texts if index != longest])


def _mostly(rows: Rows, index: int, check: Callable[[str], bool]) -> bool:
    cells = _cells(rows, index)
    filled = [cell for cell in cells if cell]
    return len(filled) * 2 > len(cells) and _share(filled, check) >= _MOST


def _length(rows: Rows, index: int) -> int:
    return sum(len(cell) for cell in _cells(rows, index))


def _number_columns(rows: Rows, free: list[int]) -> list[int]:
    """Columns of numbers that can be money: with decimals, or at least not all of them ids."""
    found: list[int] = []
    for index in free:
        filled = [cell for cell in _cells(rows, index) if cell]
        if filled and _share(filled, amounts.is_amount) >= _MOST:
            found.append(index)
    with_decimals = [i for i in found if any(set(".,") & set(cell) for cell in _cells(rows, i))]
    return with_decimals or found


def _amounts_from_cells(rows: Rows, numbers: list[int]) -> dict[Role, list[int]]:
    """One amount column, or two of which each row fills exactly one: debit, then credit."""
    between = balances.amount_between({index: _cells(rows, index) for index in numbers})
    if between is not None:
        others = [index for index in numbers if index != between]
        return {Role.AMOUNT: [between], Role.BALANCE: others}
    for left, right in pairwise(numbers):
        pairs = zip(_cells(rows, left), _cells(rows, right), strict=True)
        if all(bool(debit) != bool(credit) for debit, credit in pairs):
            return {Role.DEBIT: [left], Role.CREDIT: [right]}
    return {Role.AMOUNT: numbers[:1]}


def _add_card(roles: dict[Role, list[int]], rows: Rows, texts: list[int]) -> None:
    """A column of masked card numbers without a heading."""
    if Role.ACCOUNT not in roles:
        masked = [
            i for i in texts if _mostly(rows, i, lambda cell: cell[-4:].isdigit() and "*" in cell)
        ]
        roles[Role.ACCOUNT] = masked[:1]


def _drop_weak_references(roles: dict[Role, list[int]], rows: Rows) -> None:
    """A reference counts as the bank's own id only where it looks like one and does not repeat.

    Payers write `RENT` or `INVOICE 12` into some banks' reference column.
    """
    roles[Role.REFERENCE] = [i for i in roles.get(Role.REFERENCE, []) if _are_ids(_cells(rows, i))]


def _drop_other_accounts(roles: dict[Role, list[int]], rows: Rows, headings: Sequence[str]) -> None:
    """A number that most rows do not have is that of the other side, unless it is a card's."""
    if Role.ACCOUNT not in roles:
        return
    roles[Role.ACCOUNT] = [
        index
        for index in roles[Role.ACCOUNT]
        if 2 * sum(map(bool, cells := _cells(rows, index))) >= len(cells)
        or (index < len(headings) and vocabulary.names_card(headings[index]))
    ]


def _are_ids(cells: list[str]) -> bool:
    filled = [cell for cell in cells if cell]
    look_right = all(
        " " not in cell and sum(map(str.isdigit, cell)) >= _REFERENCE_DIGITS for cell in filled
    )
    return look_right and len(set(filled)) >= len(filled) * 0.95


def _drop_lonely_payments(roles: dict[Role, list[int]]) -> None:
    """`Payments` is a credit column only beside a debit column."""
    if Role.CREDIT in roles and not roles.get(Role.DEBIT) and roles.get(Role.AMOUNT):
        del roles[Role.CREDIT]
