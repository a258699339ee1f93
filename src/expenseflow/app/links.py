"""Links to our own pages, for people to click on."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.identity import service as identity


async def sign_in_link(session: AsyncSession, email: str, *, base: str, now: datetime) -> str:
    """A link that signs this person in once, within ten minutes; a new person is added."""
    person = await identity.ensure_user(session, email, now=now)
    code = await identity.make_sign_in_code(session, person, now=now)
    return f"{base}/sign-in?code={code}"
