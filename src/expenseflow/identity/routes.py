"""`/api/me`, `/api/sign-in`, `/api/sign-in-options`, `/api/sign-out`."""

import asyncio

from fastapi import APIRouter, Request, Response

from expenseflow.identity import cookies, credentials, service
from expenseflow.identity.deps import AttemptsDep, CurrentUserDep, SignerDep
from expenseflow.identity.errors import ProviderSilent, SignedInElsewhere
from expenseflow.identity.oidc.config import SIGN_IN_PATH
from expenseflow.identity.oidc.provider import OpenId
from expenseflow.identity.schemas import Me, SignInOptions, SignInRequest
from expenseflow.web.addresses import AddressDep
from expenseflow.web.deps import ClockDep, SessionDep

router = APIRouter(prefix="/api", tags=["identity"])
_PATIENCE_SECONDS = 2.0


@router.get("/me")
async def who_am_i(user: CurrentUserDep) -> Me:
    """Who is signed in."""
    return Me(id=user.id, email=user.email, is_admin=user.is_admin)


@router.post("/sign-in")
async def sign_in(
    body: SignInRequest,
    request: Request,
    response: Response,
    *,
    session: SessionDep,
    signer: SignerDep,
    clock: ClockDep,
    attempts: AttemptsDep,
    address: AddressDep,
) -> Me:
    """Use up a one-time code; the answer sets the session cookie."""
    attempts.admit(address)
    if credentials.issuer_of(request) is not None:
        raise SignedInElsewhere
    if "origin" in request.headers:  # nobody may sign a visitor in as somebody else
        credentials.ensure_same_site(request)
    user, token = await service.sign_in(session, body.code, signer=signer, now=clock.now())
    cookies.set_session(request, response, token, lifetime=service.SESSION_LIFETIME)
    request.state.actor_id = user.id  # for the audit
    return Me(id=user.id, email=user.email, is_admin=user.is_admin)


@router.get("/sign-in-options")
async def get_sign_in_options(request: Request) -> SignInOptions:
    """How people sign in here; needs no credentials."""
    openid: OpenId | None = request.app.state.openid
    if openid is None:
        return SignInOptions(mode="local", sign_in_url=None, sign_out_url=None)
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            sign_out_url = await openid.flow.signed_out_address()
    except (ProviderSilent, TimeoutError):
        sign_out_url = None  # signing out here works all the same
    return SignInOptions(mode="oidc", sign_in_url=SIGN_IN_PATH, sign_out_url=sign_out_url)


@router.post("/sign-out", status_code=204)
async def sign_out(
    request: Request,
    response: Response,
    *,
    session: SessionDep,
    clock: ClockDep,
    _user: CurrentUserDep,
) -> None:
    """End this session, or take this token back; the cookie goes with it."""
    await service.end(session, credentials.claims_of(request), now=clock.now())
    cookies.set_session(request, response, "", lifetime=service.SESSION_LIFETIME)
