"""What counts as an e-mail address."""

import pytest

from expenseflow.identity.errors import InvalidEmail
from expenseflow.identity.rules import MAX_EMAIL, normal_email


def test_an_address_is_trimmed_and_lower_cased() -> None:
    assert normal_email("  Ann.Lee@Example.COM\n") == "ann.lee@example.com"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ann",
        "@example.com",
        "ann@",
        "ann@lee@example.com",
        "ann lee@example.com",
        "ann\0@example.com",
        "ann\n@example.com",
        "ann\u202e@example.com",
        "\ud800@example.com",
        "a" * MAX_EMAIL + "@example.com",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidEmail):
        normal_email(text)
