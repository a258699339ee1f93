"""A browser goes to the provider and comes back; what the front end has to know of it.

The session cookie is SameSite=Strict here too. It is set on a redirect that another site began, so
the browser does not send it with the page that the redirect leads to; that page is the same for
everybody, and its script asks from our own origin, with the cookie. The cookie of the question has
to come along with the way back from the provider, and is therefore Lax.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote, urlencode

import structlog
from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from expenseflow.identity import cookies, service
from expenseflow.identity.deps import AttemptsDep, SignerDep
from expenseflow.identity.errors import ProviderSilent, TooManySignIns
from expenseflow.identity.oidc import people, state
from expenseflow.identity.oidc.code_flow import NotSignedIn, Why
from expenseflow.identity.oidc.config import SIGNED_OUT_PATH
from expenseflow.identity.oidc.provider import OpenId
from expenseflow.identity.oidc.state import Question
from expenseflow.web.addresses import AddressDep
from expenseflow.web.deps import ClockDep, DatabaseDep

router = APIRouter(prefix="/api/sign-in/oidc", include_in_schema=False)
_log = structlog.get_logger(__name__)
MAX_QUERY = 8192


async def _openid(request: Request) -> OpenId:
    if request.app.state.openid is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return request.app.state.openid


OpenIdDep = Annotated[OpenId, Depends(_openid)]


@router.get("", operation_id="beginSignIn")
async def begin(
    request: Request,
    openid: OpenIdDep,
    clock: ClockDep,
    attempts: AttemptsDep,
    address: AddressDep,
) -> RedirectResponse:
    """Send the browser to the provider."""
    question = Question(state.local_place(request.query_params.get("next")))
    try:
        attempts.admit(address)
        there = await openid.flow.address(question)
    except TooManySignIns:
        return _not_signed_in(request, NotSignedIn(Why.too_many), question)
    except ProviderSilent as error:
        return _not_signed_in(request, NotSignedIn(Why.silent, error.detail), question)
    answer = _to(there)
    cookies.set_question(request, answer, openid.seal.sealed(question, now=clock.now()))
    return answer


@router.get("/callback", operation_id="finishSignIn")
async def finish(
    request: Request,
    openid: OpenIdDep,
    clock: ClockDep,
    *,
    signer: SignerDep,
    database: DatabaseDep,
    attempts: AttemptsDep,
    address: AddressDep,
) -> RedirectResponse:
    """The provider has sent the browser back: a session of ours, or the reason why not."""
    now = clock.now()
    question = openid.seal.opened(cookies.question_of(request), now=now)
    try:
        attempts.admit(address)
        who = await openid.flow.answered(_once(request), question, now=now)
        async with database.request() as session:
            user_id, token = await people.sign_in_by_browser(session, who, signer=signer, now=now)
    except TooManySignIns:
        answer = _not_signed_in(request, NotSignedIn(Why.too_many), question)
    except NotSignedIn as error:
        answer = _not_signed_in(request, error, question)
    else:
        request.state.actor_id = user_id  # for the audit, as in _not_signed_in
        answer = _to(question.place if question else state.HOME)
        cookies.set_session(request, answer, token, lifetime=service.OIDC_LIFETIME.longest)
    cookies.set_question(request, answer, "")
    return answer


def _once(request: Request) -> Mapping[str, str]:
    """The parameters of the query; raises `NotSignedIn` when one comes twice, or it is too long."""
    pairs = request.query_params.multi_items()
    found = dict(pairs)
    if len(found) != len(pairs) or len(request.url.query) > MAX_QUERY:
        raise NotSignedIn(Why.wrong, "the answer is not well formed")
    return found


def _not_signed_in(
    request: Request, error: NotSignedIn, question: Question | None
) -> RedirectResponse:
    """To the page that says why, and offers to try again."""
    request.state.problem = str(error.why)
    _log.warning("sign_in.failed", reason=str(error.why), detail=error.detail)
    place = question.place if question is not None else state.HOME
    return _to(f"{SIGNED_OUT_PATH}?{urlencode({'problem': str(error.why), 'next': place})}")


def _to(address: str) -> RedirectResponse:
    return RedirectResponse(quote(address, safe=_SAFE), HTTPStatus.SEE_OTHER)


_SAFE = ":/%#?=@[]!$&'()*+,;~"
