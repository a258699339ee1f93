"""The plain pages around the front end: sign-in, and the list of operations under `/docs`."""

from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from expenseflow.app import docs_page

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
async def sign_in_page() -> HTMLResponse:
    """A page whose script posts the code of the address, so that a link preview uses up none."""
    page = _page("sign_in.html")
    page.headers["Referrer-Policy"] = "no-referrer"
    return page


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    """The operations of the OpenAPI document, without anything from another host."""
    document = request.app.openapi()
    by_tag = docs_page.entries_by_tag(document)
    return _page("docs.html", info=document["info"], by_tag=by_tag)


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
