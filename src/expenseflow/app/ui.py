"""The front end: one page for every address below `/app`, and the files it is made of.

`make setup` builds it from `frontend/` into `static/ui`; the wheel brings it along.
"""

from http import HTTPStatus
from pathlib import Path
from typing import Final

from fastapi import APIRouter
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from expenseflow.app import home

router = APIRouter(include_in_schema=False)
STATIC: Final = Path(__file__).parent / "static"
_PAGE: Final = STATIC / "ui" / "index.html"
_NAMED_BY_CONTENT: Final = "ui/assets/"
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_ASK_FIRST: Final = "no-cache"
_WORTH_PACKING: Final = 1024


@router.get("/app")
async def without_slash() -> RedirectResponse:
    """Addresses on the page start at `/app/`."""
    return RedirectResponse("/app/", HTTPStatus.PERMANENT_REDIRECT)


@router.get("/app/{place:path}")
async def page(place: str) -> Response:  # noqa: ARG001  # the script reads the address itself
    """The same page for every place in it."""
    if not _PAGE.exists():
        return home.not_built()
    return FileResponse(_PAGE, headers={"Cache-Control": _ASK_FIRST})


def static() -> ASGIApp:
    """The files of all pages, packed on the way. What a name with a hash holds never changes."""
    return GZipMiddleware(_Files(directory=STATIC), minimum_size=_WORTH_PACKING)


class _Files(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        is_for_ever = path.startswith(_NAMED_BY_CONTENT)
        answer.headers["Cache-Control"] = _FOR_EVER if is_for_ever else _ASK_FIRST
        return answer
