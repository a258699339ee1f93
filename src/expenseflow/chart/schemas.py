"""The JSON of the chart, and how a new one is sent."""

from typing import Any, Self

from pydantic import Field

from expenseflow.chart.changes import Change
from expenseflow.chart.rules import MAX_ENTRIES, MAX_LENGTH, ChartEntry, Checked
from expenseflow.chart.service import Replaced
from expenseflow.web.wire import NO_NUL, WireIn, WireOut


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


class ChartEntryIn(WireIn):
    """An entry as it is to be; `chart.rules` says what is wrong with its texts."""

    code: str
    name: str
    description: str | None = None
    active: bool = True


class ChartIn(WireIn):
    """The whole list."""

    items: list[ChartEntryIn] = Field(max_length=MAX_ENTRIES)

    def entries(self) -> list[ChartEntry]:
        return [ChartEntry(one.code, one.name, one.description, one.active) for one in self.items]


_ITEM: dict[str, Any] = {
    "type": "object",
    "required": ["code", "name"],
    "additionalProperties": False,
    "properties": {
        name: {
            "type": "string" if name != "description" else ["string", "null"],
            "maxLength": most,
            "pattern": NO_NUL,
        }
        for name, most in MAX_LENGTH.items()
    }
    | {"active": {"type": "boolean", "default": True}},
}
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["items"],
                    "additionalProperties": False,
                    "properties": {
                        "items": {
                            "type": "array",
                            "maxItems": MAX_ENTRIES,
                            "items": _ITEM,
                            "description": "The whole list: `code`, `name`, and if you like "
                            "`description` and `active`. Codes it leaves out go out of use.",
                        }
                    },
                    "examples": [{"items": [{"code": "66300", "name": "Meals"}]}],
                }
            },
            "text/csv": {
                "schema": {
                    "type": "string",
                    "description": "Columns `code`, `name` and if you like `description` and "
                    "`active`; comma or semicolon, UTF-8.",
                    "examples": ["code,name\n66300,Meals\n"],
                }
            },
        },
    }
}


class ChangeOut(WireOut):
    """An entry that says something else."""

    was: ChartEntryOut
    becomes: ChartEntryOut

    @classmethod
    def of(cls, change: Change) -> Self:
        return cls(was=entry_out(change.was), becomes=entry_out(change.becomes))


class RejectedOut(WireOut):
    """A row that cannot be taken; of a file the number is that of its line."""

    row: int
    code: str
    reason: str


class ChartChangesOut(WireOut):
    """What became different, or would."""

    added: list[ChartEntryOut]
    changed: list[ChangeOut]
    deactivated: list[ChartEntryOut]
    unchanged: int
    rejected: list[RejectedOut]
    is_drastic: bool


def changes_out(replaced: Replaced, checked: Checked) -> ChartChangesOut:
    """The JSON of what became different."""
    done = replaced.changes
    return ChartChangesOut(
        added=[entry_out(entry) for entry in done.added],
        changed=[ChangeOut.of(change) for change in done.changed],
        deactivated=[entry_out(entry) for entry in done.deactivated],
        unchanged=done.unchanged,
        rejected=[
            RejectedOut(row=wrong.row, code=wrong.code, reason=wrong.reason)
            for wrong in checked.rejected
        ],
        is_drastic=done.is_drastic,
    )
