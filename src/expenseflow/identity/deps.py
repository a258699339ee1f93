"""What routes ask for to know who is asking."""

from typing import Annotated

from fastapi import Depends, Request

from expenseflow.identity import credentials, service
from expenseflow.identity.attempts import Attempts
from expenseflow.identity.errors import NotAnAdmin, NotAuthenticated
from expenseflow.identity.service import CurrentUser
from expenseflow.identity.tokens import Signer
from expenseflow.web.deps import ClockDep, SessionDep


async def get_signer(request: Request) -> Signer:
    return request.app.state.signer


async def get_attempts(request: Request) -> Attempts:
    return request.app.state.sign_in_attempts


async def get_current_user(request: Request, session: SessionDep, clock: ClockDep) -> CurrentUser:
    """The signed-in person, read in the request's own transaction."""
    claims = credentials.claims_of(request)
    issuer = credentials.issuer_of(request)
    # Only a session ends for want of use, and only a look writes without holding its row.
    is_session = issuer is not None and "authorization" not in request.headers
    is_used = is_session and request.method == "GET"
    try:
        user = await service.recognise(
            session, claims, now=clock.now(), issuer=issuer, is_used=is_used
        )
    except NotAuthenticated:
        credentials.forget(request, claims)
        raise
    request.state.actor_id = user.id  # for the audit
    return user


async def get_issuer(request: Request) -> str | None:
    return credentials.issuer_of(request)


async def get_admin(request: Request, session: SessionDep, clock: ClockDep) -> CurrentUser:
    """The signed-in person, who has to be an administrator."""
    user = await get_current_user(request, session, clock)
    if not user.is_admin:
        raise NotAnAdmin
    return user


SignerDep = Annotated[Signer, Depends(get_signer)]
AttemptsDep = Annotated[Attempts, Depends(get_attempts)]
CurrentUserDep = Annotated[CurrentUser, Depends(get_current_user)]
AdminDep = Annotated[CurrentUser, Depends(get_admin)]
IssuerDep = Annotated[str | None, Depends(get_issuer)]
"""The OpenID provider whose people are anybody here; None in local mode."""
