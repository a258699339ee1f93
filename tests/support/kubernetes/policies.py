"""What a schema does not know: how our pods must be, and that names on both sides are the same."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from expenseflow.app.server import END_AT_LAST_SECONDS
from expenseflow.infra.settings import Settings
from tests.support.kubernetes import commands, network
from tests.support.kubernetes.rendering import (
    Manifest,
    containers,
    name_of,
    of_kind,
    settings_of,
    workloads,
)
from tests.support.kubernetes.wiring import is_wired

Policy = Callable[[Sequence[Manifest]], Iterator[str]]
PREFIX: Final = "EXPENSEFLOW_"
SECRET: Final = frozenset({"database_url", "database_listen_url", "signing_key"})
"""Beside those whose type says so."""
USER: Final = 10001
"""Whom the image makes."""
MARGIN_SECONDS: Final = 2
_ALIVE, _READY = "/health/live", "/health/ready"
PROBED: Final[Mapping[str, frozenset[str]]] = {
    "startupProbe": frozenset({_ALIVE}),
    "livenessProbe": frozenset({_ALIVE}),
    "readinessProbe": frozenset({_ALIVE, _READY}),
}
"""What each may ask. Without its database a pod is not ready; to start it anew would not help."""


def faults(manifests: Sequence[Manifest]) -> Iterator[str]:
    """What is not as it must be, one line each."""
    for policy in POLICIES:
        yield from policy(manifests)


def pods_have_no_rights(manifests: Sequence[Manifest]) -> Iterator[str]:
    """What the Pod Security Standard calls restricted, and a little more."""
    for name, template in workloads(manifests):
        spec = template["spec"]
        context = spec.get("securityContext", {})
        if context.get("runAsNonRoot") is not True or context.get("runAsUser") != USER:
            yield f"{name}: the pod does not run as user {USER}"
        if context.get("seccompProfile", {}).get("type") != "RuntimeDefault":
            yield f"{name}: no seccomp profile"
        if spec.get("automountServiceAccountToken") is not False:
            yield f"{name}: the pod gets a token of the cluster"
        if spec.get("enableServiceLinks") is not False:
            yield f"{name}: the cluster sets variables that look like settings"
        if any("hostPath" in volume for volume in spec.get("volumes", ())) or any(
            spec.get(key) for key in ("hostNetwork", "hostPID", "hostIPC")
        ):
            yield f"{name}: the pod reaches the machine it is on"


def containers_have_no_rights(manifests: Sequence[Manifest]) -> Iterator[str]:
    for name, container in containers(manifests):
        context = container.get("securityContext", {})
        if context.get("readOnlyRootFilesystem") is not True:
            yield f"{name}: the root file system can be written"
        if context.get("allowPrivilegeEscalation") is not False or context.get("privileged"):
            yield f"{name}: privileges can grow"
        if context.get("capabilities") != {"drop": ["ALL"]}:
            yield f"{name}: capabilities are not all dropped"
        if {"runAsUser", "runAsNonRoot"} & context.keys():
            yield f"{name}: the container overrides whom the pod runs as"


def resources_are_named(manifests: Sequence[Manifest]) -> Iterator[str]:
    """No limit of the processor: it would only slow down what has nobody to share with."""
    for name, container in containers(manifests):
        resources = container.get("resources", {})
        if not {"cpu", "memory"} <= resources.get("requests", {}).keys():
            yield f"{name}: no request of processor and memory"
        if "memory" not in resources.get("limits", {}):
            yield f"{name}: no limit of memory"


def services_are_probed(manifests: Sequence[Manifest]) -> Iterator[str]:
    """Where people are sent to, readiness says whether anything behind it works."""
    for one in of_kind(manifests, "Deployment"):
        for container in one["spec"]["template"]["spec"]["containers"]:
            ports = {port["name"] for port in container.get("ports", ())}
            for probe, paths in PROBED.items():
                asked = container.get(probe, {}).get("httpGet", {})
                if asked.get("path") not in paths or asked.get("port") not in ports:
                    yield f"{name_of(one)}: no {probe} of ours"
            asked = container.get("readinessProbe", {}).get("httpGet", {})
            if "http" in ports and asked.get("path") != _READY:
                yield f"{name_of(one)}: people are sent to it before it is ready"


def rollouts_interrupt_nobody(manifests: Sequence[Manifest]) -> Iterator[str]:
    for one in of_kind(manifests, "Deployment"):
        rolling = one["spec"].get("strategy", {}).get("rollingUpdate", {})
        if rolling.get("maxUnavailable") != 0:
            yield f"{name_of(one)}: a rollout takes a pod away before there is another"
        spec = one["spec"]["template"]["spec"]
        drain = float(settings_of(manifests, spec["containers"][0]).get("EXPENSEFLOW_DRAIN_S", 0))
        needed = drain + END_AT_LAST_SECONDS + MARGIN_SECONDS
        if spec.get("terminationGracePeriodSeconds", 30) < needed:
            yield f"{name_of(one)}: it is killed before it has ended by itself ({needed:g} s)"


def secrets_are_only_referred_to(manifests: Sequence[Manifest]) -> Iterator[str]:
    secret = {
        f"{PREFIX}{name.upper()}"
        for name, field in Settings.model_fields.items()
        if name in SECRET or "SecretStr" in str(field.annotation)
    }
    for one in of_kind(manifests, "Secret"):
        yield f"{name_of(one)}: a Secret with its value"
    for name, container in containers(manifests):
        for variable in secret & settings_of(manifests, container).keys():
            yield f"{name}: the value of {variable} stands in the manifest"


def settings_exist(manifests: Sequence[Manifest]) -> Iterator[str]:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    for name, container in containers(manifests):
        used = {*settings_of(manifests, container), *(e["name"] for e in container.get("env", ()))}
        for variable in sorted(used - known):
            yield f"{name}: {variable} is no setting of ours"


def commands_exist(manifests: Sequence[Manifest]) -> Iterator[str]:
    for name, container in containers(manifests):
        words = [*container.get("command", ()), *container.get("args", ())]
        if (fault := commands.fault_of(words)) is not None:
            yield f"{name}: {fault}"


POLICIES: Final[Sequence[Policy]] = (
    pods_have_no_rights,
    containers_have_no_rights,
    resources_are_named,
    services_are_probed,
    rollouts_interrupt_nobody,
    secrets_are_only_referred_to,
    settings_exist,
    commands_exist,
    is_wired,
    network.networks_are_closed,
    network.pods_reach_what_they_need,
    network.pods_are_reached_by_who_must,
)
