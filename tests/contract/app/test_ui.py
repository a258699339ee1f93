"""The front end as it is served: the page below `/app`, its files below `/static`."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from tests.support.identity import ADDRESS, Visitors, parts_for

from expenseflow.app.web import create_app
from expenseflow.infra.db import Database

FOR_EVER = "public, max-age=31536000, immutable"
SCRIPT = "const answer = 42;\n" * 100
PAGE = '<!doctype html><script type="module" src="/static/ui/assets/index-abc.js"></script>'


def _lay(folder: Path) -> None:
    (folder / "ui" / "assets").mkdir(parents=True)
    (folder / "ui" / "index.html").write_text(PAGE)
    (folder / "ui" / "theme.js").write_text(SCRIPT)
    (folder / "ui" / "assets" / "index-abc.js").write_text(SCRIPT)


def _browser(db: Database, static: Path) -> httpx.AsyncClient:
    app = create_app(parts_for(db), static=static)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS)


@pytest.fixture
async def browser(db: Database, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Over a front end of its own, so that nothing depends on whether the real one is built."""
    _lay(tmp_path)
    async with _browser(db, tmp_path) as client:
        yield client


@pytest.mark.parametrize("place", ["/app/", "/app/reports/1", "/app/a.b/c"])
async def test_every_place_is_the_same_page_and_asked_for_anew(
    browser: httpx.AsyncClient, place: str
) -> None:
    page = await browser.get(place)
    assert page.status_code == 200
    assert page.text == PAGE
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-cache"
    policy = page.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


async def test_an_unchanged_page_is_not_sent_again(browser: httpx.AsyncClient) -> None:
    first = (await browser.get("/app/")).headers
    again = await browser.get("/app/", headers={"If-None-Match": first["etag"]})
    assert again.status_code == 304
    # A browser takes over what a 304 says: the policy of the API would stop every script.
    for name in ("content-security-policy", "cache-control"):
        assert again.headers[name] == first[name]


async def test_the_address_without_a_slash_leads_to_the_page(
    browser: httpx.AsyncClient,
) -> None:
    answer = await browser.get("/app")
    assert (answer.status_code, answer.headers["location"]) == (308, "/app/")


async def test_files_named_by_their_content_are_kept_for_ever_and_packed(
    browser: httpx.AsyncClient,
) -> None:
    script = await browser.get("/static/ui/assets/index-abc.js")
    assert script.text == SCRIPT
    assert script.headers["cache-control"] == FOR_EVER
    assert script.headers["content-encoding"] == "gzip"
    assert script.headers["vary"] == "Accept-Encoding"
    theme = await browser.get("/static/ui/theme.js")
    assert theme.headers["cache-control"] == "no-cache"


async def test_a_file_of_an_older_build_is_not_found_and_not_kept(
    browser: httpx.AsyncClient,
) -> None:
    answer = await browser.get("/static/ui/assets/index-old.js")
    assert answer.status_code == 404
    assert FOR_EVER not in answer.headers.get("cache-control", "")


async def test_a_front_end_that_nobody_built_says_how(db: Database, tmp_path: Path) -> None:
    async with _browser(db, tmp_path) as browser:
        page = await browser.get("/app/")
    assert page.status_code == 503
    assert "make setup" in page.text


async def test_the_sign_in_page_leads_back_only_into_the_front_end(visitors: Visitors) -> None:
    script = (await visitors.anonymous().get("/static/sign_in.js")).text
    assert 'kept.startsWith("/app/") ? kept : "/app/"' in script
