"""What each tier makes of a charge, the surest first; pure.

    own rule > memory of the merchant > similar past lines > the AI service > starter rule > flag

The AI service is asked in `model_tier`; what it answered, now or within the last 180 days, comes
in here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final
from uuid import UUID

from expenseflow.categorization import memory, prompts, rules, suspicion
from expenseflow.categorization.memory import UsualDepartments
from expenseflow.categorization.outcomes import Answer, Charge, Merchant, Settlement, Suggestion
from expenseflow.categorization.own_rules.matching import RuleSet
from expenseflow.categorization.repository import Filed
from expenseflow.categorization.similar.tier import UNSURE_ALIKE, Similar
from expenseflow.chart.service import Chart
from expenseflow.kit.period import period_of

_SIMILAR_AGREE: Final = "similar charges here agree"
_SERVICE_AGREES: Final = "the AI service agrees"


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known of a person before any of their charges is looked at."""

    chart: Chart
    usual: UsualDepartments = field(default_factory=UsualDepartments)
    own_rules: RuleSet = field(default_factory=RuleSet)
    similar: Similar | None = None
    """What was learned from everybody's lines here, about this person's charges."""
    simulated: bool = False
    """Whether the AI service is the demo's; what it settles says so for good."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is stored about the merchants of some charges."""

    filed: Mapping[str, Sequence[Filed]] = field(default_factory=dict[str, list[Filed]])
    answers: Mapping[Merchant, Answer] = field(default_factory=dict[Merchant, Answer])


def settle_known(
    charges: Iterable[Charge], knowledge: Knowledge, remembered: Remembered
) -> dict[UUID, Settlement]:
    """What needs nobody to be asked, by transaction; the charges left out stay open."""
    known = _Remembering(knowledge, remembered)
    settled: dict[UUID, Settlement] = {}
    for charge in charges:
        found = (
            _ruled(charge, knowledge)
            or known.filed(charge)
            or _alike(charge, knowledge)
            or _paid_for(charge, knowledge, remembered)
        )
        if found is not None:
            settled[charge.transaction_id] = found
    return settled


def _ruled(charge: Charge, knowledge: Knowledge) -> Settlement | None:
    usual = knowledge.usual.of(charge.account)
    return knowledge.own_rules.settle(charge, knowledge.chart, usual)


class _Remembering:
    """Memory, decided once for all lines of a merchant that take the same department."""

    def __init__(self, knowledge: Knowledge, remembered: Remembered) -> None:
        self._knowledge = knowledge
        self._remembered = remembered
        self._decided: dict[tuple[str, str | None, str], Settlement] = {}

    def filed(self, charge: Charge) -> Settlement | None:
        rows = self._remembered.filed.get(charge.merchant.key)
        if not rows:
            return None
        usual = self._knowledge.usual.of(charge.account)
        month = period_of(charge.posted_on)
        about = (charge.merchant.key, usual, month)
        if about not in self._decided:
            self._decided[about] = memory.decide(
                rows, chart=self._knowledge.chart, usual=usual, month=month
            )
        return self._seconded(self._decided[about], charge)

    def _seconded(self, settlement: Settlement, charge: Charge) -> Settlement:
        """With what similar lines say beside it; who is sure of the same ends memory's doubt.

        Memory is the person's own, so nothing else takes the place of what it says.
        """
        alike = _similar(charge, self._knowledge)
        paid_for = _paid_for(charge, self._knowledge, self._remembered)
        if alike is not None:
            suggestions = _likeliest((*settlement.suggestions, *alike.suggestions))
            settlement = replace(settlement, suggestions=suggestions)
        if (settlement.confidence or 0) >= rules.SURE_MEMORY or not settlement.department_code:
            return settlement
        for second, words in ((alike, _SIMILAR_AGREE), (paid_for, self._service_agrees)):
            if second is not None and _is_sure_of_the_same(second, settlement):
                return _without_doubt(settlement, second.confidence, words)
        return settlement

    @property
    def _service_agrees(self) -> str:
        return "a simulated AI service agrees" if self._knowledge.simulated else _SERVICE_AGREES


def _is_sure_of_the_same(second: Settlement, settlement: Settlement) -> bool:
    return second.gl_code == settlement.gl_code and not second.needs_review


def _without_doubt(settlement: Settlement, confidence: Decimal | None, words: str) -> Settlement:
    return replace(
        settlement,
        confidence=confidence,
        needs_review=False,
        review_reason=None,
        explanation=f"{settlement.explanation}; {words}"[:500],
    )


