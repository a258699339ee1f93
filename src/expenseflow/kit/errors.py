"""The root of every error that means something to a caller."""


class ExpenseFlowError(Exception):
    """A business fact that stops a request.

    The text is for the person who sees it: the first line of the docstring, unless the raiser
    says more. The lines below it are for us. `app/problems.py` gives each class its HTTP shape.
    """

    def __init__(self, detail: str = "", **fields: object) -> None:
        super().__init__(detail or self.default_detail().rstrip("."))
        self.fields = fields
        """Extension members of the problem document, in snake_case."""

    @classmethod
    def default_detail(cls) -> str:
        """What a person reads when the raiser adds nothing: never more than one line."""
        return (cls.__doc__ or "").strip().partition("\n")[0].strip()

    @property
    def detail(self) -> str:
        return str(self.args[0])
