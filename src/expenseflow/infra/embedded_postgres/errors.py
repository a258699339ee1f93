"""What the launcher says when it cannot go on."""


class EmbeddedPostgresError(Exception):
    """The embedded database cannot be used; the text is one line that says what to do."""

    def __init__(self, text: str) -> None:
        super().__init__(" ".join(text.split()))
