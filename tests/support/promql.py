"""Evaluates alert rules over made-up series, as Prometheus does.

Only what our rules use: anything else raises, so that no rule passes by being misread. Prometheus'
own `promtool test rules` is a program in Go, and no library evaluates its language in Python.
A rate is not extrapolated to the ends of its range: up to one step in the range too low.
"""

import math
import operator
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any, Final

import promql_parser
from promql_parser import MatchOp

STEP: Final = timedelta(seconds=15)
"""Between two scrapes, and between two evaluations."""
STEPS: Final = 80
"""Twenty minutes, longer than any rule waits."""

Labels = frozenset[tuple[str, str]]
Vector = dict[Labels, float]
Values = float | Sequence[float | None]
"""At each scrape, None where it was missing; a number alone stays as it is all the time."""

_parsed: Callable[[str], Any] = promql_parser.parse
_COMPARED: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "==": operator.eq, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_AGGREGATED: Final[Mapping[str, Callable[[Iterable[float]], float]]] = {
    "max": max, "min": min, "sum": math.fsum,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    labels: Labels
    values: Sequence[float | None]

    @classmethod
    def of(cls, written: str, values: Values) -> "Series":
        """`written` as a selector: `up{job="x"}`; its values end where the sequence does."""
        node = _parsed(written)
        labels = frozenset((one.name, one.value) for one in node.matchers.matchers)
        steady = [values] * STEPS if isinstance(values, int | float) else values
        return cls(node.name, labels, steady)

    def is_chosen(self, selector: Any) -> bool:
        own = dict(self.labels)
        return self.name == selector.name and all(
            _matches(one, own.get(one.name, "")) for one in selector.matchers.matchers
        )

    def within(self, step: int, length: timedelta) -> list[float]:
        """What was scraped in the range that ends at this step."""
        first = step - math.ceil(length / STEP) + 1
        return [one for one in self.values[max(0, first) : step + 1] if one is not None]


def fired(rule: Mapping[str, Any], world: Iterable[Series]) -> set[Labels]:
    """The labels under which the rule would have told somebody at any time."""
    series = list(world)
    patience = promql_parser.parse_duration(rule["for"]) if "for" in rule else timedelta(0)
    expression = _parsed(rule["expr"])
    since: dict[Labels, int] = {}
    told: set[Labels] = set()
    for step in range(STEPS):
        true = _Moment(series, step).vector(expression)
        since = {labels: since.get(labels, step) for labels in true}
        told |= {labels for labels, began in since.items() if (step - began) * STEP >= patience}
    return told


def _matches(matcher: Any, value: str) -> bool:
    if matcher.op == MatchOp.Equal:
        return value == matcher.value
    if matcher.op == MatchOp.NotEqual:
        raise NotImplementedError(matcher)
    return (re.fullmatch(matcher.value, value) is not None) == (matcher.op == MatchOp.Re)


@dataclass(frozen=True, slots=True)
class _Moment:
    """The series as they are seen at one step."""

    world: Sequence[Series]
    step: int

    def vector(self, node: Any) -> Vector:
        match node:
            case promql_parser.ParenExpr():
                return self.vector(node.expr)
            case promql_parser.VectorSelector():
                return self._over(node, timedelta(0), lambda values: values[-1])
            case promql_parser.AggregateExpr(param=None):
                return self._aggregated(node)
            case promql_parser.BinaryExpr():
                return self._joined(node)
            case promql_parser.Call():
                return self._called(node.func.name, node.args)
            case _:
                raise NotImplementedError(node)

    def _over(
        self, selector: Any, length: timedelta, reduce: Callable[[list[float]], float]
    ) -> Vector:
        """One number of each series; a moment is a range of one scrape."""
        if selector.offset or selector.at:
            raise NotImplementedError(selector)
        found = {
            one.labels: one.within(self.step, max(length, STEP))
            for one in self.world
            if one.is_chosen(selector)
        }
        needed = 1 + (reduce is _increase)
        return {key: reduce(values) for key, values in found.items() if len(values) >= needed}

    def _aggregated(self, node: Any) -> Vector:
        kept: set[str] = set()
        if node.modifier is not None:
            if node.modifier.type != promql_parser.AggModifierType.By:
                raise NotImplementedError(node)
            kept = set(node.modifier.labels)
        groups: defaultdict[Labels, list[float]] = defaultdict(list)
        for labels, value in self.vector(node.expr).items():
            groups[frozenset(pair for pair in labels if pair[0] in kept)].append(value)
        return {labels: _AGGREGATED[str(node.op)](values) for labels, values in groups.items()}

    def _joined(self, node: Any) -> Vector:
        """Vectors are joined where all labels are the same; a comparison keeps the left value."""
        if str(node.modifier or ""):  # bool, on, ignoring, group_left
            raise NotImplementedError(node)
        left, sign = self.vector(node.lhs), str(node.op)
        if isinstance(node.rhs, promql_parser.NumberLiteral):
            right = dict.fromkeys(left, node.rhs.val)
        else:
            right = self.vector(node.rhs)
        both = {labels: (left[labels], right[labels]) for labels in left.keys() & right.keys()}
        if sign == "and":
            return {labels: one for labels, (one, _) in both.items()}
        if sign == "/":
            return {labels: one / other for labels, (one, other) in both.items() if other}
        compare = _COMPARED[sign]
        return {labels: one for labels, (one, other) in both.items() if compare(one, other)}

    def _called(self, name: str, args: Sequence[Any]) -> Vector:
        match name:
            case "absent":
                return {} if self.vector(args[0]) else {frozenset(): 1.0}
            case "histogram_quantile":
                return _quantiles(args[0].val, self.vector(args[1]))
            case "min_over_time":
                return self._ranged(args[0], min)
            case "increase":
                return self._ranged(args[0], _increase)
            case "rate":
                seconds = args[0].range.total_seconds()
                grown = self._ranged(args[0], _increase)
                return {labels: value / seconds for labels, value in grown.items()}
            case _:
                raise NotImplementedError(name)

    def _ranged(self, matrix: Any, reduce: Callable[[list[float]], float]) -> Vector:
        return self._over(matrix.vector_selector, matrix.range, reduce)


def _increase(values: list[float]) -> float:
    """A counter that fell has begun anew at 0."""
    return math.fsum(
        after - before if after >= before else after for before, after in pairwise(values)
    )


def _quantiles(share: float, buckets: Vector) -> Vector:
    histograms: defaultdict[Labels, list[tuple[float, float]]] = defaultdict(list)
    for labels, count in buckets.items():
        [bound] = [value for name, value in labels if name == "le"]
        rest = frozenset(pair for pair in labels if pair[0] != "le")
        histograms[rest].append((float(bound), count))
    return {labels: _quantile(share, sorted(found)) for labels, found in histograms.items()}


def _quantile(share: float, buckets: list[tuple[float, float]]) -> float:
    """Between the bounds of its bucket by its place in it; of the last, the bound below it."""
    rank = share * buckets[-1][1]
    below, counted = 0.0, 0.0
    for bound, count in buckets:
        if count >= rank > 0:
            inside = 0 if math.isinf(bound) else bound - below
            return below + inside * (rank - counted) / (count - counted)
        below, counted = bound, count
    return math.nan  # nothing was counted
