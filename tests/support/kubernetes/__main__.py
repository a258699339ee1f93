"""The lint of `make lint-deploy`: `python -m tests.support.kubernetes FOLDER …`.

Each fault is a line.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.support.kubernetes import policies, schemas
from tests.support.kubernetes.rendering import CannotRenderError, render


def main(folders: Sequence[str]) -> int:
    """1 when anything is wrong with what a folder makes."""
    found = [f"{folder}: {fault}" for folder in folders for fault in _faults(Path(folder))]
    sys.stderr.writelines(f"{line}\n" for line in found)
    return 1 if found or not folders else 0


def _faults(folder: Path) -> Iterator[str]:
    try:
        manifests = render(folder)
    except CannotRenderError as error:
        yield str(error)
        return
    yield from schemas.faults(manifests)
    yield from policies.faults(manifests)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
