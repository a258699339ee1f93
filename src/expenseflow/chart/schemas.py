"""The JSON of the chart."""

from expenseflow.chart.rules import ChartEntry
from expenseflow.web.wire import WireOut


class ChartEntryOut(WireOut):
    """An account or a department."""

    code: str
    name: str
    description: str | None
    active: bool


def entry_out(entry: ChartEntry) -> ChartEntryOut:
    return ChartEntryOut(
        code=entry.code, name=entry.name, description=entry.description, active=entry.active
    )
