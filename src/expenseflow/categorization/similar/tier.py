"""What the learned model makes of one person's charges, in the words of the tiers."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final
from uuid import UUID

from expenseflow.categorization import merchants, rules
from expenseflow.categorization.outcomes import Charge, Settlement, Suggestion
from expenseflow.categorization.similar.features import Line, line_of
from expenseflow.categorization.similar.predicting import Prediction, Predictor
from expenseflow.chart.service import Chart

UNSURE_ALIKE: Final = "Charges like this one were filed too seldom, or differently, to be sure"
_SHOWN: Final = 40


class Similar:
    """The model as it speaks of one person's charges, within the chart."""

    def __init__(self, predictor: Predictor, user_id: UUID | str, chart: Chart) -> None:
        self._predictor = predictor
        self._person = str(user_id)
        self._accounts = frozenset(chart.account_codes)
        self._departments = frozenset(chart.department_codes)
        self._seen: dict[Line, Prediction] = {}

    def settle(self, charge: Charge) -> Settlement | None:
        """The likeliest account, flagged unless it is sure enough; None: no account is known."""
        predicted = self._predicted(charge)
        if not predicted.guesses:
            return None
        guess = predicted.guesses[0]
        reason = self._doubt(guess.confidence, predicted.department_code)
        return Settlement(
            tier="similar",
            gl_code=guess.gl_code,
            department_code=predicted.department_code,
            vendor=merchants.readable_vendor(charge.merchant.key),
            confidence=_exact(guess.confidence),
            needs_review=reason is not None,
            review_reason=reason,
            explanation=self._in_words(charge, guess.gl_code),
            suggestions=self.suggestions(charge),
        )

    def suggestions(self, charge: Charge) -> tuple[Suggestion, ...]:
        """The likeliest three accounts."""
        predicted = self._predicted(charge)
        return tuple(
            Suggestion(guess.gl_code, predicted.department_code, _exact(guess.confidence))
            for guess in predicted.guesses
        )

    def _doubt(self, confidence: float, department: str | None) -> str | None:
        """Held-out lines that were nearly all right put the line as low as a wild guess.

        So they do where people submit what they have not read: then it says nothing of strangers.
        """
        if confidence < max(self._predictor.sure_from, float(rules.REVIEW_BELOW)):
            return UNSURE_ALIKE
        return rules.NO_DEPARTMENT if department is None else None

    def _in_words(self, charge: Charge, account: str) -> str:
        """Counts are told of the person's own lines alone: others' are nobody else's to know."""
        line = self._line(charge)
        counted = self._predictor.model.account_counts
        own = counted["card+word"].get(f"{line.card}|{line.first_word}", {})
        begin = f"merchants whose names begin with “{line.first_word[:_SHOWN]}”"
        if hits := int(own.get(account, 0)):
            return f"{hits} of your {int(sum(own.values()))} charges at {begin} went to {account}"
        if often := _how_often(counted["merchant"].get(line.merchant_key, {}), account):
            return f"Charges at this merchant {often} went to {account} here"
        if often := _how_often(counted["word"].get(line.first_word, {}), account):
            return f"Charges at {begin} {often} went to {account} here"
        return f"Its card, amount and wording point to {account}"

    def _line(self, charge: Charge) -> Line:
        return line_of(
            self._person,
            account=charge.account,
            merchant_key=charge.merchant.key,
            amount=charge.amount,
            category=charge.source_category,
            description=charge.description,
        )

    def _predicted(self, charge: Charge) -> Prediction:
        line = self._line(charge)
        if line not in self._seen:
            [self._seen[line]] = self._predictor.predict(
                [line], accounts=self._accounts, departments=self._departments
            )
        return self._seen[line]


def _how_often(found: Mapping[str, float], account: str) -> str | None:
    hits = found.get(account)
    if not hits:
        return None
    return "mostly" if 2 * hits > sum(found.values()) else "sometimes"


def _exact(confidence: float) -> Decimal:
    return Decimal(str(confidence)).quantize(Decimal("0.0001"))
