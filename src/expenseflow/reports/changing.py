"""What becomes of a line when its person changes it; pure, for one line and for many."""

from collections.abc import Iterable
from dataclasses import replace

from expenseflow.reports import rules
from expenseflow.reports.rules import Change, Codes, Review
from expenseflow.reports.views import LineView


def changed(line: LineView, change: Change) -> LineView:
    """The line after the change, one version later; the very same when nothing is different."""
    after = replace(line, **_contents(line, change))
    before = Review(line.needs_review, line.review_reason, line.edited_by_user)
    review = rules.after(before, change, gl_code=after.gl_code)
    after = replace(
        after,
        needs_review=review.needs_review,
        review_reason=review.reason,
        edited_by_user=review.edited_by_user,
        explanation=rules.explained(_codes(line), _codes(after), line.explanation),
    )
    return line if after == line else replace(after, version=line.version + 1)


def learned(lines: Iterable[LineView], change: Change) -> tuple[list[LineView], list[LineView]]:
    """Of lines that were changed: those that memory learns from, and those it forgets."""
    taught: list[LineView] = []
    forgotten: list[LineView] = []
    for line in lines:
        if rules.teaches(change, gl_code=line.gl_code, needs_review=line.needs_review):
            taught.append(line)
        elif rules.unteaches(change, gl_code=line.gl_code):
            forgotten.append(line)
    return taught, forgotten


def _contents(line: LineView, change: Change) -> dict[str, str | None]:
    """Without a text of the person's own, the bank's stands there again."""
    values: dict[str, str | None] = {**change.values}
    if values.get("description", "") is None:
        values["description"] = line.original_description
    return values


def _codes(line: LineView) -> Codes:
    return Codes(line.gl_code, line.department_code)
