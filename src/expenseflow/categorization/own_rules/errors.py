"""What can be wrong with a person's rules."""

from expenseflow.kit.errors import ExpenseFlowError


class RuleNotFound(ExpenseFlowError):
    """There is no such rule."""


class RuleChangedMeanwhile(ExpenseFlowError):
    """The rule was changed since you saw it."""


class RuleSaysTooLittle(ExpenseFlowError):
    """The rule has no condition that tells charges apart."""


class RuleAccountNotInUse(ExpenseFlowError):
    """The account is not in the chart or not in use.

    Fields: gl_code.
    """


class RuleDepartmentNotInUse(ExpenseFlowError):
    """The department is not in the chart or not in use.

    Fields: department_code.
    """


class TooManyRules(ExpenseFlowError):
    """There is no room for another rule; delete one that is not needed any more."""


class OrderIncomplete(ExpenseFlowError):
    """The order must name each of your rules exactly once.

    Fields: ids, the rules there are, in their present order.
    """


class RuleDoesNotApply(ExpenseFlowError):
    """The rule is switched off, or a code it sets is no longer in use."""
