"""Every setting, read once from `EXPENSEFLOW_*` and `.env`, checked at start, then frozen."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Settings(BaseSettings):
    """The settings of one process; docs/reference/settings.md lists them with their defaults."""

    model_config = SettingsConfigDict(
        env_prefix="EXPENSEFLOW_", env_file=".env", extra="ignore", frozen=True
    )

    database_url: str | None = None
    database_listen_url: str | None = None
    data_dir: Path = Path(".expenseflow")
    postgres_bin_dir: Path | None = None
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 5000
    auth_mode: Literal["local", "oidc"] = "local"
    oidc_issuer: str | None = None
    oidc_audience: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    oidc_scopes: str = "openid email profile"
    oidc_roles_claim: str = "roles"
    oidc_admin_role: str = "expenseflow-admin"
    public_url: str | None = None
    signing_key: SecretStr | None = None
    trusted_proxies: str | None = None
    allow_private_addresses: bool = False
    llm_base_url: str | None = None
    llm_api_key: SecretStr | None = None
    llm_model: str = "gpt-4o-mini"
    llm_simulated: bool = False
    llm_rpm: Annotated[int, Field(gt=0)] | None = None
    llm_tpm: Annotated[int, Field(gt=0)] | None = None
    llm_limit_window_s: Positive = 60
    llm_max_concurrency: Annotated[int, Field(gt=0)] | None = None
    llm_timeout_s: Positive = 60
    llm_outage_patience_s: Positive = 120
    job_deadline_s: Positive = 600
    worker_concurrency: Annotated[int, Field(gt=0, le=100)] = 8
    default_currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "USD"
    journal_credit_account: Annotated[str, Field(pattern=r"^\S.{0,63}$")] = "CARD-CLEARING"
    warming: Literal["off", "local", "provider"] = "local"
    log_format: Literal["console", "json"] = "console"
    alert_webhook_url: SecretStr | None = None
    alert_webhook_secret: SecretStr | None = None
    retention_days: Annotated[int, Field(ge=1, le=3650)] = 30
    max_upload_mb: Annotated[int, Field(gt=0, le=1024)] = 25
    database_pool_size: Annotated[int, Field(gt=0, le=200)] = 10
    streams_per_user: Annotated[int, Field(gt=0)] = 20
    drain_s: Annotated[float, Field(ge=0, le=600, allow_inf_nan=False)] = 0
    metrics_port: Annotated[int, Field(ge=0, le=65535)] | None = None
    reload: bool = False

    @field_validator(
        "database_url",
        "database_listen_url",
        "oidc_issuer",
        "oidc_audience",
        "oidc_client_id",
        "oidc_client_secret",
        "public_url",
        "trusted_proxies",
        "signing_key",
        "llm_base_url",
        "llm_api_key",
        "llm_rpm",
        "llm_tpm",
        "llm_max_concurrency",
        "alert_webhook_url",
        "alert_webhook_secret",
        "metrics_port",
        mode="before",
    )
    @classmethod
    def _blank_is_unset(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """Without addresses: one may hold a password, or be a secret itself."""
        for name, value in super().__repr_args__():
            if not (name or "").endswith("_url"):
                yield name, value

    @property
    def calls_public_addresses_only(self) -> bool:
        """Whether the AI service and the webhook may not stand inside our own network."""
        return self.auth_mode == "oidc" and not self.allow_private_addresses

    @property
    def has_provider(self) -> bool:
        """Whether a model tier exists at all: a base URL or a key is set."""
        return self.llm_base_url is not None or self.llm_api_key is not None
