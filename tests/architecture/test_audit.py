"""Dependencies: locked with hashes, and asked about; over a real socket, in a real process."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.support import audit

ROOT = Path(__file__).parents[2]
HANGS_UP = 0
"""In the place of a status: the connection is closed without an answer."""


@contextmanager
def database(
    known: dict[str, list[str]], *, status: int = 200, answer: str | None = None
) -> Generator[tuple[str, list[Any]]]:
    """A database of weaknesses that speaks as OSV does; its address, and what it was asked."""
    asked: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            queries = json.loads(self.rfile.read(int(self.headers["content-length"])))["queries"]
            asked.extend(queries)
            results = [
                {"vulns": [{"id": id_} for id_ in ids]} if ids else {}
                for ids in (known.get(query["package"]["name"], []) for query in queries)
            ]
            if status == HANGS_UP:
                return
            self.send_response(status)
            self.end_headers()
            told = json.dumps({"results": results}) if answer is None else answer
            self.wfile.write(told.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its own name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _audit(address: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.support.audit"],
        cwd=ROOT,
        env={**os.environ, "OSV_ADDRESS": address},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_known_weakness_fails_the_audit() -> None:
    with database({"react": ["GHSA-1"], "jinja2": ["GHSA-2", "PYSEC-3"]}) as (address, asked):
        done = _audit(address)
    assert done.returncode == 1, done.stderr
    assert "react " in done.stdout
    assert "GHSA-2, PYSEC-3" in done.stdout
    assert len(asked) == len(audit.locked()) > 300


def test_nothing_known_passes_the_audit() -> None:
    with database({}) as (address, _):
        done = _audit(address)
    assert done.returncode == 0
    assert "0 with a known weakness" in done.stdout


def test_an_audit_that_reaches_nobody_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    done = _audit("http://127.0.0.1:9")
    assert (done.returncode, done.stdout) == (0, "")
    [line] = done.stderr.splitlines()
    assert "were not looked at" in line


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (HANGS_UP, None),
        (405, None),
        (503, None),
        (302, None),
        (200, "<html>"),
        (200, "{}"),
        (200, "[]"),
        (200, '{"results": []}'),
        (200, '{"results": null}'),
    ],
)
def test_an_answer_that_says_nothing_fails_the_audit(status: int, answer: str | None) -> None:
    with database({}, status=status, answer=answer) as (address, _):
        done = _audit(address)
    assert (done.returncode, done.stdout) == (1, "")
    [line] = done.stderr.splitlines()
    assert "were not looked at" in line


@pytest.mark.parametrize("lock", sorted(path.name for path in ROOT.glob("requirements*.lock")))
def test_every_locked_package_has_its_hashes(lock: str) -> None:
    [_, *entries] = ("\n" + (ROOT / lock).read_text()).split("\n", 1)
    pinned = 0
    for entry in "".join(entries).replace("\\\n", " ").splitlines():
        if entry and not entry.startswith("#"):
            assert "==" in entry, entry
            assert "--hash=sha256:" in entry, entry
            pinned += 1
    assert pinned >= 1


def test_every_npm_package_has_its_hash() -> None:
    packages = json.loads((ROOT / "frontend/package-lock.json").read_text())["packages"]
    for place, told in packages.items():
        if place and not told.get("link") and not told.get("inBundle"):
            assert told["integrity"].startswith("sha512-"), place
