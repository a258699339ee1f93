"""Manifests, put together by `kubectl kustomize` without a cluster."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

Manifest = Mapping[str, Any]
ROOT: Final = Path(__file__).parents[3]
FOLDER: Final = ROOT / "deploy/k8s"
_LAID_OUT: Final = Path(sys.prefix) / "deploy-bin"
"""Where deploy/k8s/find-kubectl.sh puts it."""


class CannotRenderError(Exception):
    """The folder does not make manifests; the text is what kustomize says."""


def kubectl() -> str:
    """The program, the one of `make lint` first."""
    found = shutil.which("kubectl", path=os.pathsep.join([str(_LAID_OUT), os.environ["PATH"]]))
    if found is None:
        raise CannotRenderError("there is no kubectl; run make lint-deploy")
    return found


def render(folder: Path) -> Sequence[Manifest]:
    """What `kubectl apply -k` would send.

    Raises:
        CannotRenderError: kustomize cannot make anything of it.
    """
    done = subprocess.run(
        [kubectl(), "kustomize", str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise CannotRenderError(done.stderr.strip())
    return [one for one in yaml.safe_load_all(done.stdout) if one]


def name_of(manifest: Manifest) -> str:
    """As kubectl writes it: `Deployment/expenseflow-api`."""
    return f"{manifest.get('kind')}/{manifest.get('metadata', {}).get('name')}"


def of_kind(manifests: Sequence[Manifest], *kinds: str) -> Iterator[Manifest]:
    return (one for one in manifests if one.get("kind") in kinds)


def workloads(manifests: Sequence[Manifest]) -> Iterator[tuple[str, Manifest]]:
    """Whatever makes pods, by name, with the template of the pod."""
    for one in of_kind(manifests, "Deployment", "StatefulSet", "DaemonSet", "Job"):
        yield name_of(one), one["spec"]["template"]


def containers(manifests: Sequence[Manifest]) -> Iterator[tuple[str, Manifest]]:
    """Every container of every pod, by the name of what makes it."""
    for name, template in workloads(manifests):
        spec = template["spec"]
        for container in [*spec.get("initContainers", ()), *spec["containers"]]:
            yield name, container


def selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether `matchLabels`, or the plain labels of a Service, are all among these."""
    wanted: Mapping[str, str] = selector.get("matchLabels", selector)
    return wanted.items() <= labels.items()


def settings_of(manifests: Sequence[Manifest], container: Manifest) -> Mapping[str, str]:
    """The settings whose values stand in the manifests."""
    found: dict[str, str] = {}
    by_name = {one["metadata"]["name"]: one["data"] for one in of_kind(manifests, "ConfigMap")}
    for source in container.get("envFrom", ()):
        found |= by_name.get(source.get("configMapRef", {}).get("name"), {})
    own: Sequence[Any] = container.get("env", ())
    return found | {entry["name"]: entry["value"] for entry in own if "value" in entry}
