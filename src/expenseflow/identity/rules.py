"""What an e-mail address may look like; pure."""

import unicodedata

from expenseflow.identity.errors import InvalidEmail

MAX_EMAIL = 320
_CONTROLS = ("C", "Z")  # control, format, surrogate and separator characters


def normal_email(text: str) -> str:
    """The address as it is stored: trimmed and in lower case; raises `InvalidEmail`.

    Deliberately simple: only the mail server knows which addresses exist.
    """
    email = text.strip().lower()
    name, at, host = email.rpartition("@")
    if not (name and at and host) or "@" in name or len(email) > MAX_EMAIL:
        raise InvalidEmail
    if any(unicodedata.category(char).startswith(_CONTROLS) for char in email):
        raise InvalidEmail
    return email
