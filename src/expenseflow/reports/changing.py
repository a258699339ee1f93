"""What becomes of a line when its person changes it; pure, for one line and for many."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from expenseflow.reports import rules
from expenseflow.reports.rules import Change, Codes, Review
from expenseflow.reports.views import LineView


def changed(line: LineView, change: Change) -> LineView:
    """The line after the change, one version later; the very same when nothing is different."""
    after: dict[str, Any] = {**change.values}
    if after.get("description", "") is None:
        after["description"] = line.original_description  # the bank's text stands there again
    codes = Codes(line.gl_code, line.department_code)
    chosen = Codes(*(after.get(name, was) for name, was in codes._asdict().items()))
    before = Review(line.needs_review, line.review_reason, line.edited_by_user)
    review = rules.after(before, change, gl_code=chosen.gl_code)
    after["needs_review"] = review.needs_review
    after["review_reason"] = review.reason
    after["edited_by_user"] = review.edited_by_user
    after["explanation"] = rules.explained(codes, chosen, line.explanation)
    if all(getattr(line, name) == value for name, value in after.items()):
        return line
    return replace(line, **after, version=line.version + 1)


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
