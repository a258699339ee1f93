"""What can be wrong with who is asking."""

from expenseflow.kit.errors import ExpenseFlowError


class NotAuthenticated(ExpenseFlowError):
    """Sign in first: the request carries no valid token and no valid session."""


class TwoCredentials(ExpenseFlowError):
    """The Authorization header and the session cookie name different people; send one of them."""


class CrossSiteRequest(ExpenseFlowError):
    """A page of another site may not act with this session."""


class NotAnAdmin(ExpenseFlowError):
    """Only administrators may do this."""


class ProviderSilent(ExpenseFlowError):
    """Who you are cannot be checked right now: the OpenID provider does not answer."""


class SignedInElsewhere(ExpenseFlowError):
    """People sign in at the OpenID provider of this installation, not by a code."""


class SignInDisabled(ExpenseFlowError):
    """An administrator has disabled this account; ask one to enable it again."""


class PersonNotFound(ExpenseFlowError):
    """There is no such person."""


class OwnAccount(ExpenseFlowError):
    """You cannot disable or delete yourself; another administrator can."""


class WrongSignInCode(ExpenseFlowError):
    """This sign-in code is unknown, used or out of date; ask for a new link."""


class TooManySignIns(ExpenseFlowError):
    """Too many attempts to sign in from this address; wait a moment."""


class InvalidEmail(ExpenseFlowError):
    """This is not an e-mail address."""
