"""Dashboard, alert rules and reference name exactly the metrics that are exported."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from prometheus_client.core import CollectorRegistry
from prometheus_client.metrics_core import Metric
from tests.support.identity import parts_for

from expenseflow.app.web import create_app
from expenseflow.infra.db import Database
from expenseflow.infra.metrics.installation import InstallationCollector, JobNumbers
from expenseflow.infra.metrics.provider import ProviderNumbers

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "docs/reference/metrics.md").read_text()
OPERATE = (ROOT / "docs/howto/operate.md").read_text()
DASHBOARD = json.loads((ROOT / "deploy/grafana/expenseflow.json").read_text())
RULES = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yaml").read_text())
ALERTS: list[dict[str, Any]] = [rule for group in RULES["groups"] for rule in group["rules"]]
PANELS: list[dict[str, Any]] = [one for one in DASHBOARD["panels"] if one["type"] != "row"]
_JOBS = JobNumbers(
    active={"Pending": 0, "Processing": 0, "CancellationRequested": 0},
    leased=0,
    last_hour={"Completed": 0, "Failed": 0, "Cancelled": 0},
    failure_rate=0,
    queue_depth=0,
    queue_age=0,
    longest_run=0,
    alert_firing=False,
)
_ROW = re.compile(r"^\| `(expenseflow_\w+)(?:\{([\w,]+)\})?` \| (\w+) \|", re.MULTILINE)
_HEADING = re.compile(r"^### (\w+)$", re.MULTILINE)
_OF_THE_SCRAPE = {"instance", "job"}
_OF_PROMETHEUS = {"up": {"job": {"expenseflow"}, "instance": set[str]()}}
_OF_GRAFANA = {"$__rate_interval": "5m"}


def _families() -> Iterator[Metric]:
    """All that an API process with a worker and a provider would tell."""
    parts = parts_for(Database("postgresql://nobody@127.0.0.1:1/none"))
    parts.metrics.worker.begins(1)
    parts.metrics.pools.add("api", parts.database.pool)
    app = create_app(parts)
    app.state.web_metrics.answered("GET", "/", 200, 0.1)
    said = InstallationCollector()
    said.says(_JOBS, ProviderNumbers(limits={"requests": (1, 1.0), "tokens": (1, 1.0)}))
    own = CollectorRegistry()
    own.register(said)
    seen = {family.name for family in own.collect()}
    for registry in (parts.metrics.registry, app.state.web_metrics.registry, own):
        for family in registry.collect():
            if registry is own or family.name not in seen:
                yield family


@pytest.fixture(scope="module")
def exported() -> dict[str, dict[str, set[str]]]:
    """By sample name: each label with the values it has."""
    found: dict[str, dict[str, set[str]]] = {**_OF_PROMETHEUS}
    for family in _families():
        for sample in family.samples:
            labels = found.setdefault(sample.name, {})
            for label, value in sample.labels.items():
                labels.setdefault(label, set()).add(value)
    return found


def _expressions() -> list[str]:
    panels = [target["expr"] for panel in PANELS for target in panel["targets"]]
    return panels + [alert["expr"] for alert in ALERTS]


def _parsed(expression: str) -> Any:
    for name, value in _OF_GRAFANA.items():
        expression = expression.replace(name, value)
    return promql_parser.parse(expression)


def _nodes(node: Any) -> Iterator[Any]:
    """The expression and all parts of it."""
    yield node
    for name in ("lhs", "rhs", "expr", "vector_selector"):
        if (part := getattr(node, name, None)) is not None:
            yield from _nodes(part)
    for part in getattr(node, "args", None) or ():
        yield from _nodes(part)


def _selectors(node: Any) -> list[Any]:
    return [one for one in _nodes(node) if isinstance(one, promql_parser.VectorSelector)]


@pytest.mark.parametrize("expression", _expressions())
def test_every_name_and_label_in_dashboard_and_rules_is_exported(
    expression: str, exported: dict[str, dict[str, set[str]]]
) -> None:
    selectors = _selectors(_parsed(expression))
    assert selectors
    for selector in selectors:
        assert selector.name is not None
        assert selector.name in exported
        for matcher in selector.matchers.matchers:
            assert matcher.name in exported[selector.name]
            if matcher.op == promql_parser.MatchOp.Equal:
                assert matcher.value in exported[selector.name][matcher.name]


@pytest.mark.parametrize("expression", _expressions())
def test_what_is_grouped_by_is_a_label_of_what_is_grouped(
    expression: str, exported: dict[str, dict[str, set[str]]]
) -> None:
    for node in _nodes(_parsed(expression)):
        if isinstance(node, promql_parser.AggregateExpr) and node.modifier is not None:
            for selector in _selectors(node.expr):
                assert set(node.modifier.labels) - _OF_THE_SCRAPE <= exported[selector.name].keys()


def test_the_reference_names_each_metric_and_no_other() -> None:
    families = {family.name: family for family in _families() if "expenseflow" in family.name}
    names = {
        f"{name}_total" if family.type == "counter" else name: family
        for name, family in families.items()
    }
    rows = _ROW.findall(REFERENCE)
    assert {row[0] for row in rows} == names.keys()
    for name, labels, kind in rows:
        assert kind == names[name].type
        samples = [sample for sample in names[name].samples if not sample.name.endswith("_created")]
        told = {label for sample in samples for label in sample.labels} - {"le"}
        assert set(filter(None, labels.split(","))) == told, name


def test_each_alert_says_how_bad_it_is_and_what_to_do() -> None:
    assert len({alert["alert"] for alert in ALERTS}) == len(ALERTS)
    for alert in ALERTS:
        assert alert["labels"]["severity"] in ("critical", "warning")
        assert alert["annotations"]["summary"]
        page, _, heading = alert["annotations"]["runbook"].partition("#")
        assert page == "docs/howto/operate.md"
        assert heading == alert["alert"].lower()
        assert f"### {alert['alert']}\n" in OPERATE


def test_the_scrape_job_has_the_name_that_the_alerts_go_by() -> None:
    [job] = _OF_PROMETHEUS["up"]["job"]
    assert re.search(rf"- job_name: {job}\b", OPERATE)


def test_no_alert_is_explained_that_does_not_exist() -> None:
    assert set(_HEADING.findall(OPERATE)) == {one["alert"] for one in ALERTS}


def test_each_panel_has_a_unit_and_the_chosen_data_source() -> None:
    [chosen] = DASHBOARD["templating"]["list"]
    assert (chosen["type"], chosen["query"]) == ("datasource", "prometheus")
    for panel in PANELS:
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]
        sources = [panel["datasource"], *(target["datasource"] for target in panel["targets"])]
        assert {source["uid"] for source in sources} == {"${" + chosen["name"] + "}"}
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))
