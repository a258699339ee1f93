"""The manifests are what a cluster takes and as our pods must be; planted mistakes are told."""

import copy
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi.routing import APIRoute
from tests.support.identity import parts_for
from tests.support.kubernetes import policies, schemas
from tests.support.kubernetes.__main__ import main
from tests.support.kubernetes.rendering import (
    FOLDER,
    ROOT,
    CannotRenderError,
    Manifest,
    containers,
    of_kind,
    render,
    workloads,
)

from expenseflow.app import pages
from expenseflow.app.web import create_app
from expenseflow.infra.db import Database
from expenseflow.infra.settings import Settings

STAGING, MIGRATION = FOLDER / "overlays/staging", FOLDER / "overlays/staging/migrate"
Mistake = Callable[[Any], object]


@cache
def _rendered(folder: Path) -> Sequence[Manifest]:
    return render(folder)


@pytest.fixture
def staging() -> list[Any]:
    """To be changed by one test."""
    return copy.deepcopy(list(_rendered(STAGING)))


@pytest.fixture(params=[STAGING, MIGRATION], ids=["staging", "migration"])
def manifests(request: pytest.FixtureRequest) -> Sequence[Manifest]:
    return _rendered(request.param)


def _found(manifests: Sequence[Any], kind: str, name: str) -> Any:
    [found] = (one for one in of_kind(manifests, kind) if one["metadata"]["name"] == name)
    return found


def _pod(manifests: Sequence[Any], component: str = "api") -> Any:
    return _found(manifests, "Deployment", f"expenseflow-{component}")["spec"]["template"]["spec"]


def _container(manifests: Sequence[Any], component: str = "api") -> Any:
    return _pod(manifests, component)["containers"][0]


def _settings(manifests: Sequence[Any]) -> Any:
    [found] = of_kind(manifests, "ConfigMap")
    return found["data"]


def _network(manifests: Sequence[Any], name: str) -> Any:
    return _found(manifests, "NetworkPolicy", f"expenseflow-{name}")["spec"]


def _let_in(manifests: Sequence[Any], component: str, at: int, namespace: str) -> None:
    peer = _network(manifests, f"to-{component}")["ingress"][0]["from"][at]
    peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"] = namespace


def test_a_cluster_takes_them(manifests: Sequence[Manifest]) -> None:
    assert list(schemas.faults(manifests)) == []


def test_they_are_as_our_pods_must_be(manifests: Sequence[Manifest]) -> None:
    assert list(policies.faults(manifests)) == []


SCHEMA_MISTAKES: dict[str, tuple[Mistake, str]] = {
    "a member that is none": (
        lambda all_: _container(all_).update(readynessProbe={}),
        "'readynessProbe' was unexpected",
    ),
    "a number as text": (
        lambda all_: _found(all_, "Deployment", "expenseflow-worker")["spec"].update(replicas="2"),
        "'2' is not of type 'integer'",
    ),
    "a version that was taken away": (
        lambda all_: _found(all_, "PodDisruptionBudget", "expenseflow-api").update(
            apiVersion="policy/v1beta1"
        ),
        "knows no PodDisruptionBudget of policy/v1beta1",
    ),
    "a kind that is none": (
        lambda all_: _found(all_, "Ingress", "expenseflow").update(kind="Ingres"),
        "knows no Ingres",
    ),
    "a member that KEDA has not": (
        lambda all_: _found(all_, "ScaledObject", "expenseflow-worker")["spec"].update(
            minReplicas=2
        ),
        "'minReplicas' was unexpected",
    ),
    "an endpoint that the operator cannot read": (
        lambda all_: _found(all_, "ServiceMonitor", "expenseflow-api")["spec"].update(
            endpoints={"port": "http"}
        ),
        "is not of type 'array'",
    ),
    "a rule without its expression": (
        lambda all_: _found(all_, "PrometheusRule", "expenseflow")["spec"]["groups"][0]["rules"][
            0
        ].pop("expr"),
        "'expr' is a required property",
    ),
}


