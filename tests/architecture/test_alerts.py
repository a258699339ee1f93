"""Each alert fires for what it is there for, and for nothing that only looks like it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.support.identity import parts_for
from tests.support.promql import STEPS, Series, Values, fired

from expenseflow.app.web import UPLOADS, create_app
from expenseflow.infra.db import Database

World = Mapping[str, Values]
ROOT = Path(__file__).parents[2]
_GROUPS = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yaml").read_text())["groups"]
RULES: dict[str, dict[str, Any]] = {
    rule["alert"]: rule for group in _GROUPS for rule in group["rules"]
}
_RISING = [float(step) for step in range(STEPS)]


@dataclass(frozen=True)
class Case:
    """A scrape each 15 s. `silent` worlds are that of `fires` but for the series they name."""

    fires: World
    silent: Mapping[str, World]


def _slow(route: str, within_a_second: Values) -> World:
    name = "expenseflow_http_request_seconds_bucket"
    buckets = {"1.0": within_a_second, "2.5": _RISING, "+Inf": _RISING}
    return {f'{name}{{route="{route}",le="{le}"}}': value for le, value in buckets.items()}


def _last_hour(completed: int, failed: int) -> World:
    """As two API processes tell it."""
    name, counts = "expenseflow_report_jobs_last_hour", {"Completed": completed, "Failed": failed}
    return {
        f'{name}{{status="{status}",instance="{instance}"}}': count
        for status, count in counts.items()
        for instance in "ab"
    }


_UP = 'up{job="expenseflow",instance="a"}'
_DATABASE_UP = 'expenseflow_database_up{instance="a"}'
_QUEUE_AGE = 'expenseflow_queue_age_seconds{instance="a"}'
_LEASED = 'expenseflow_report_jobs_leased{instance="a"}'
_SILENT = 'expenseflow_worker_silent_seconds{instance="a"}'
_FAILURE_RATE = 'expenseflow_report_job_failure_rate{instance="a"}'
_BREAKER = 'expenseflow_provider_breaker_open{instance="a"}'
_WAITING = 'expenseflow_provider_waiting_jobs{instance="a"}'
_REFUSED = 'expenseflow_provider_request_seconds_count{outcome="refused"}'
_DOWN = 'expenseflow_provider_request_seconds_count{outcome="down"}'
_WELL = 'expenseflow_http_requests_total{status="200"}'
_ERRORS = 'expenseflow_http_requests_total{status="503"}'
_DEGRADED = 'expenseflow_events_degraded{instance="a"}'
_POOL = 'expenseflow_database_pool_{what}{{pool="api",instance="a"}}'
_POOL_WAITING, _POOL_IN_USE, _POOL_SIZE = (
    _POOL.format(what=what) for what in ("waiting", "in_use", "size")
)

CASES = {
    "ExpenseFlowAbsent": Case({}, {"no database": {_DATABASE_UP: 0}}),
    "ExpenseFlowProcessDown": Case(
        {_UP: [1] * 10 + [0] * 5, 'up{job="node",instance="a"}': 0},
        {"restarted in 45 s": {_UP: [1] * 10 + [0] * 3 + [1] * 10}, "another's": {_UP: 1}},
    ),
    "ExpenseFlowDatabaseDown": Case(
        {_DATABASE_UP: [1] * 10 + [0] * 5, 'expenseflow_database_up{instance="b"}': 1},
        {"restarted in 45 s": {_DATABASE_UP: [1] * 10 + [0] * 3 + [1] * 10}},
    ),
    "ExpenseFlowNoWorker": Case(
        {_QUEUE_AGE: [0] * 4 + [15.0 * step for step in range(1, 12)], _LEASED: [1] * 4 + [0] * 11},
        {"workers are busy": {_LEASED: 1}, "one comes soon": {_QUEUE_AGE: [0, 30, 60, 0] * 5}},
    ),
    "ExpenseFlowQueueOld": Case(
        {_QUEUE_AGE: [15.0 * step for step in range(40)]},
        {"it was taken": {_QUEUE_AGE: [15.0 * step for step in range(26)] + [0] * 10}},
    ),
    "ExpenseFlowWorkerStuck": Case(
        {_SILENT: [1] * 4 + [15.0 * step for step in range(10)]},
        {"held up by a silent database": {_SILENT: [1, 16] * 10}},
    ),
    "ExpenseFlowJobsFail": Case(
        {_FAILURE_RATE: 0.2, **_last_hour(4, 1)},
        {"a tenth": {_FAILURE_RATE: 0.1}, "told twice of three": _last_hour(2, 1)},
    ),
    "ExpenseFlowProviderDown": Case(
        {_BREAKER: [0] * 4 + [1] * 30, _WAITING: [1] * 12 + [0] * 22},
        {"nobody waits": {_WAITING: 0}, "a moment": {_BREAKER: [0] * 4 + [1, 1] + [0] * 30}},
    ),
    "ExpenseFlowProviderRefuses": Case(
        {_REFUSED: [0] * 5 + [1] * 5, _DOWN: _RISING},
        {"it is only down": {_REFUSED: 0}, "long ago": {_REFUSED: 7}},
    ),
    "ExpenseFlowSlow": Case(
        {**_slow("/api/me", 0), **_slow("/api/statements", 0)},
        {
            "only an upload": _slow("/api/me", _RISING),
            "nobody asks": dict.fromkeys(_slow("/api/me", 0), 7),
            "for five minutes": _slow("/api/me", [0] * 20 + [step * 9.0 for step in range(60)]),
        },
    ),
    "ExpenseFlowErrors": Case(
        {_WELL: [98 * step for step in _RISING], _ERRORS: [2 * step for step in _RISING]},
        {"one in a hundred": {_ERRORS: [0.98 * step for step in _RISING]}, "none": {_ERRORS: 0}},
    ),
    "ExpenseFlowPolling": Case(
        {_DEGRADED: [0] * 4 + [1] * 21}, {"four minutes": {_DEGRADED: [0] * 4 + [1] * 16 + [0] * 9}}
    ),
    "ExpenseFlowPoolExhausted": Case(
        {_POOL_WAITING: 3, _POOL_IN_USE: 10, _POOL_SIZE: 10},
        {
            "one is made": {_POOL_IN_USE: 9},
            "nobody waits long": {_POOL_WAITING: [3, 0, 3, 3] * 20},
        },
    ),
}  # fmt: skip


def _series(world: World) -> list[Series]:
    return [Series.of(written, values) for written, values in world.items()]


def test_each_rule_has_its_cases() -> None:
    assert CASES.keys() == RULES.keys()


@pytest.mark.parametrize("name", CASES)
def test_an_alert_fires_for_what_it_is_there_for(name: str) -> None:
    assert fired(RULES[name], _series(CASES[name].fires))


@pytest.mark.parametrize(
    ("name", "why"), [(name, why) for name, case in CASES.items() for why in case.silent]
)
def test_an_alert_is_silent_about_what_only_looks_like_it(name: str, why: str) -> None:
    case = CASES[name]
    assert not case.fires or case.silent[why].keys() <= case.fires.keys()
    assert not fired(RULES[name], _series({**case.fires, **case.silent[why]}))


def test_uploads_and_exports_are_what_is_not_called_slow() -> None:
    [left_out] = re.findall(r'route!~"([^"]+)"', RULES["ExpenseFlowSlow"]["expr"])
    app = create_app(parts_for(Database("postgresql://nobody@127.0.0.1:1/none")))
    found = {path for path in app.openapi()["paths"] if re.fullmatch(left_out, path)}
    assert found == {*UPLOADS, "/api/reports/{report_id}/export"}
