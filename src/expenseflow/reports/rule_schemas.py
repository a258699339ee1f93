"""The JSON of what a person's rules do to lines."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator
from pydantic import StrictBool as Flag
from pydantic.config import JsonDict

from expenseflow.categorization.own_rules.schemas import RuleIn, RuleOut, rule_out
from expenseflow.categorization.own_rules.service import RuleView
from expenseflow.kit import money
from expenseflow.kit.paging import Page, PageRequest
from expenseflow.reports.rule_queries import Scope
from expenseflow.reports.rule_testing import Judged, Verdict
from expenseflow.reports.rules import Status
from expenseflow.reports.schemas import Period
from expenseflow.web.wire import PageOf, WireIn, WireOut, page_of

_BOTH: JsonDict = {
    "required": ["period", "reportId"],
    "properties": {"period": {"type": "string"}, "reportId": {"type": "string"}},
}


class RuleTestIn(WireIn):
    """A rule that is not saved, and where to try it."""

    rule: RuleIn = Field(description="The rule to try; whether it is active does not count.")
    id: UUID | None = Field(
        default=None, description="The rule it would replace, at whose place it is tried."
    )
    period: Period | None = Field(default=None, description="Only lines of this month.")


class TestedLineOut(WireOut):
    """A line that meets the conditions, and what would become of it."""

    report_id: UUID
    line_id: UUID
    posted_on: date
    original_description: str
    amount: str
    currency: str
    gl_code: str | None
    department_code: str | None
    new_gl_code: str
    new_department_code: str | None
    status: Literal["Draft", "Submitted"]
    why: str


class RuleTestOut(WireOut):
    """What would become of the lines that meet the conditions; each list is a page."""

    matched: int
    would_change: PageOf[TestedLineOut]
    already_so: PageOf[TestedLineOut]
    kept_edited: PageOf[TestedLineOut]
    kept_submitted: PageOf[TestedLineOut]
    kept_by_earlier_rule: PageOf[TestedLineOut]


class RuleApplyIn(WireIn):
    """Where to apply the rule: a month or a report; neither: all drafts."""

    model_config = ConfigDict(json_schema_extra={"not": _BOTH})

    period: Period | None = Field(default=None, description="Only the draft of this month.")
    report_id: UUID | None = Field(default=None, description="Only this report.")

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if self.period is not None and self.report_id is not None:
            raise ValueError("Name a period or a report, not both")
        return self


class RuleAppliedOut(WireOut):
    """How many lines met the conditions, and what became of them."""

    matched: int
    changed: int
    already_so: int
    kept_edited: int
    kept_submitted: int
    kept_by_earlier_rule: int


class AlwaysIn(WireIn):
    """Whether the other lines of the report change at once."""

    apply: Flag = Field(
        default=False, description="true: the lines of this report that are like it change at once."
    )


class AlwaysOut(WireOut):
    """The rule, and how many lines of the report it changed."""

    rule: RuleOut
    changed: int


def scope_of(body: RuleApplyIn | None) -> Scope:
    """Which lines the body names."""
    return Scope() if body is None else Scope(body.period, body.report_id)


def tested_out(judged: Sequence[Judged], paging: PageRequest) -> RuleTestOut:
    """The JSON of a test: the same page of each list."""
    by_verdict: dict[Verdict, list[Judged]] = {verdict: [] for verdict in Verdict}
    for found in judged:
        by_verdict[found.verdict].append(found)

    def page(verdict: Verdict) -> PageOf[TestedLineOut]:
        every = by_verdict[verdict]
        wanted = every[paging.offset : paging.offset + paging.page_size]
        return page_of(Page(wanted, len(every), paging.page, paging.page_size), _line_out)

    return RuleTestOut(
        matched=len(judged),
        would_change=page(Verdict.WOULD_CHANGE),
        already_so=page(Verdict.ALREADY_SO),
        kept_edited=page(Verdict.KEPT_EDITED),
        kept_submitted=page(Verdict.KEPT_SUBMITTED),
        kept_by_earlier_rule=page(Verdict.KEPT_BY_EARLIER_RULE),
    )


def applied_out(counts: Counter[Verdict]) -> RuleAppliedOut:
    """The JSON of what an application did."""
    return RuleAppliedOut(
        matched=counts.total(),
        changed=counts[Verdict.WOULD_CHANGE],
        already_so=counts[Verdict.ALREADY_SO],
        kept_edited=counts[Verdict.KEPT_EDITED],
        kept_submitted=counts[Verdict.KEPT_SUBMITTED],
        kept_by_earlier_rule=counts[Verdict.KEPT_BY_EARLIER_RULE],
    )


def always_out(view: RuleView, changed: int) -> AlwaysOut:
    """The JSON of a rule made from a line."""
    return AlwaysOut(rule=rule_out(view), changed=changed)


def _line_out(found: Judged) -> TestedLineOut:
    line = found.line
    return TestedLineOut(
        report_id=line.report_id,
        line_id=line.line_id,
        posted_on=line.posted_on,
        original_description=line.original_description,
        amount=money.to_text(line.amount, line.currency),
        currency=line.currency,
        gl_code=line.gl_code,
        department_code=line.department_code,
        new_gl_code=found.gl_code,
        new_department_code=found.department_code,
        status="Draft" if line.status == Status.DRAFT else "Submitted",
        why=found.why,
    )
