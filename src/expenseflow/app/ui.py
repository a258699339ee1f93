"""The front end: one page for every address below `/app`, and the files it is made of.

`make setup` builds it from `frontend/` into `static/ui`; the wheel brings it along.
"""

from http import HTTPStatus
from pathlib import Path
from typing import Final

from fastapi import APIRouter, FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from expenseflow.app import pages
from expenseflow.web import context

STATIC: Final = Path(__file__).parent / "static"
_PAGE: Final = "ui/index.html"
_NAMED_BY_CONTENT: Final = "ui/assets/"
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_ASK_FIRST: Final = "no-cache"
_WORTH_PACKING: Final = 1024


def add_to(app: FastAPI, folder: Path) -> None:
    """Serve the files of all pages from this folder, packed on the way, and the front end."""
    files = _Files(directory=folder)
    app.include_router(_page_of(files))
    app.mount("/static", GZipMiddleware(files, minimum_size=_WORTH_PACKING), name="static")


def _page_of(files: StaticFiles) -> APIRouter:
    async def page(request: Request) -> Response:
        """The same for every place: the script reads the address itself."""
        try:
            answer = await files.get_response(_PAGE, request.scope)
        except HTTPException:
            return pages.not_built()
        # Said here, since a 304 has no type to tell a page by: its headers replace the kept ones.
        answer.headers["Content-Security-Policy"] = context.PAGE_POLICY
        return answer

    router = APIRouter(include_in_schema=False)
    router.add_api_route("/app", _add_the_slash)
    router.add_api_route("/app/{place:path}", page)
    return router


async def _add_the_slash() -> RedirectResponse:
    return RedirectResponse("/app/", HTTPStatus.PERMANENT_REDIRECT)


class _Files(StaticFiles):
    """What a name with a hash holds never changes; anything else is asked for anew."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        is_for_ever = path.startswith(_NAMED_BY_CONTENT)
        answer.headers["Cache-Control"] = _FOR_EVER if is_for_ever else _ASK_FIRST
        return answer
