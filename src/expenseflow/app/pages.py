"""The plain pages around the front end: sign-in, and the list of operations under `/docs`."""

from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from expenseflow.app import docs_page
from expenseflow.identity.oidc.code_flow import Why
from expenseflow.identity.oidc.config import sign_in_url
from expenseflow.identity.oidc.state import local_place

HOME: Final = "/app/"

router = APIRouter(include_in_schema=False)
_pages = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_HELPERS: dict[str, Any] = {"pieces": docs_page.pieces}


@router.get("/")
async def home() -> RedirectResponse:
    """The front end is where people are at home."""
    return RedirectResponse(HOME)


@router.get("/sign-in")
async def sign_in_page(request: Request) -> HTMLResponse:
    """A page whose script posts the code of the address, so that a link preview uses up none.

    Where people sign in at an OpenID provider, it leads there, and says why that came to nothing.
    """
    page = _page("sign_in.html") if request.app.state.openid is None else _sign_in_oidc(request)
    page.headers["Referrer-Policy"] = "no-referrer"
    return page


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    """The operations of the OpenAPI document, without anything from another host."""
    document = request.app.openapi()
    by_tag = docs_page.entries_by_tag(document)
    return _page("docs.html", info=document["info"], by_tag=by_tag)


_NOT_SIGNED_IN: Final = "Not signed in"
NOT_SIGNED_IN: Final[dict[str, str]] = {
    Why.refused: "The sign-in was cancelled, or you may not use ExpenseFlow.",
    Why.expired: "It took too long, or was begun in another browser or tab. Nothing is lost.",
    Why.silent: "The sign-in service does not answer. Try again in a moment.",
    Why.wrong: "The sign-in service gave an answer that cannot be accepted. If it does so again, "
    "tell whoever runs ExpenseFlow; the log says more.",
    Why.disabled: "This account is disabled. What is yours is kept.",
    Why.too_many: "There were very many sign-ins from your network. Try again in a minute.",
}
"""Why somebody is back without a session."""


def _sign_in_oidc(request: Request) -> HTMLResponse:
    """Only words of ours: what an address says is not shown."""
    problem = request.query_params.get("problem", "")
    words = NOT_SIGNED_IN.get(problem, "")
    title = _NOT_SIGNED_IN if words else "Sign in"
    url = sign_in_url(local_place(request.query_params.get("next")))
    return _page("sign_in_oidc.html", title=title, words=words, url=url)


def wants_page(request: Request) -> bool:
    """A browser that follows a link, outside of the API."""
    offered = request.headers.get("accept", "").split(",")
    types = {offer.partition(";")[0].strip().lower() for offer in offered}
    return "text/html" in types and not f"{request.url.path}/".startswith("/api/")


def not_found() -> HTMLResponse:
    """What a person sees at an address that leads nowhere."""
    return _page("not_found.html", status=HTTPStatus.NOT_FOUND)


def not_built() -> HTMLResponse:
    """What stands in place of a front end that nobody has built."""
    return _page("not_built.html", status=HTTPStatus.SERVICE_UNAVAILABLE)


def _page(name: str, *, status: HTTPStatus = HTTPStatus.OK, **values: Any) -> HTMLResponse:
    return HTMLResponse(_pages.get_template(name, globals=_HELPERS).render(**values), status)
