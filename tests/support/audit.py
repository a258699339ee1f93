"""Asks a database of known weaknesses about every locked package: `make audit`.

The database is OSV (https://osv.dev), which knows those of PyPI and of npm alike. Exit 1 when a
package has one, and when what answers is not what is understood here: nothing would be looked at
any more, and nobody told. Where no connection to it can be made that is said in one line, and
nothing fails: a build must work without it.
"""

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]
ADDRESS = "https://api.osv.dev"
ACCEPTED: Mapping[str, str] = {}
"""Weaknesses that do not touch us: the id, and why."""
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
_AT_ONCE = 500
_NO_CONNECTION = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError)
_PATIENCE = httpx.Timeout(20.0, connect=5.0)


@dataclass(frozen=True, order=True)
class Package:
    """One version of one package."""

    ecosystem: str
    name: str
    version: str

    def asked(self) -> dict[str, Any]:
        return {
            "package": {"ecosystem": self.ecosystem, "name": self.name},
            "version": self.version,
        }


def locked(root: Path = ROOT) -> list[Package]:
    """What all lock files name, each once."""
    return sorted({*_of_python(root), *_of_npm(root)})


def _of_python(root: Path) -> Iterator[Package]:
    for lock in root.glob("requirements*.lock"):
        for name, version in _PINNED.findall(lock.read_text()):
            yield Package("PyPI", name, version)


def _of_npm(root: Path) -> Iterator[Package]:
    lock = json.loads((root / "frontend/package-lock.json").read_text())
    for place, told in lock["packages"].items():
        name = told.get("name") or place.rpartition("node_modules/")[2]
        if place and "version" in told:
            yield Package("npm", name, told["version"])


def weaknesses(packages: Sequence[Package], address: str) -> dict[Package, list[str]]:
    """The ids of what is known of each that has any.

    Raises:
        httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError: there is no connection.
        httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError: that is no answer.
    """
    found: dict[Package, list[str]] = {}
    with httpx.Client(base_url=address, timeout=_PATIENCE) as client:
        for start in range(0, len(packages), _AT_ONCE):
            some = packages[start : start + _AT_ONCE]
            answer = client.post("/v1/querybatch", json={"queries": [one.asked() for one in some]})
            results = answer.raise_for_status().json()["results"]
            for package, result in zip(some, results, strict=True):
                ids = [known["id"] for known in result.get("vulns", [])]
                if left := [id_ for id_ in ids if id_ not in ACCEPTED]:
                    found[package] = left
    return found


def main() -> int:
    packages = locked()
    address = os.environ.get("OSV_ADDRESS", ADDRESS)
    try:
        found = weaknesses(packages, address)
    except _NO_CONNECTION as error:
        _not_looked_at(packages, f"{address} cannot be asked ({type(error).__name__})")
        return 0
    except Exception as error:  # noqa: BLE001  # whatever it is, it was no answer
        _not_looked_at(packages, f"{address} was not understood ({error!r})")
        return 1
    for package, ids in found.items():
        print(f"{package.name} {package.version} ({package.ecosystem}): {', '.join(ids)}")  # noqa: T201  # as above
    print(f"audit: {len(packages)} packages, {len(found)} with a known weakness")  # noqa: T201  # as above
    return 1 if found else 0


def _not_looked_at(packages: Sequence[Package], why: str) -> None:
    print(f"audit: {len(packages)} packages were not looked at, since {why}", file=sys.stderr)  # noqa: T201  # as above


if __name__ == "__main__":
    sys.exit(main())
