"""Money is an exact decimal beside its ISO 4217 currency; never a float."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

MAX_AMOUNT = Decimal("999999999999.9999")
"""What `numeric(18, 4)` can hold with room to sum."""

# ISO 4217 currencies whose minor unit is not two digits.
_MINOR_UNITS = {
    "BHD": 3, "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "IQD": 3, "ISK": 0, "JOD": 3, "JPY": 0,
    "KMF": 0, "KRW": 0, "KWD": 3, "LYD": 3, "OMR": 3, "PYG": 0, "RWF": 0, "TND": 3, "UGX": 0,
    "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency."""

    amount: Decimal
    currency: str


def minor_units(currency: str) -> int:
    """How many decimals the currency has: 2 for USD, 0 for JPY, 3 for KWD."""
    return _MINOR_UNITS.get(currency, 2)


def to_text(amount: Decimal, currency: str) -> str:
    """The decimal string of the contract: at least the currency's decimals, none lost."""
    least = minor_units(currency)
    normal = amount.normalize()
    decimals = max(least, -int(normal.as_tuple().exponent))
    return f"{amount:.{decimals}f}"


def totals(values: Iterable[Money]) -> list[Money]:
    """The sum per currency, in the order of the currency codes; nothing is converted."""
    sums: dict[str, Decimal] = {}
    for value in values:
        sums[value.currency] = sums.get(value.currency, Decimal(0)) + value.amount
    return [Money(amount, currency) for currency, amount in sorted(sums.items())]
