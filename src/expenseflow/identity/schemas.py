"""The JSON of who is signed in."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from expenseflow.web.wire import WireIn, WireOut


class SignInRequest(WireIn):
    """The one-time code of a sign-in link."""

    code: Annotated[str, Field(min_length=1, max_length=200)]


class SignInOptions(WireOut):
    """How people sign in at this installation."""

    mode: Literal["local", "oidc"]
    sign_in_url: str | None
    sign_out_url: str | None


class Me(WireOut):
    """The person who is signed in."""

    id: UUID
    email: str
    is_admin: bool
