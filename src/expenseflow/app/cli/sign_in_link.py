"""`expenseflow sign-in-link`: a one-time link for the browser."""

import sys

from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.app import links, listening
from expenseflow.app.cli import common
from expenseflow.app.cli.common import UserOption
from expenseflow.app.wiring import Parts


def sign_in_link(user: UserOption) -> None:
    """Print a one-time link to sign in with.

    It signs the person in once, within ten minutes, while `expenseflow serve` runs.
    """
    settings = common.begin()
    common.only_locally(settings)
    common.say_if_new(settings)
    base = listening.base_url(settings.host, settings.port)

    async def make(session: AsyncSession, parts: Parts) -> str:
        return await links.sign_in_link(session, user, base=base, now=parts.clock.now())

    print(common.in_transaction(settings, make))
    if not listening.somebody_listens(settings):
        words = f"Nothing serves at {base} yet; the link needs {common.command('serve')}"
        print(f"expenseflow sign-in-link: {words}", file=sys.stderr)
