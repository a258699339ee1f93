"""Who may reach our pods, and whom they reach."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from tests.support.kubernetes.rendering import Manifest, name_of, of_kind, selects, workloads

NAMES: Final = frozenset({("UDP", 53), ("TCP", 53)})
POSTGRES: Final = ("TCP", 5432)
HTTPS: Final = ("TCP", 443)
COMING_IN: Final[Mapping[str, frozenset[tuple[str, str]]]] = {
    "api": frozenset({("ingress-nginx", "http"), ("monitoring", "http")}),
    "worker": frozenset({("monitoring", "metrics")}),
}
"""By component, from which namespace at which port; all else comes in nowhere."""
_COMPONENT: Final = "app.kubernetes.io/component"
_NAMESPACE: Final = "kubernetes.io/metadata.name"


def networks_are_closed(manifests: Sequence[Manifest]) -> Iterator[str]:
    """For each pod a policy of what may come in, and one of what may go out."""
    for name, template in workloads(manifests):
        found = list(_policies(manifests, template))
        if {way for policy in found for way in policy["policyTypes"]} != {"Ingress", "Egress"}:
            yield f"{name}: the network is open"
        if any(not rule.get("to") or not rule.get("ports") for rule in _rules(found, "egress")):
            yield f"{name}: a rule lets it reach everything"


def pods_reach_what_they_need(manifests: Sequence[Manifest]) -> Iterator[str]:
    """Names and PostgreSQL all of them; services HTTPS as well. An overlay may let them further."""
    for name, template in workloads(manifests):
        reached = {
            (port.get("protocol", "TCP"), port.get("port"))
            for rule in _rules(_policies(manifests, template), "egress")
            for port in rule.get("ports", ())
        }
        needed = {*NAMES, POSTGRES, *([HTTPS] if _component(template) in COMING_IN else [])}
        for protocol, port in sorted(needed - reached):
            yield f"{name}: cannot reach {protocol} {port}"


def pods_are_reached_by_who_must(manifests: Sequence[Manifest]) -> Iterator[str]:
    """And by nobody else."""
    for one in of_kind(manifests, "Deployment"):
        template = one["spec"]["template"]
        wanted = COMING_IN.get(_component(template), frozenset())
        found = {
            source
            for rule in _rules(_policies(manifests, template), "ingress")
            for source in _sources(rule)
        }
        for namespace, port in sorted(wanted - found):
            yield f"{name_of(one)}: {namespace} cannot reach its port {port}"
        for namespace, port in sorted(found - wanted):
            yield f"{name_of(one)}: {namespace} can reach its port {port}"


def _policies(manifests: Sequence[Manifest], template: Manifest) -> Iterator[Manifest]:
    labels = template["metadata"]["labels"]
    for one in of_kind(manifests, "NetworkPolicy"):
        if selects(one["spec"]["podSelector"], labels):
            yield one["spec"]


def _rules(policies: Iterator[Manifest] | Sequence[Manifest], way: str) -> Iterator[Any]:
    for policy in policies:
        yield from policy.get(way, ())


def _sources(rule: Manifest) -> Iterator[tuple[str, str]]:
    """Namespaces and ports; where a rule names none, that is everybody and everything."""
    for peer in rule.get("from") or [{}]:
        namespace = peer.get("namespaceSelector", {}).get("matchLabels", {})
        for port in rule.get("ports") or [{}]:
            yield namespace.get(_NAMESPACE, "anybody"), str(port.get("port", "whichever"))


def _component(template: Manifest) -> str:
    return template["metadata"]["labels"].get(_COMPONENT, "")