def _similar(charge: Charge, knowledge: Knowledge) -> Settlement | None:
    return None if knowledge.similar is None else knowledge.similar.settle(charge)


def _alike(charge: Charge, knowledge: Knowledge) -> Settlement | None:
    """What similar lines say when they are sure enough; else somebody may know better."""
    found = _similar(charge, knowledge)
    return None if found is None or found.review_reason == UNSURE_ALIKE else found


def _paid_for(charge: Charge, knowledge: Knowledge, remembered: Remembered) -> Settlement | None:
    answer = remembered.answers.get(charge.merchant)
    return None if answer is None else answered(charge, answer, knowledge)


def answered(charge: Charge, answer: Answer, knowledge: Knowledge) -> Settlement:
    """A provider's checked answer for one of its merchant's charges.

    It is flagged when the charge's text reads like an order to the provider.
    """
    who = rules.SIMULATED if knowledge.simulated else "The AI service"
    confidence = min(answer.confidence, rules.MODEL_AT_MOST)
    reason = rules.review_reason(confidence, answer.department_code, unsure=rules.UNSURE_MODEL)
    settlement = Settlement(
        tier="model",
        gl_code=answer.gl_code,
        department_code=answer.department_code,
        vendor=answer.vendor,
        description=answer.description,
        confidence=confidence,
        needs_review=reason is not None,
        review_reason=reason,
        explanation=f"{who} read this as {answer.vendor[:100]}",
        suggestions=_with_others(
            Suggestion(answer.gl_code, answer.department_code, confidence), charge, knowledge
        ),
    )
    return suspicion.flagged(settlement) if prompts.batches_alone(charge) else settlement


def _with_others(
    chosen: Suggestion, charge: Charge, knowledge: Knowledge
) -> tuple[Suggestion, ...]:
    """What was chosen, then what similar lines say: the likeliest three."""
    others = () if knowledge.similar is None else knowledge.similar.suggestions(charge)
    return _likeliest((chosen, *others))


def _likeliest(suggestions: Iterable[Suggestion]) -> tuple[Suggestion, ...]:
    """The first three that name different accounts; those of one account with their first."""
    by_account: dict[str, Suggestion] = {}
    for suggestion in suggestions:
        by_account.setdefault(suggestion.gl_code, suggestion)
    return tuple(by_account.values())[: memory.SUGGESTIONS]


def left(charge: Charge, knowledge: Knowledge, *, reason: str) -> Settlement:
    """What no other tier settled: a starter rule, a guess, else flagged with the reason in words.

    Of a starter rule and a guess from similar lines the surer one counts.
    """
    guess = _similar(charge, knowledge)
    started = _started(charge, knowledge)
    found = max(filter(None, (started, guess)), key=lambda one: one.confidence or 0, default=None)
    if found is not None and (found.tier == "rule" or _worth_showing(found)):
        return found
    others = () if knowledge.similar is None else knowledge.similar.suggestions(charge)
    return Settlement(
        tier="manual", needs_review=True, review_reason=reason[:500], suggestions=others
    )


def settle_left(
    charges: Iterable[Charge], knowledge: Knowledge, *, reason: str
) -> dict[UUID, Settlement]:
    """`left` for many charges, by transaction."""
    return {charge.transaction_id: left(charge, knowledge, reason=reason) for charge in charges}


def _worth_showing(guess: Settlement) -> bool:
    """Wrong codes cost a person more than none: a guess is to be right more often than not."""
    return (guess.confidence or 0) >= rules.GUESS_FROM


def _started(charge: Charge, knowledge: Knowledge) -> Settlement | None:
    match = rules.starter_match(
        charge.merchant.key, charge.source_category, accounts=knowledge.chart.account_codes
    )
    if match is None:
        return None
    department = knowledge.usual.of(charge.account)
    flag = rules.review_reason(match.confidence, department, unsure=rules.UNSURE_CATEGORY)
    whose = "; the department is your usual one" if department else ""
    return Settlement(
        tier="rule",
        gl_code=match.gl_code,
        department_code=department,
        vendor=match.vendor,
        confidence=match.confidence,
        needs_review=flag is not None,
        review_reason=flag,
        explanation=f"Starter rule: {match.source}{whose}",
        suggestions=_with_others(
            Suggestion(match.gl_code, department, match.confidence), charge, knowledge
        ),
    )
