"""The system's Chromium, found and started."""

import os
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
MISSING = "NO BROWSER, SO NO PAGE WAS TESTED: install Chromium, or name one in CHROMIUM=/path/to/it"


def find() -> str | None:
    """Where Chromium is; `tests/find-chromium.sh` installs it where it may."""
    wanted = (os.environ.get("CHROMIUM"), *NAMES)
    return next((found for name in wanted if name and (found := shutil.which(name))), None)


def need() -> str:
    """The same, or no test: left out loudly, but failed where nobody reads what was left out."""
    program = find()
    if program is None:
        is_ci = os.environ.get("CI", "") not in ("", "0", "false")
        (pytest.fail if is_ci else pytest.skip)(MISSING)
    return program


@asynccontextmanager
async def running(program: str) -> AsyncGenerator[Browser]:
    """Chromium with a fresh profile, for as long as the block lasts."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        try:
            yield browser
        finally:
            await browser.close()
