"""What is deployed without an engine at hand: the lint bites, bases are pinned, SBOMs are whole."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from tests.support.containers import context, dockerfile

ROOT = Path(__file__).parents[2]
PINNED = re.compile(
    r"[\w./-]+:\d[\w.-]*@sha256:[0-9a-f]{64}|[\w./-]+:v\d[\w.-]*@sha256:[0-9a-f]{64}"
)
PYTHON = dockerfile.read(ROOT / "Dockerfile")[-1].base
COMPOSE = ("compose.yaml", "compose.test.yaml")


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", ROOT / "deploy/lint.sh", folder], capture_output=True, text=True, check=False
    )


def _replace(name: str, old: str, new: str) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new))

    return change


BROKEN = {
    "a shell command that is never right": _replace(
        "Dockerfile", "pip uninstall", "cd nowhere; pip"
    ),
    "a base without a version": _replace("Dockerfile", f"FROM {PYTHON}", "FROM python:latest"),
    "an unknown key of a service": _replace("compose.yaml", "stop_signal:", "stop_sign:"),
    "a port that is none": _replace("compose.test.yaml", '"127.0.0.1:5433:5432"', "[5432]"),
    "a variable without quotes": _replace("run.sh", '"$1"', "$1"),
}


@pytest.fixture
def deployed(tmp_path: Path) -> Path:
    """A copy of what the lint looks at, and a script of its own."""
    for name in ("Dockerfile", *COMPOSE):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "run.sh").write_text('#!/bin/sh\nrm -r "$1"\n')
    return tmp_path


def test_what_stands_here_passes(deployed: Path) -> None:
    answer = _lint(deployed)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_file_is_refused(deployed: Path, broken: str) -> None:
    BROKEN[broken](deployed)
    assert _lint(deployed).returncode == 1


def test_every_image_is_pinned_by_version_and_digest() -> None:
    images = [stage.base for stage in dockerfile.read(ROOT / "Dockerfile")]
    for name in COMPOSE:
        services = yaml.safe_load((ROOT / name).read_text())["services"].values()
        images += [one["image"] for one in services if not one["image"].startswith("expenseflow:")]
    assert len(images) >= 6
    assert not [image for image in images if not PINNED.fullmatch(image)]


def test_what_git_ignores_does_not_go_into_the_build() -> None:
    """Secrets in .env, data, other people's builds."""
    ignored = context.patterns((ROOT / ".dockerignore").read_text())
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory"],
        cwd=ROOT, capture_output=True, check=True, text=True,
    ).stdout  # fmt: skip
    names = [name.rstrip("/") for name in listed.split("\0") if name]
    assert not [
        name for name in [*names, ".env", "src/.env"] if not context.left_out(name, ignored)
    ]


def test_the_production_like_services_can_do_nothing_but_their_work() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    for name in ("migrate", "api", "worker"):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["security_opt"] == ["no-new-privileges:true"]
    assert services["worker"]["deploy"]["replicas"] == 2
    assert "expenseflow_owner" in services["migrate"]["environment"]["EXPENSEFLOW_DATABASE_URL"]
    for name in ("api", "worker"):
        assert "expenseflow_app" in services[name]["environment"]["EXPENSEFLOW_DATABASE_URL"]


def test_who_lives_in_another_s_network_is_started_anew_with_it() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    hosts = {
        name: one["network_mode"].removeprefix("service:")
        for name, one in services.items()
        if "network_mode" in one
    }
    assert hosts == {"api": "provider"}
    for name, host in hosts.items():
        assert services[name]["depends_on"][host]["restart"] is True


def test_the_services_of_the_integration_tests_are_those_that_are_used() -> None:
    services = yaml.safe_load((ROOT / "compose.test.yaml").read_text())["services"]
    used = (ROOT / "tests/integration.sh").read_text()
    for one in services.values():
        for address, _, port in (published.rpartition(":") for published in one["ports"]):
            assert f"{address}/" in used, port


def test_the_compose_file_holds_no_secret_of_its_own() -> None:
    """Each comes from the environment; the example names each that is needed."""
    text = (ROOT / "compose.yaml").read_text()
    needed = set(re.findall(r"\$\{(\w+):\?", text))
    example = dict(
        line.split("=", 1)
        for line in (ROOT / ".env.example").read_text().splitlines()
        if line and not line.startswith("#")
    )
    assert needed == set(example)
    assert all(value.startswith("development-only-") for value in example.values())
    assert not re.findall(r"(?:PASSWORD|KEY|SECRET)\w*: (?!\$\{)\S", text)


def test_the_bill_of_materials_holds_every_package_of_the_locks(tmp_path: Path) -> None:
    made = subprocess.run(
        ["bash", "deploy/docker/sbom.sh", tmp_path],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr

    def parts(name: str) -> set[tuple[str, str]]:
        document = json.loads((tmp_path / name).read_text())
        assert document["bomFormat"] == "CycloneDX"
        return {
            (f"{one['group']}/{one['name']}" if one.get("group") else one["name"], one["version"])
            for one in document["components"]
        }

    lock = (ROOT / "requirements.lock").read_text()
    locked = set(re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;]+)", lock, re.MULTILINE))
    assert len(locked) > 50
    assert locked <= parts("python.cdx.json")
    packages = json.loads((ROOT / "frontend/package-lock.json").read_text())["packages"]
    installed = {
        (package.get("name") or where.rpartition("node_modules/")[2], package["version"])
        for where, package in packages.items()
        if where
    }
    assert installed <= parts("frontend.cdx.json")
