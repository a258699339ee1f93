"""`/api/me`, `/api/sign-in`, `/api/sign-out`."""

from fastapi import APIRouter, Request, Response

from expenseflow.identity import credentials, service
from expenseflow.identity.credentials import COOKIE
from expenseflow.identity.deps import AttemptsDep, CurrentUserDep, SignerDep
from expenseflow.identity.schemas import Me, SignInRequest
from expenseflow.web.deps import ClockDep, SessionDep

router = APIRouter(prefix="/api", tags=["identity"])


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
) -> Me:
    """Use up a one-time code; the answer sets the session cookie."""
    attempts.admit(request.client.host if request.client else "unknown")
    if "origin" in request.headers:  # nobody may sign a visitor in as somebody else
        credentials.ensure_same_site(request)
    user, token = await service.sign_in(session, body.code, signer=signer, now=clock.now())
    request.state.actor_id = user.id  # for the audit
    _set_cookie(request, response, token, max_age=int(service.SESSION_LIFETIME.total_seconds()))
    return Me(id=user.id, email=user.email, is_admin=user.is_admin)


@router.post("/sign-out", status_code=204)
async def sign_out(
    request: Request,
    response: Response,
    *,
    session: SessionDep,
    signer: SignerDep,
    clock: ClockDep,
    _user: CurrentUserDep,
) -> None:
    """End this session, or take this token back; the cookie goes with it."""
    token = credentials.token_of(request)
    await service.sign_out(session, token, signer=signer, now=clock.now())
    _set_cookie(request, response, "", max_age=0)


def _set_cookie(request: Request, response: Response, token: str, *, max_age: int) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=max_age,
        path="/",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
