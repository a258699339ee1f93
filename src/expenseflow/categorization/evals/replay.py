"""The tiers as a job runs them, over labelled lines; only the database is left out."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from uuid import NAMESPACE_OID, uuid5

from expenseflow.categorization import ladder, memory
from expenseflow.categorization.evals.dataset import Labelled
from expenseflow.categorization.ladder import Knowledge, Remembered
from expenseflow.categorization.memory import UsualDepartments
from expenseflow.categorization.outcomes import Charge, Merchant, Settlement
from expenseflow.categorization.repository import Department, Filed
from expenseflow.categorization.similar import training
from expenseflow.categorization.similar.features import Example, line_of
from expenseflow.categorization.similar.predicting import Predictor
from expenseflow.categorization.similar.tier import Similar
from expenseflow.chart.service import Chart, ChartEntry

_ID = NAMESPACE_OID


def examples(lines: Sequence[Labelled]) -> list[Example]:
    """The lines as the `similar` tier learns from them."""
    return [
        Example(
            line_of(
                line.person,
                account=None,
                merchant_key=line.merchant_key,
                amount=line.amount,
                category=line.category,
                description=line.description,
            ),
            line.account,
            line.department,
            line.month,
        )
        for line in lines
    ]


def learned(lines: Sequence[Labelled]) -> Predictor | None:
    """What the `similar` tier makes of these lines; None where they are too few."""
    try:
        return Predictor(training.train(examples(lines)))
    except training.TooLittleToLearn:
        return None


@dataclass(frozen=True, slots=True)
class Past:
    """What is known after some months: a chart, and what every person filed."""

    chart: Chart
    filed: dict[str, dict[str, list[Filed]]]
    usual: dict[str, UsualDepartments]


def past(lines: Sequence[Labelled]) -> Past:
    """The chart and the memory of all persons after these lines."""
    departments = sorted({line.department for line in lines})
    chart = Chart(
        tuple(ChartEntry(code, code) for code in sorted({line.account for line in lines})),
        tuple(ChartEntry(code, code) for code in departments),
    )
    by_person: defaultdict[str, list[Labelled]] = defaultdict(list)
    for line in lines:
        by_person[line.person].append(line)
    return Past(
        chart,
        {person: _filed(theirs) for person, theirs in by_person.items()},
        {person: _usual(theirs, chart) for person, theirs in by_person.items()},
    )


def _filed(lines: Sequence[Labelled]) -> dict[str, list[Filed]]:
    counts = Counter(
        (line.merchant_key, line.account, line.department, line.month) for line in lines
    )
    last = {
        (line.merchant_key, line.account, line.department, line.month): line.day for line in lines
    }
    found: defaultdict[str, list[Filed]] = defaultdict(list)
    for about, often in counts.items():
        key, account, department, month = about
        found[key].append(
            Filed(
                merchant_key=key,
                gl_code=account,
                department_code=department,
                vendor=None,
                description=None,
                period=f"{month // 12:04d}-{month % 12 + 1:02d}",
                often=often,
                last_at=datetime.combine(last[about], time(), UTC),
                last_on=last[about],
            )
        )
    return dict(found)


def _usual(lines: Sequence[Labelled], chart: Chart) -> UsualDepartments:
    counts = Counter(line.department for line in lines)
    last = {line.department: datetime.combine(line.day, time(), UTC) for line in lines}
    rows = [Department(None, code, often, last[code]) for code, often in counts.items()]
    return memory.usual_of(rows, chart=chart)


def settle(lines: Sequence[Labelled], known: Past, predictor: Predictor | None) -> list[Settlement]:
    """What a job without an AI service makes of each line."""
    by_person: defaultdict[str, list[int]] = defaultdict(list)
    for number, line in enumerate(lines):
        by_person[line.person].append(number)
    found: dict[int, Settlement] = {}
    for person, numbers in by_person.items():
        similar = None if predictor is None else Similar(predictor, person, known.chart)
        knowledge = Knowledge(
            known.chart, known.usual.get(person, UsualDepartments()), similar=similar
        )
        remembered = Remembered(known.filed.get(person, {}))
        charges = {number: _charge(number, lines[number]) for number in numbers}
        settled = ladder.settle_known(charges.values(), knowledge, remembered)
        for number, charge in charges.items():
            found[number] = settled.get(charge.transaction_id) or ladder.left(
                charge, knowledge, reason="No AI service is configured"
            )
    return [found[number] for number in range(len(lines))]


def _charge(number: int, line: Labelled) -> Charge:
    return Charge(
        transaction_id=uuid5(_ID, str(number)),
        merchant=Merchant(line.merchant_key, 1 if line.amount >= 0 else -1),
        description=line.description,
        amount=line.amount,
        currency="GBP",
        posted_on=line.day,
        source_category=line.category,
    )
