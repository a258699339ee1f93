"""What the tiers decide by, without a database: thresholds, starter rules, counts into words.

The thresholds are first values; the evaluation (`make eval`) sets them.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final

from expenseflow.categorization import merchants, starter_rules

REVIEW_BELOW: Final = Decimal("0.6")
"""A settlement less sure than this is flagged."""
SURE_MEMORY: Final = Decimal("0.85")
"""What was filed three times so and never otherwise; docs/evaluation.md has how often it holds."""
GUESS_FROM: Final = Decimal("0.5")
"""A guess less sure than this is only a suggestion."""
MODEL_AT_MOST: Final = Decimal("0.95")
"""Models are surer of themselves than they are right."""
KNOWN_MERCHANT: Final = Decimal("0.80")
KNOWN_KIND: Final = Decimal("0.70")
SURE_CATEGORY: Final = Decimal("0.70")
CATEGORY_HINT: Final = Decimal("0.50")
KEPT_DAYS: Final = 180

UNSURE_MEMORY: Final = "You filed this merchant under different accounts"
UNSURE_MODEL: Final = "The AI service was not sure"
UNSURE_CATEGORY: Final = "The bank's category is only a rough hint"
SIMULATED: Final = "A simulated AI service (not a real one)"
"""How the explanation begins of what the demo's test provider settled; it stays so for good."""
NO_DEPARTMENT: Final = "No department is known for this merchant yet"


@dataclass(frozen=True, slots=True)
class StarterMatch:
    """The account a starter rule found, how sure it is, and where that comes from."""

    gl_code: str
    vendor: str
    confidence: Decimal
    source: str


def starter_match(
    merchant_key: str, source_category: str | None, *, accounts: Collection[str]
) -> StarterMatch | None:
    """The merchant by its name, else by the kind of business in it, else the bank's category.

    A rule whose account is not active does not apply.
    """
    candidates = (
        _by_name(merchant_key),
        _by_kind(merchant_key),
        _by_category(merchant_key, source_category or ""),
    )
    return next((found for found in candidates if found and found.gl_code in accounts), None)


def review_reason(
    confidence: Decimal,
    department: str | None,
    *,
    unsure: str,
    below: Decimal = REVIEW_BELOW,
) -> str | None:
    """Why a person should look at it, or None when nobody has to."""
    reasons = [unsure] if confidence < below else []
    if department is None:
        reasons.append(NO_DEPARTMENT)
    return ". ".join(reasons) or None


def is_simulated(explanation: str | None) -> bool:
    """Whether a settlement with this explanation came from the demo's test provider."""
    return (explanation or "").startswith(SIMULATED)


def memory_confidence(*, chosen: Decimal | int, total: Decimal | int) -> Decimal:
    """How sure a choice made `chosen` times of `total` is; one time of one is not certainty.

    The Krichevsky-Trofimov estimate of two outcomes; on real card data lines of which it says
    0.8 were right in 81 % of the cases, of 0.9 in 91 %.
    """
    return ((chosen + Decimal("0.5")) / (total + 1)).quantize(Decimal("0.0001"))


def only(count: int) -> str:
    """The reason to look at a merchant that was filed too few times to go by."""
    return f"You filed this merchant only {times(count)}"


_NUMBERS: Final = (
    *("never", "once", "twice", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
_UNTIL_TWICE: Final = 2


def times(count: int) -> str:
    """Once, twice, three times … twelve times, 13 times."""
    if count >= len(_NUMBERS):
        return f"{count} times"
    return _NUMBERS[count] if count <= _UNTIL_TWICE else f"{_NUMBERS[count]} times"


# --- the tables, read once ------------------------------------------------------------------


def _by_name(key: str) -> StarterMatch | None:
    pattern, table = _names()
    if not (found := pattern.search(key)):
        return None
    code, vendor = table[found["exact"] or found["start"]]
    return StarterMatch(code, vendor, KNOWN_MERCHANT, f"{vendor} is a well-known merchant")


def _by_kind(key: str) -> StarterMatch | None:
    pattern, table = _kinds()
    if not (found := pattern.search(key)):
        return None
    words = f"The name says “{merchants.readable_vendor(found.group())}”"
    vendor = merchants.readable_vendor(key)
    return StarterMatch(table[found.group()], vendor, KNOWN_KIND, words)


def _by_category(key: str, category: str) -> StarterMatch | None:
    if not (found := _categories().get(_plain(category))):
        return None
    words = f"Your bank's category is “{category.strip()}”"
    return StarterMatch(found[0], merchants.readable_vendor(key), found[1], words)


@cache
def _names() -> tuple[re.Pattern[str], dict[str, tuple[str, str]]]:
    """Names the key has to start with; `$` after one: the key has to be just that."""
    table: dict[str, tuple[str, str]] = {}
    for code, entry in _named(starter_rules.MERCHANTS):
        words, _, vendor = entry.partition("=")
        table[words] = (code, vendor or merchants.readable_vendor(words))
    exact = {words.rstrip("$"): found for words, found in table.items() if words.endswith("$")}
    starts = {words: found for words, found in table.items() if not words.endswith("$")}
    pattern = rf"^(?:THE )?(?:(?P<exact>{_any_of(exact)})$|(?P<start>{_any_of(starts)})(?![\w&]))"
    return re.compile(pattern), starts | exact


@cache
def _kinds() -> tuple[re.Pattern[str], dict[str, str]]:
    """Words that may stand anywhere in the key."""
    table = {words: code for code, words in _named(starter_rules.KINDS)}
    return re.compile(rf"(?<![\w'&])(?:{_any_of(table)})(?![\w&])"), table


def _any_of(names: Collection[str]) -> str:
    """A pattern for any of them, the longest first."""
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


@cache
def _categories() -> dict[str, tuple[str, Decimal]]:
    rows = (
        (starter_rules.HINT_CATEGORIES, CATEGORY_HINT),
        (starter_rules.SURE_CATEGORIES, SURE_CATEGORY),
    )
    return {name: (code, sure) for table, sure in rows for code, name in _named(table)}


def _named(rows: dict[str, str]) -> list[tuple[str, str]]:
    return [(code, _plain_spaces(name)) for code, row in rows.items() for name in row.split(",")]


def _plain_spaces(text: str) -> str:
    return " ".join(text.split())


def _plain(category: str) -> str:
    return _plain_spaces(category).lower()
