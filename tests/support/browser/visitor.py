"""A person with a browser of their own: one context, as many tabs as they open."""

import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    FilePayload,
    Page,
    ViewportSize,
    WebError,
)

from expenseflow.app.links import sign_in_link
from expenseflow.chart import service as charts
from expenseflow.infra.db import Database
from expenseflow.kit.clock import SystemClock
from tests.support.processes import Stack, csv_of

PERIOD = "2026-01"
SCREEN = ViewportSize(width=1280, height=900)
_POLICY_SPY = """
document.addEventListener("securitypolicyviolation", (refused) =>
    console.error(`policy: ${refused.violatedDirective} refused ${refused.blockedURI}`));
"""


class Visitor:
    """Somebody new at that server; `complaints` is what their browser told of."""

    def __init__(self, context: BrowserContext, stack: Stack) -> None:
        self.context = context
        self.stack = stack
        self.email = f"{uuid4().hex[:12]}@example.com"
        self.complaints: list[str] = []
        self._borne: list[re.Pattern[str]] = []
        context.on("console", self._hear)
        context.on("weberror", self._hear_error)

    def bears(self, *patterns: str) -> None:
        """From now on complaints like these are what the test is about."""
        self._borne += map(re.compile, patterns)

    async def link(self) -> str:
        """A link that signs this person in once, as the command line prints it."""
        database = Database(self.stack.env["EXPENSEFLOW_DATABASE_URL"], pool_size=1)
        now = SystemClock().now()
        try:
            async with database.transaction() as session:
                await charts.ensure_starter_chart(session)
                return await sign_in_link(session, self.email, base=self.stack.base_url, now=now)
        finally:
            await database.close()

    async def sign_in(self, place: str = "/app/") -> Page:
        """Follow such a link, then go to that place of the front end."""
        page = await self.context.new_page()
        await page.goto(await self.link())
        await page.wait_for_url(re.compile(r"^[^?]*(?<!/sign-in)$"))
        await page.goto(self.stack.base_url + place)
        return page

    async def open(self, place: str = "/app/") -> Page:
        """One more tab."""
        page = await self.context.new_page()
        await page.goto(self.stack.base_url + place)
        return page

    async def import_month(self, descriptions: Sequence[str], *, period: str = PERIOD) -> None:
        """Have these charges already, past the import page; for who is signed in."""
        content = csv_of(list(descriptions), period=period)
        file = FilePayload(name=f"{period}.csv", mimeType="text/csv", buffer=content)
        answer = await self.context.request.post(
            f"{self.stack.base_url}/api/statements", multipart={"file": file}, headers=self._origin
        )
        assert answer.status == 201, await answer.text()

    async def ask(self, path: str, **params: str | float | bool) -> Any:
        """What the API says to this person."""
        answer = await self.context.request.get(self.stack.base_url + path, params=params)
        assert answer.ok, await answer.text()
        return await answer.json()

    async def tell(self, path: str, body: Any) -> Any:
        """POST; what the API says then."""
        answer = await self.context.request.post(
            self.stack.base_url + path, data=body, headers=self._origin
        )
        assert answer.ok, await answer.text()
        return await answer.json()

    @property
    def _origin(self) -> dict[str, str]:
        """What a page says by itself; without it a session may not act."""
        return {"Origin": self.stack.base_url}

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            place = message.location
            self._complain(f"{message.text} ({place['url']}:{place['lineNumber']})")

    def _hear_error(self, error: WebError) -> None:
        self._complain(f"{error.error.message}\n{error.error.stack}")

    def _complain(self, words: str) -> None:
        if not any(pattern.search(words) for pattern in self._borne):
            self.complaints.append(words)


@asynccontextmanager
async def entering(browser: Browser, stack: Stack) -> AsyncGenerator[Visitor]:
    """A visitor whose browser has nothing to complain of at the end."""
    context = await browser.new_context(
        viewport=SCREEN, locale="en-US", timezone_id="America/New_York"
    )
    await context.add_init_script(_POLICY_SPY)
    visitor = Visitor(context, stack)
    try:
        yield visitor
    finally:
        await context.close()
    assert not visitor.complaints, "\n".join(visitor.complaints)
