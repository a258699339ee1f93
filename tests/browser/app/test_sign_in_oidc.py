"""Signing in and out at a real OpenID provider, by the real pages."""

import re
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect
from tests.support import database as databases
from tests.support.browser.looks import look_at
from tests.support.browser.visitor import Visitor, entering
from tests.support.openid import OpenIdProvider, running
from tests.support.processes import Stack

_REFUSED = r"status of 401"
_ELSEWHERE = (r"fonts\.googleapis\.com", r"/favicon\.ico")  # the provider's own pages


@pytest.fixture(scope="module")
def provided(
    postgres_server: str,
    tmp_path_factory: pytest.TempPathFactory,
    unused_tcp_port_factory: Callable[[], int],
) -> Iterator[tuple[Stack, OpenIdProvider]]:
    """A server whose people sign in elsewhere; on another host, as it is in earnest."""
    port = unused_tcp_port_factory()
    home = f"http://localhost:{port}"
    folder = tmp_path_factory.mktemp("browser-oidc")
    back = f"{home}/api/sign-in/oidc/callback"
    with (
        running(folder, redirects=(back,), signs_out_to=(f"{home}/sign-in",)) as provider,
        databases.fresh_database(postgres_server) as url,
        Stack(
            url, folder, **(provider.settings | {"public_url": home, "port": str(port)})
        ) as stack,
    ):
        stack.api()
        stack.base_url = home
        yield stack, provider


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(
    chromium: Browser, provided: tuple[Stack, OpenIdProvider]
) -> AsyncIterator[Visitor]:
    async with entering(chromium, provided[0]) as somebody:
        somebody.bears(_REFUSED, *_ELSEWHERE)
        yield somebody


async def _at_the_provider(page: Page, login: str) -> None:
    await page.get_by_placeholder("Enter any login").fill(login)
    await page.get_by_placeholder("and password").fill("any")
    await page.get_by_role("button", name="Sign-in").click()


async def test_a_person_signs_in_comes_back_to_the_page_and_signs_out(visitor: Visitor) -> None:
    page = await visitor.open("/app/history")
    await expect(page.get_by_role("heading", name="Sign in to go on")).to_be_visible()
    await look_at(page, "signed-out-oidc")
    await page.get_by_role("link", name="Sign in").click()
    await _at_the_provider(page, "ann")
    await expect(page).to_have_url(f"{visitor.stack.base_url}/app/history")
    await expect(page.get_by_text("ann@example.com")).to_be_visible()

    await page.get_by_role("button", name="Sign out").click()
    await page.get_by_role("button", name="Yes, sign me out").click()
    await expect(page).to_have_url(re.compile(r"/sign-in"))
    await page.get_by_role("link", name="Sign in").click()
    await expect(page.get_by_placeholder("Enter any login")).to_be_visible()


async def test_a_person_who_cancels_is_told_so_and_may_try_again(visitor: Visitor) -> None:
    page = await visitor.open("/app/")
    await page.get_by_role("link", name="Sign in").click()
    await page.get_by_role("link", name="Cancel").click()
    await expect(page.get_by_role("alert")).to_contain_text("cancelled")
    await look_at(page, "not-signed-in")
    await page.get_by_role("link", name="Try again").click()
    await _at_the_provider(page, "bob")
    await expect(page.get_by_text("bob@example.com")).to_be_visible()


async def test_a_session_that_ends_in_the_middle_goes_on_beside(visitor: Visitor) -> None:
    page = await visitor.open("/app/settings/rules/new")
    await page.get_by_role("link", name="Sign in").click()
    await _at_the_provider(page, "ann")
    await page.get_by_label("Name").fill("Cabs")
    await visitor.context.clear_cookies(name="expenseflow_session")
    await page.evaluate("() => window.dispatchEvent(new Event('visibilitychange'))")
    link = page.get_by_role("link", name="Sign in, in another tab")
    async with visitor.context.expect_page() as opened:
        await link.click()
    other = await opened.value
    await expect(other.get_by_text("ann@example.com")).to_be_visible()
    await expect(page.get_by_label("Name")).to_have_value("Cabs")
    await expect(page.get_by_label("Name")).to_be_visible()
