"""The root of every error that means something to a caller."""


class ExpenseFlowError(Exception):
    """A business fact that stops a request.

    The text is for the person who sees it. `app/problems.py` gives each class its HTTP shape.
    """

    def __init__(self, detail: str = "", **fields: object) -> None:
        super().__init__(detail or (type(self).__doc__ or "").split("\n")[0].rstrip("."))
        self.fields = fields
        """Extension members of the problem document, in snake_case."""

    @property
    def detail(self) -> str:
        return str(self.args[0])
