"""How messages to others are signed."""

import base64
from datetime import UTC, datetime
from uuid import UUID

import pytest

from expenseflow.infra.webhooks import Webhook, signed
from expenseflow.kit.webhook_keys import is_usable, key_of

ID = UUID("6f9619ff-8b86-d011-b42d-00cf4fc964ff")
NOW = datetime(2022, 11, 5, 10, 31, 19, tzinfo=UTC)


def test_a_signature_is_the_one_that_standard_webhooks_describes() -> None:
    # printf '%s' 'ID.TIME.BODY' | openssl dgst -sha256 -hmac secret -binary | base64
    headers = signed("secret", ID, '{"test": 1}', now=NOW)
    assert headers["webhook-id"] == str(ID)
    assert headers["webhook-timestamp"] == "1667644279"
    assert headers["webhook-signature"] == "v1,LJ38OG4vgd1E2dFKk6vjJvwXju3w6GvtH3kfwumwKHg="


def test_a_secret_may_be_written_in_base64() -> None:
    written = "whsec_" + base64.b64encode(b"24 bytes of pure random.").decode()
    assert key_of(written) == b"24 bytes of pure random."
    assert signed(written, ID, "{}", now=NOW) == signed(
        "24 bytes of pure random.", ID, "{}", now=NOW
    )


@pytest.mark.parametrize("secret", ["whsec_", "whsec_not base64", "whsec_a", ""])
def test_a_secret_that_says_nothing_cannot_be_used(secret: str) -> None:
    assert not is_usable(secret)


def test_a_webhook_does_not_show_its_secret() -> None:
    assert "hunter2" not in repr(Webhook("https://example.com/hunter2", "hunter2"))
