"""Whether what refers to something finds it: labels, ports, names."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.support.kubernetes.rendering import (
    Manifest,
    containers,
    name_of,
    of_kind,
    selects,
    settings_of,
    workloads,
)

PORTS = {"http": "EXPENSEFLOW_PORT", "metrics": "EXPENSEFLOW_METRICS_PORT"}
"""Which setting says where a container listens."""


def is_wired(manifests: Sequence[Manifest]) -> Iterator[str]:
    """Every reference that finds nothing, or something else."""
    yield from _own_pods(manifests)
    yield from _selectors(manifests)
    yield from _ports(manifests)
    yield from _scraped(manifests)
    yield from _scaled(manifests)
    yield from _ingresses(manifests)
    yield from _config_maps(manifests)
    yield from _service_accounts(manifests)
    yield from _listening(manifests)


def _own_pods(manifests: Sequence[Manifest]) -> Iterator[str]:
    for one in of_kind(manifests, "Deployment"):
        labels = one["spec"]["template"]["metadata"]["labels"]
        if not selects(one["spec"]["selector"], labels):
            yield f"{name_of(one)}: does not select its own pods"
        for spread in one["spec"]["template"]["spec"].get("topologySpreadConstraints", ()):
            if not selects(spread["labelSelector"], labels):
                yield f"{name_of(one)}: spreads pods of others"


def _selectors(manifests: Sequence[Manifest]) -> Iterator[str]:
    pods = {name: template["metadata"]["labels"] for name, template in workloads(manifests)}
    for one in of_kind(manifests, "Service", "PodDisruptionBudget", "PodMonitor"):
        chosen = [name for name, labels in pods.items() if selects(one["spec"]["selector"], labels)]
        if len(chosen) != 1:
            yield f"{name_of(one)}: selects {chosen or 'no pods'}"
    for one in of_kind(manifests, "NetworkPolicy"):
        if not any(selects(one["spec"]["podSelector"], labels) for labels in pods.values()):
            yield f"{name_of(one)}: selects no pods"


def _ports(manifests: Sequence[Manifest]) -> Iterator[str]:
    wanted = [
        (one, port["targetPort"])
        for one in of_kind(manifests, "Service")
        for port in one["spec"]["ports"]
    ]
    wanted += [(one, endpoint["port"])
               for one in of_kind(manifests, "PodMonitor")
               for endpoint in one["spec"]["podMetricsEndpoints"]]  # fmt: skip
    for one, port in wanted:
        if port not in _ports_of(manifests, one["spec"]["selector"]):
            yield f"{name_of(one)}: no container has the port {port}"


def _scraped(manifests: Sequence[Manifest]) -> Iterator[str]:
    services = list(of_kind(manifests, "Service"))
    for one in of_kind(manifests, "ServiceMonitor"):
        names = {
            port["name"]
            for service in services
            if selects(one["spec"]["selector"], service["metadata"]["labels"])
            for port in service["spec"]["ports"]
        }
        if any(endpoint["port"] not in names for endpoint in one["spec"]["endpoints"]):
            yield f"{name_of(one)}: no Service has the port it scrapes"


def _ports_of(manifests: Sequence[Manifest], selector: Mapping[str, Any]) -> set[str]:
    return {
        port["name"]
        for _, template in workloads(manifests)
        if selects(selector, template["metadata"]["labels"])
        for container in template["spec"]["containers"]
        for port in container.get("ports", ())
    }


def _scaled(manifests: Sequence[Manifest]) -> Iterator[str]:
    deployments = {one["metadata"]["name"]: one for one in of_kind(manifests, "Deployment")}
    for one in of_kind(manifests, "HorizontalPodAutoscaler", "ScaledObject"):
        target = one["spec"]["scaleTargetRef"]["name"]
        if target not in deployments:
            yield f"{name_of(one)}: there is no Deployment {target}"
        elif "replicas" in deployments[target]["spec"]:
            yield f"{name_of(one)}: the Deployment {target} says how many, too"


def _ingresses(manifests: Sequence[Manifest]) -> Iterator[str]:
    ports = {
        one["metadata"]["name"]: {port["name"] for port in one["spec"]["ports"]}
        for one in of_kind(manifests, "Service")
    }
    for one in of_kind(manifests, "Ingress"):
        secured = {host for tls in one["spec"].get("tls", ()) for host in tls["hosts"]}
        for rule in one["spec"]["rules"]:
            if rule.get("host") not in secured:
                yield f"{name_of(one)}: {rule.get('host')} has no certificate"
            for path in rule["http"]["paths"]:
                service = path["backend"]["service"]
                if service["port"].get("name") not in ports.get(service["name"], set()):
                    yield f"{name_of(one)}: {path['path']} leads to no Service"


def _config_maps(manifests: Sequence[Manifest]) -> Iterator[str]:
    there = {one["metadata"]["name"] for one in of_kind(manifests, "ConfigMap")}
    for name, container in containers(manifests):
        for source in container.get("envFrom", ()):
            wanted = source.get("configMapRef", {}).get("name")
            if wanted not in there:
                yield f"{name}: there is no ConfigMap {wanted}"


def _service_accounts(manifests: Sequence[Manifest]) -> Iterator[str]:
    there = {one["metadata"]["name"] for one in of_kind(manifests, "ServiceAccount")}
    for name, template in workloads(manifests):
        wanted = template["spec"].get("serviceAccountName", "default")
        if wanted not in there:
            yield f"{name}: there is no ServiceAccount {wanted}"


def _listening(manifests: Sequence[Manifest]) -> Iterator[str]:
    for name, container in containers(manifests):
        said = {"EXPENSEFLOW_PORT": "5000", **settings_of(manifests, container)}
        for port in container.get("ports", ()):
            setting = PORTS.get(port["name"])
            if setting is None or said.get(setting) != str(port["containerPort"]):
                yield f"{name}: nothing listens at its port {port['name']}"
