"""What every answer carries."""

import pytest
from tests.support.identity import Visitors

PATHS = [
    "/",
    "/docs",
    "/sign-in",
    "/nowhere",
    "/api/me",
    "/api/nowhere",
    "/health/live",
    "/static/sign_in.js",
    "/app",
    "/app/reports/1",
]


@pytest.mark.parametrize("path", PATHS)
async def test_security_headers_stand_on_everything(visitors: Visitors, path: str) -> None:
    for visitor in (visitors.anonymous(), await visitors.signed_in()):
        headers = (await visitor.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] in ("same-origin", "no-referrer")
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        if path.startswith("/api"):
            assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/docs", "/sign-in"])
async def test_pages_take_nothing_from_elsewhere(visitors: Visitors, path: str) -> None:
    page = (await visitors.anonymous().get(path)).text
    assert 'src="http' not in page
    assert 'href="http' not in page
    assert " style=" not in page
    assert "<script>" not in page


_CARDS = (
    "4111111111111111",
    "4111-1111-1111-1111",
    "4111.1111.1111.1111",
    "order-4111111111111111",
)


async def test_a_sane_request_id_comes_back_and_another_is_replaced(visitors: Visitors) -> None:
    nobody = visitors.anonymous()

    async def returned(sent: str) -> str:
        answer = await nobody.get("/health/live", headers={"X-Request-ID": sent})
        return answer.headers["x-request-id"]

    assert await returned("trace-0123_abc.1") == "trace-0123_abc.1"
    for wrong in ("", "short", "x" * 65, "a b c d e f g h", "<script>alert(1)</script>", *_CARDS):
        assert await returned(wrong) != wrong
        assert len(await returned(wrong)) == 32
