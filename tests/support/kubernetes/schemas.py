"""Manifests against the schemas of Kubernetes and of the custom resources, strictly and offline."""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final

import kubernetes_validate
from jsonschema import Draft202012Validator

from tests.support.kubernetes.rendering import FOLDER, Manifest, name_of

OLDEST, NEWEST = "1.31", "1.37"
"""The releases of Kubernetes that we say it works with: what both take, those between take too."""
_CUSTOM: Final = FOLDER / "schemas"


def faults(manifests: Sequence[Manifest]) -> Iterator[str]:
    """What a cluster would refuse, or pass over in silence, one line each."""
    for manifest in manifests:
        for fault in dict.fromkeys(_faults_of(manifest)):
            yield f"{name_of(manifest)}: {fault}"


def _faults_of(manifest: Manifest) -> Iterator[str]:
    kind, version = manifest.get("kind"), manifest.get("apiVersion")
    if not isinstance(kind, str) or not isinstance(version, str):
        yield "it has no kind or no apiVersion"
        return
    if (custom := _custom().get((kind, version))) is not None:
        yield from (_words(error) for error in custom.iter_errors(manifest))
        return
    for release in (OLDEST, NEWEST):
        try:
            kubernetes_validate.validate(dict(manifest), release, strict=True)
        except kubernetes_validate.ValidationError as error:
            yield _words(error)
        except kubernetes_validate.SchemaNotFoundError:
            yield f"Kubernetes {release} knows no {kind} of {version}"


def _words(error: Any) -> str:
    return f"{'.'.join(str(step) for step in error.path) or 'the whole'}: {error.message}"


@cache
def _custom() -> dict[tuple[str, str], Draft202012Validator]:
    read = [json.loads(path.read_text()) for path in sorted(_CUSTOM.glob("*.json"))]
    return {
        (one["properties"]["kind"]["const"], one["properties"]["apiVersion"]["const"]):
            Draft202012Validator(one)
        for one in read
    }  # fmt: skip
