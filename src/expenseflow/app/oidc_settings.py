"""Whether the settings of sign-in can work together; each refusal is one line without a value."""

from urllib.parse import urlsplit

from expenseflow.app.refusals import WrongSettings
from expenseflow.infra.settings import Settings
from expenseflow.kit.addresses import is_safe_to_trust

KEY_BYTES = 32
_NEEDED = ("oidc_issuer", "oidc_audience", "oidc_client_id", "public_url", "signing_key")


def check(settings: Settings) -> None:
    """Raises `WrongSettings`."""
    _check_key(settings)
    if settings.auth_mode == "oidc":
        _check_all_there(settings)
        _check_addresses(settings)
        _check_registration(settings)


def _check_key(settings: Settings) -> None:
    key = settings.signing_key
    if key is not None and len(key.get_secret_value().encode()) < KEY_BYTES:
        raise WrongSettings(
            f"EXPENSEFLOW_SIGNING_KEY must have at least {KEY_BYTES} characters, "
            "such as `openssl rand -base64 48` prints"
        )


def _check_all_there(settings: Settings) -> None:
    missing = [f"EXPENSEFLOW_{name.upper()}" for name in _NEEDED if getattr(settings, name) is None]
    if missing:
        raise WrongSettings(f"EXPENSEFLOW_AUTH_MODE=oidc also needs {', '.join(missing)}")


def _check_addresses(settings: Settings) -> None:
    for name in ("oidc_issuer", "public_url"):
        address: str = getattr(settings, name)
        if not is_safe_to_trust(address) or not _is_plain(address):
            raise WrongSettings(
                f"EXPENSEFLOW_{name.upper()} must be an https address without user, query or "
                "fragment (http only for localhost)"
            )
    if urlsplit(settings.public_url or "").path not in ("", "/"):
        raise WrongSettings(
            "EXPENSEFLOW_PUBLIC_URL must have no path: ExpenseFlow is at the root of its host"
        )


def _check_registration(settings: Settings) -> None:
    if settings.oidc_audience == settings.oidc_client_id:
        raise WrongSettings(
            "EXPENSEFLOW_OIDC_AUDIENCE must differ from EXPENSEFLOW_OIDC_CLIENT_ID: else an ID "
            "token would do as an access token"
        )
    if "openid" not in settings.oidc_scopes.split():
        raise WrongSettings("EXPENSEFLOW_OIDC_SCOPES must hold openid")


def _is_plain(address: str) -> bool:
    parts = urlsplit(address)
    return not (parts.query or parts.fragment or parts.username or parts.password) and (
        address.isascii() and address.isprintable() and " " not in address
    )
