"""A command line run in this process leaves nothing behind: no settings, no logging."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog


@pytest.fixture(autouse=True)
def a_process_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No settings of ours, no `.env`; the log as it was before."""
    for name in list(os.environ):
        if name.startswith("EXPENSEFLOW_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.configure(**before)
