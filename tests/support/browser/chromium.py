"""The system's Chromium, found and started."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

from tests.support import programs

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
MISSING = "NO BROWSER, SO NO PAGE WAS TESTED: install Chromium, or name one in CHROMIUM=/path/to/it"


def need() -> str:
    """Where it is, or no test."""
    return programs.need("CHROMIUM", *NAMES, missing=MISSING)


@asynccontextmanager
async def running(program: str) -> AsyncGenerator[Browser]:
    """Chromium with a fresh profile, for as long as the block lasts."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        try:
            yield browser
        finally:
            await browser.close()