@pytest.mark.parametrize("what", SCHEMA_MISTAKES)
def test_what_a_cluster_would_refuse_is_told(staging: list[Any], what: str) -> None:
    make, words = SCHEMA_MISTAKES[what]
    make(staging)
    changed = [one for one in staging if one not in _rendered(STAGING)]
    assert any(words in fault for fault in schemas.faults(changed)), what


MISTAKES: dict[str, tuple[Mistake, str]] = {
    "root": (
        lambda all_: _pod(all_)["securityContext"].pop("runAsNonRoot"),
        "Deployment/expenseflow-api: the pod does not run as user 10001",
    ),
    "no seccomp": (
        lambda all_: _pod(all_)["securityContext"].pop("seccompProfile"),
        "Deployment/expenseflow-api: no seccomp profile",
    ),
    "a token of the cluster": (
        lambda all_: _pod(all_, "worker").pop("automountServiceAccountToken"),
        "Deployment/expenseflow-worker: the pod gets a token of the cluster",
    ),
    "variables of Services": (
        lambda all_: _pod(all_).pop("enableServiceLinks"),
        "Deployment/expenseflow-api: the cluster sets variables that look like settings",
    ),
    "the machine's files": (
        lambda all_: _pod(all_)["volumes"].append({"name": "x", "hostPath": {"path": "/"}}),
        "Deployment/expenseflow-api: the pod reaches the machine it is on",
    ),
    "a root file system to write to": (
        lambda all_: _container(all_)["securityContext"].update(readOnlyRootFilesystem=False),
        "Deployment/expenseflow-api: the root file system can be written",
    ),
    "privileges": (
        lambda all_: _container(all_)["securityContext"].pop("allowPrivilegeEscalation"),
        "Deployment/expenseflow-api: privileges can grow",
    ),
    "capabilities": (
        lambda all_: _container(all_)["securityContext"]["capabilities"].update(add=["NET_ADMIN"]),
        "Deployment/expenseflow-api: capabilities are not all dropped",
    ),
    "another user in the container": (
        lambda all_: _container(all_)["securityContext"].update(runAsUser=0),
        "Deployment/expenseflow-api: the container overrides whom the pod runs as",
    ),
    "no request": (
        lambda all_: _container(all_)["resources"].pop("requests"),
        "Deployment/expenseflow-api: no request of processor and memory",
    ),
    "no limit": (
        lambda all_: _container(all_)["resources"].pop("limits"),
        "Deployment/expenseflow-api: no limit of memory",
    ),
    "no probe": (
        lambda all_: _container(all_, "worker").pop("livenessProbe"),
        "Deployment/expenseflow-worker: no livenessProbe of ours",
    ),
    "started anew for want of a database": (
        lambda all_: _container(all_)["livenessProbe"]["httpGet"].update(path="/health/ready"),
        "Deployment/expenseflow-api: no livenessProbe of ours",
    ),
    "not begun for want of a database": (
        lambda all_: _container(all_)["startupProbe"]["httpGet"].update(path="/health/ready"),
        "Deployment/expenseflow-api: no startupProbe of ours",
    ),
    "ready as soon as it is alive": (
        lambda all_: _container(all_)["readinessProbe"]["httpGet"].update(path="/health/live"),
        "Deployment/expenseflow-api: people are sent to it before it is ready",
    ),
    "a probe at a port of nobody": (
        lambda all_: _container(all_)["readinessProbe"]["httpGet"].update(port="web"),
        "Deployment/expenseflow-api: no readinessProbe of ours",
    ),
    "one pod away before there is another": (
        lambda all_: _found(all_, "Deployment", "expenseflow-api")["spec"]["strategy"][
            "rollingUpdate"
        ].update(maxUnavailable=1),
        "Deployment/expenseflow-api: a rollout takes a pod away before there is another",
    ),
    "killed while it drains": (
        lambda all_: _settings(all_).update(EXPENSEFLOW_DRAIN_S="30"),
        "Deployment/expenseflow-api: it is killed before it has ended by itself (44 s)",
    ),
    "a secret in the settings": (
        lambda all_: _settings(all_).update(EXPENSEFLOW_LLM_API_KEY="sk-1"),
        "Deployment/expenseflow-api: the value of EXPENSEFLOW_LLM_API_KEY stands in the manifest",
    ),
    "a password in an address": (
        lambda all_: _container(all_)["env"].append(
            {"name": "EXPENSEFLOW_DATABASE_URL", "value": "postgresql://a:b@c/d"}
        ),
        "Deployment/expenseflow-api: the value of EXPENSEFLOW_DATABASE_URL stands in the manifest",
    ),
    "a Secret with its value": (
        lambda all_: all_.append({"kind": "Secret", "metadata": {"name": "expenseflow-llm"}}),
        "Secret/expenseflow-llm: a Secret with its value",
    ),
    "a setting with a typing mistake": (
        lambda all_: _settings(all_).update(EXPENSEFLOW_LOGFORMAT="json"),
        "Deployment/expenseflow-api: EXPENSEFLOW_LOGFORMAT is no setting of ours",
    ),
    "a command that is none": (
        lambda all_: _container(all_, "worker").update(command=["expenseflow", "work"]),
        "Deployment/expenseflow-worker: 'expenseflow work' is no command of ours",
    ),
    "an option that is none": (
        lambda all_: _container(all_)["command"].append("--no-workers"),
        "Deployment/expenseflow-api: serve has no option --no-workers",
    ),
    "labels that select nobody": (
        lambda all_: _found(all_, "Service", "expenseflow-api")["spec"]["selector"].update(
            {"app.kubernetes.io/component": "web"}
        ),
        "Service/expenseflow-api: selects no pods",
    ),
    "labels that select too many": (
        lambda all_: _found(all_, "PodDisruptionBudget", "expenseflow-api")["spec"]["selector"][
            "matchLabels"
        ].pop("app.kubernetes.io/component"),
        "selects ['Deployment/expenseflow-api', 'Deployment/expenseflow-worker']",
    ),
    "a target that is not there": (
        lambda all_: _found(all_, "HorizontalPodAutoscaler", "expenseflow-api")["spec"][
            "scaleTargetRef"
        ].update(name="expenseflow"),
        "HorizontalPodAutoscaler/expenseflow-api: there is no Deployment expenseflow",
    ),
    "two who say how many": (
        lambda all_: _found(all_, "Deployment", "expenseflow-worker")["spec"].update(replicas=2),
        "ScaledObject/expenseflow-worker: the Deployment expenseflow-worker says how many, too",
    ),
    "an Ingress to nowhere": (
        lambda all_: _found(all_, "Service", "expenseflow-api")["metadata"].update(name="api"),
        "Ingress/expenseflow: /api leads to no Service",
    ),
    "a host without a certificate": (
        lambda all_: _found(all_, "Ingress", "expenseflow")["spec"].pop("tls"),
        "Ingress/expenseflow: expenseflow.staging.example.com has no certificate",
    ),
    "a scrape of a port that is none": (
        lambda all_: _found(all_, "PodMonitor", "expenseflow-worker")["spec"][
            "podMetricsEndpoints"
        ][0].update(port="http"),
        "PodMonitor/expenseflow-worker: no container has the port http",
    ),
    "a port where nothing listens": (
        lambda all_: _container(all_)["ports"][0].update(containerPort=8080),
        "Deployment/expenseflow-api: nothing listens at its port http",
    ),
    "an open network": (
        lambda all_: [
            all_.remove(one)
            for one in list(of_kind(all_, "NetworkPolicy"))
            if one["metadata"]["name"] in {"expenseflow-deny", "expenseflow-to-worker"}
        ],
        "Deployment/expenseflow-worker: the network is open",
    ),
    "nothing goes out": (
        lambda all_: _network(all_, "outwards").update(egress=[]),
        "Deployment/expenseflow-worker: cannot reach TCP 5432",
    ),
    "names over UDP alone": (
        lambda all_: _network(all_, "outwards")["egress"][0]["ports"].pop(),
        "Deployment/expenseflow-api: cannot reach TCP 53",
    ),
    "no way to the AI service": (
        lambda all_: _network(all_, "outwards")["egress"].pop(),
        "Deployment/expenseflow-worker: cannot reach TCP 443",
    ),
    "everything goes out": (
        lambda all_: _network(all_, "outwards")["egress"].append({}),
        "Deployment/expenseflow-api: a rule lets it reach everything",
    ),
    "an Ingress that is kept out": (
        lambda all_: _let_in(all_, "api", 0, "nobody"),
        "Deployment/expenseflow-api: ingress-nginx cannot reach its port http",
    ),
    "metrics of the API that nobody can fetch": (
        lambda all_: _let_in(all_, "api", 1, "nobody"),
        "Deployment/expenseflow-api: monitoring cannot reach its port http",
    ),
    "metrics of workers that nobody can fetch": (
        lambda all_: _let_in(all_, "worker", 0, "nobody"),
        "Deployment/expenseflow-worker: monitoring cannot reach its port metrics",
    ),
    "everybody comes in": (
        lambda all_: _network(all_, "to-worker")["ingress"][0].pop("from"),
        "Deployment/expenseflow-worker: anybody can reach its port metrics",
    ),
    "settings that are not there": (
        lambda all_: _container(all_)["envFrom"][0]["configMapRef"].update(name="settings"),
        "Deployment/expenseflow-api: there is no ConfigMap settings",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", MISTAKES)
def test_what_our_pods_must_not_be_is_told(staging: list[Any], what: str) -> None:
    make, words = MISTAKES[what]
    make(staging)
    assert any(fault.endswith(words) for fault in policies.faults(staging)), what


def test_the_lint_ends_with_1_and_a_line_for_each_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(FOLDER, tmp_path / "k8s")
    broken = tmp_path / "k8s/base/worker.yaml"
    broken.write_text(broken.read_text().replace("replicas: 2", "replica: 2"))
    (tmp_path / "k8s/migrate/job.yaml").unlink()

    code = main([str(tmp_path / "k8s/base"), str(tmp_path / "k8s/migrate")])

    assert code == 1
    told = capsys.readouterr().err
    assert "Deployment/expenseflow-worker: spec: " in told
    assert "'replica' was unexpected" in told
    assert "job.yaml" in told


def test_the_lint_of_what_is_well_ends_with_0() -> None:
    assert main([str(MIGRATION)]) == 0


def test_a_folder_that_makes_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CannotRenderError):
        render(tmp_path)


def test_the_alerts_are_those_that_are_tested() -> None:
    """If not: deploy/k8s/components/monitoring/make-rules.sh."""
    rules = _found(_rendered(STAGING), "PrometheusRule", "expenseflow")
    written = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yaml").read_text())
    assert rules["spec"] == written


def test_all_that_is_scraped_goes_by_the_name_that_the_alerts_know() -> None:
    kinds = {"ServiceMonitor": "endpoints", "PodMonitor": "podMetricsEndpoints"}
    for one in of_kind(_rendered(STAGING), *kinds):
        [endpoint] = one["spec"][kinds[one["kind"]]]
        [named] = endpoint["relabelings"]
        assert (named["targetLabel"], named["replacement"]) == ("job", "expenseflow")


def test_workers_are_scaled_by_a_metric_there_is() -> None:
    [trigger] = _found(_rendered(STAGING), "ScaledObject", "expenseflow-worker")["spec"]["triggers"]
    query = trigger["metadata"]["query"]
    name = query.removeprefix("max(").removesuffix(")")
    assert f"| `{name}` | gauge |" in (ROOT / "docs/reference/metrics.md").read_text()


def test_everything_but_the_metrics_can_be_reached_from_outside() -> None:
    [rule] = _found(_rendered(STAGING), "Ingress", "expenseflow")["spec"]["rules"]
    paths = [(path["path"], path["pathType"]) for path in rule["http"]["paths"]]

    def is_reached(address: str) -> bool:
        return any(
            address == path or (kind == "Prefix" and address.startswith(f"{path}/"))
            for path, kind in paths
        )

    app = create_app(parts_for(Database("postgresql://nobody@127.0.0.1:1/none")))
    shown = {route.path for route in pages.router.routes if isinstance(route, APIRoute)}
    assert "/sign-in" in shown
    ours = {*app.openapi()["paths"], *shown, "/app", "/app/x", "/static/x", "/openapi.json"}
    assert {address for address in ours if not is_reached(address)} == {"/metrics"}


def test_the_largest_file_comes_through_to_be_judged_by_us() -> None:
    ingress = _found(_rendered(STAGING), "Ingress", "expenseflow")
    passed = ingress["metadata"]["annotations"]["nginx.ingress.kubernetes.io/proxy-body-size"]
    assert int(passed.removesuffix("m")) > Settings.model_fields["max_upload_mb"].default


def test_the_migration_has_the_release_in_its_name_and_the_owner_s_address_alone() -> None:
    manifests = _rendered(MIGRATION)
    [(name, _)] = workloads(manifests)
    [(_, container)] = containers(manifests)
    release = yaml.safe_load((STAGING / "release/release.yaml").read_text())["data"]

    assert name == f"Job/expenseflow-migrate-{release['version']}"
    assert container["image"] == release["image"]
    secrets = [one["valueFrom"] for one in container["env"] if "valueFrom" in one]
    assert secrets == [{"secretKeyRef": {"name": "expenseflow-database-owner", "key": "url"}}]


def test_everything_of_a_release_runs_the_same_image() -> None:
    both = [*_rendered(STAGING), *_rendered(MIGRATION)]
    assert len({container["image"] for _, container in containers(both)}) == 1


def test_behind_a_pooler_who_listens_goes_past_it(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "k8s")
    overlay = tmp_path / "k8s/overlays/staging/kustomization.yaml"
    overlay.write_text(
        overlay.read_text().replace("# - ../../components/pooler", "- ../../components/pooler")
    )

    manifests = render(overlay.parent)

    assert [*schemas.faults(manifests), *policies.faults(manifests)] == []
    for _, container in containers(manifests):
        assert "EXPENSEFLOW_DATABASE_LISTEN_URL" in {one["name"] for one in container["env"]}


def test_the_migration_ends_and_is_not_kept_for_ever() -> None:
    [job] = of_kind(_rendered(MIGRATION), "Job")
    index_build = 15 * 60
    assert job["spec"]["activeDeadlineSeconds"] > 2 * index_build
    assert job["spec"]["ttlSecondsAfterFinished"] > job["spec"]["activeDeadlineSeconds"]
    assert job["spec"]["backoffLimit"] > 0


@pytest.mark.parametrize("ends", ["SuccessCriteriaMet Complete", "FailureTarget Failed"])
def test_the_guide_waits_for_the_migration_s_end_whichever_it_is(tmp_path: Path, ends: str) -> None:
    guide = (ROOT / "docs/howto/deploy.md").read_text()
    [line] = (line for line in guide.splitlines() if line.startswith("until kubectl"))
    kubectl = tmp_path / "kubectl"
    kubectl.write_text(
        f'#!/bin/sh\n[ -e {tmp_path}/asked ] && echo "{ends}"\n: >{tmp_path}/asked\n'
    )
    kubectl.chmod(0o755)
    done = subprocess.run(
        ["sh", "-c", line],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "VERSION": "1"},
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )
    assert done.stdout == f"{ends}\n"


def test_the_guide_names_what_there_is() -> None:
    guide = (ROOT / "docs/howto/deploy.md").read_text()
    there = {one["metadata"]["name"] for one in of_kind(_rendered(STAGING), "Deployment")}
    assert set(re.findall(r"deployment/([a-z-]+)", guide)) == there
    for path in re.findall(r"deploy/k8s/[\w/.-]+", guide):
        assert (ROOT / path.rstrip(".")).exists(), path
    [namespace] = of_kind(_rendered(STAGING), "Namespace")
    assert f"--namespace={namespace['metadata']['name']}" in guide
    assert {one["name"] for _, one in containers(_rendered(STAGING))} == {"expenseflow"}


def test_the_guide_makes_every_secret_that_is_asked_for() -> None:
    guide = (ROOT / "docs/howto/deploy.md").read_text()
    for _, container in containers([*_rendered(STAGING), *_rendered(MIGRATION)]):
        for entry in container["env"]:
            if "valueFrom" in entry:
                secret = entry["valueFrom"]["secretKeyRef"]
                assert f"`{secret['name']}` | `{secret['key']}`" in guide
                assert f"create secret generic {secret['name']}" in guide
