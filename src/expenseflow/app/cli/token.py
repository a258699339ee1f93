"""`expenseflow token`: a Bearer token for scripts and curl."""

from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.app.cli import common
from expenseflow.app.cli.common import UserOption
from expenseflow.app.wiring import Parts
from expenseflow.identity import service as identity


def token(user: UserOption) -> None:
    """Print a Bearer token and nothing else.

    It is good for 30 days. Use it as `curl -H "Authorization: Bearer $(expenseflow token --user
    you@example.com)" …`.
    """

    async def make(session: AsyncSession, parts: Parts) -> str:
        now = parts.clock.now()
        person = await identity.ensure_user(session, user, now=now)
        return await identity.issue_token(session, person, signer=parts.signer, now=now)

    settings = common.begin()
    common.only_locally(settings)
    common.say_if_new(settings)
    print(common.in_transaction(settings, make))
