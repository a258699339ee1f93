"""What this installation knows of its OpenID provider."""

from dataclasses import dataclass, field
from urllib.parse import quote

from expenseflow.infra.settings import Settings

CALLBACK_PATH = "/api/sign-in/oidc/callback"
SIGN_IN_PATH = "/api/sign-in/oidc"
SIGNED_OUT_PATH = "/sign-in"


@dataclass(frozen=True, slots=True)
class OpenIdConfig:
    """Our registration at the provider."""

    issuer: str
    audience: str
    """Of the access tokens that are meant for our API."""
    client_id: str
    client_secret: str | None = field(repr=False)
    """None: a public client, which PKCE alone protects."""
    scopes: str
    roles_claim: str
    admin_role: str
    public_url: str
    """Without a slash at the end."""

    @property
    def is_https(self) -> bool:
        """Whether browsers reach us by https, whoever ends it."""
        return self.public_url.startswith("https:")

    @property
    def redirect_uri(self) -> str:
        return self.public_url + CALLBACK_PATH

    @property
    def signed_out_uri(self) -> str:
        return self.public_url + SIGNED_OUT_PATH


def config_of(settings: Settings) -> OpenIdConfig | None:
    """None in local mode. The settings have been checked (`app/configuration.py`)."""
    if settings.auth_mode == "local":
        return None
    secret = settings.oidc_client_secret
    return OpenIdConfig(
        issuer=settings.oidc_issuer or "",
        audience=settings.oidc_audience or "",
        client_id=settings.oidc_client_id or "",
        client_secret=None if secret is None else secret.get_secret_value(),
        scopes=settings.oidc_scopes,
        roles_claim=settings.oidc_roles_claim,
        admin_role=settings.oidc_admin_role,
        public_url=(settings.public_url or "").rstrip("/"),
    )


def sign_in_url(place: str) -> str:
    """Where a browser begins to sign in, to end at this place."""
    return f"{SIGN_IN_PATH}?next={quote(place, safe='/')}"
