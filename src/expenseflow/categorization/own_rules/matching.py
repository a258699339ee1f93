"""Which of a person's rules is the first whose conditions hold for a charge; pure.

Texts are compared without case, accents and punctuation, as words: runs of letters and runs of
digits, so that `shell` is in `SHELL12345` and `gap` is not in `SINGAPORE AIR`. Patterns know two
wildcards and no regular expressions: each part is looked for once, from left to right, and never
again, so that no pattern can make the search hang.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property
from typing import Final

from expenseflow.categorization import merchants
from expenseflow.categorization import rules as tiers
from expenseflow.categorization.outcomes import Charge, Settlement, Suggestion
from expenseflow.categorization.own_rules import rules
from expenseflow.categorization.own_rules.rules import Rule
from expenseflow.chart.service import Chart

_WORDS: Final = re.compile(r"[^\W\d_]+|\d+")
_APOSTROPHES: Final = re.compile("['’`]")


class Subject:
    """What rules look at of one charge.

    The merchant in a text is worked out only when a rule needs it, since that is the dear part.
    """

    def __init__(
        self,
        description: str,
        *,
        amount: Decimal,
        currency: str,
        source_category: str | None,
        account: str | None,
        merchant_key: str | None = None,
    ) -> None:
        self.description = description
        self.amount = amount
        self.currency = currency
        self._source_category = source_category
        self._account = account
        self._merchant_key = merchant_key
        plain = merchants.folded(description)
        # The merchant in a text without a letter or digit is UNKNOWN, and a rule may name it.
        self.text = plain if any(map(str.isalnum, plain)) else merchants.UNKNOWN
        self.searched = _without_apostrophes(self.text)

    @cached_property
    def category(self) -> str | None:
        return _plain(self._source_category)

    @cached_property
    def card(self) -> str | None:
        return _plain(self._account)

    @cached_property
    def key(self) -> str:
        """Who was paid."""
        return self._merchant_key or merchants.merchant_key(self.description)

    @cached_property
    def words(self) -> str:
        return _as_words(self.text)

    @cached_property
    def key_words(self) -> str:
        return _as_words(self.key)


class _Compiled:
    """A rule made ready for many charges."""

    def __init__(self, rule: Rule) -> None:
        content = rule.content
        self.rule = rule
        self._words = _as_words(content.merchant_contains) if content.merchant_contains else None
        self._pattern = _compiled(content.pattern) if content.pattern else None
        self._category = _plain(content.source_category)
        self._account = _plain(content.account)
        self.telling = _telling(content.merchant_contains, content.pattern)
        """Part of the text of every charge that the rule can match; a merchant key only ever
        leaves text away."""

    def holds(self, subject: Subject) -> bool:
        """Whether all conditions hold; the cheap ones first."""
        return (
            self._amount_fits(subject)
            and (self._category is None or self._category == subject.category)
            and (self._account is None or self._account == subject.card)
            and self._words_fit(subject)
            and self._pattern_fits(subject)
        )

    def _amount_fits(self, subject: Subject) -> bool:
        wanted = self.rule.content
        return (
            wanted.currency in (None, subject.currency)
            and (wanted.amount_min is None or wanted.amount_min <= subject.amount)
            and (wanted.amount_max is None or subject.amount <= wanted.amount_max)
        )

    def _words_fit(self, subject: Subject) -> bool:
        words = self._words
        return words is None or words in subject.words or words in subject.key_words

    def _pattern_fits(self, subject: Subject) -> bool:
        pattern = self._pattern
        return (
            pattern is None
            or pattern.fullmatch(subject.text) is not None
            or pattern.fullmatch(subject.key) is not None
        )


class RuleSet:
    """A person's rules that are switched on, in their order."""

    def __init__(self, own: Iterable[Rule] = ()) -> None:
        self._rules = [_Compiled(rule) for rule in own if rule.content.active]

    def __bool__(self) -> bool:
        return bool(self._rules)

    def first(self, subject: Subject, chart: Chart) -> Rule | None:
        """The first rule whose conditions hold and whose codes are in use."""
        searched = subject.searched
        for compiled in self._rules:
            if compiled.telling in searched and compiled.holds(subject):
                rule = compiled.rule
                if not _problem(rule, chart):
                    return rule
        return None

    def settle(
        self, charge: Charge, chart: Chart, usual_department: str | None
    ) -> Settlement | None:
        """What the first matching rule makes of the charge; None when no rule speaks of it.

        `usual_department` is for rules that name none.
        """
        if not self._rules:
            return None
        rule = self.first(subject_of(charge), chart)
        return None if rule is None else _settlement(rule, charge, usual_department)


def subject_of(charge: Charge) -> Subject:
    """What rules look at of a charge whose merchant is known."""
    return Subject(
        charge.description,
        amount=charge.amount,
        currency=charge.currency,
        source_category=charge.source_category,
        account=charge.account,
        merchant_key=charge.merchant.key,
    )


def explanation(rule: Rule) -> str:
    """Where a line's codes come from, in words."""
    return f"Your rule “{rules.title(rule.content)}”"


def review_reason(department: str | None) -> str | None:
    """Why a person should look at a line that a rule settled: only for want of a department."""
    return tiers.review_reason(rules.CONFIDENCE, department, unsure="")


def _settlement(rule: Rule, charge: Charge, usual_department: str | None) -> Settlement:
    content = rule.content
    department = content.department_code or usual_department
    reason = review_reason(department)
    return Settlement(
        tier="rule",
        gl_code=content.gl_code,
        department_code=department,
        vendor=content.vendor or merchants.readable_vendor(charge.merchant.key),
        description=content.description,
        confidence=rules.CONFIDENCE,
        needs_review=reason is not None,
        review_reason=reason,
        explanation=explanation(rule),
        suggestions=(Suggestion(content.gl_code, department, rules.CONFIDENCE),),
    )


def _problem(rule: Rule, chart: Chart) -> str | None:
    return rules.problem(
        rule.content, accounts=chart.account_codes, departments=chart.department_codes
    )


# --- texts ----------------------------------------------------------------------------------


def _plain(text: str | None) -> str | None:
    return None if text is None else merchants.folded(text)


def _words_of(text: str) -> list[str]:
    return _WORDS.findall(_without_apostrophes(merchants.folded(text)))


def _without_apostrophes(text: str) -> str:
    return _APOSTROPHES.sub("", text)


def _as_words(text: str) -> str:
    """The words with a space around each, so that a search finds whole words only."""
    return f" {' '.join(_words_of(text))} "


def same_words(one: str | None, other: str | None) -> bool:
    """Whether two conditions on the merchant look for the same."""
    return one is not None and other is not None and _as_words(one) == _as_words(other)


def _telling(words: str | None, pattern: str | None) -> str:
    """The longest word that must stand in the text as it is; empty when there is none."""
    parts = [*_words_of(words or ""), *_WORDS.findall(merchants.folded(pattern or ""))]
    return max(parts, key=len, default="")


def _compiled(pattern: str) -> re.Pattern[str]:
    first, *others = [_part(part) for part in merchants.folded(pattern).split("*")]
    if not others:
        return re.compile(first)
    *middle, last = others
    # An atomic group is never entered again: the earliest place of each part is the best one.
    return re.compile(first + "".join(f"(?>.*?{part})" for part in middle) + f".*{last}")


def _part(text: str) -> str:
    return "".join("." if character == "?" else re.escape(character) for character in text)
