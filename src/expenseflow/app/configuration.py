"""The settings of this process, and whether they can work; quick to load.

What is wrong is said in one line that names the variable, never its value.
"""

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError
from pydantic_settings import SettingsError

from expenseflow.app import oidc_settings
from expenseflow.app.refusals import CannotStart, WrongSettings
from expenseflow.infra.settings import Settings
from expenseflow.kit.addresses import can_be_called
from expenseflow.kit.webhook_keys import is_usable

PREFIX = "EXPENSEFLOW_"


def load_settings() -> Settings:
    """The settings of this process, checked; the data folder absolute.

    Raises:
        CannotStart: naming the variable.
    """
    settings = read_settings()
    check(settings)
    return settings


def read_settings() -> Settings:
    """The settings as they are set, each for itself valid; they need not work together."""
    try:
        settings = Settings()
    except ValidationError as error:
        raise WrongSettings(_words(error)) from None
    except (SettingsError, UnicodeDecodeError, OSError) as error:
        raise WrongSettings(f"The settings cannot be read ({type(error).__name__})") from None
    return settings.model_copy(update={"data_dir": settings.data_dir.expanduser().absolute()})


def unknown(environment: Mapping[str, str]) -> list[str]:
    """Variables that look like settings and are none, such as one with a typing mistake."""
    ours = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    return sorted(name for name in environment if name.startswith(PREFIX) and name not in ours)


def check(settings: Settings) -> None:
    """Refuse what is not built, not safe or not there.

    Raises:
        CannotStart: in one line.
    """
    oidc_settings.check(settings)
    if settings.auth_mode == "local" and not is_loopback(settings.host):
        raise WrongSettings(
            f"Local sign-in listens on this machine only, not on {settings.host}; "
            "leave EXPENSEFLOW_HOST at 127.0.0.1, or set EXPENSEFLOW_AUTH_MODE=oidc"
        )
    if not _are_networks(settings.trusted_proxies):
        raise WrongSettings(
            "EXPENSEFLOW_TRUSTED_PROXIES must be addresses or networks parted by commas, "
            "such as 10.244.0.0/16"
        )
    _check_addresses(settings)
    if settings.llm_base_url is not None and not can_be_called(settings.llm_base_url):
        raise WrongSettings(
            "EXPENSEFLOW_LLM_BASE_URL is not an address that can be called, "
            "such as http://127.0.0.1:11434/v1"
        )
    _check_webhook(settings)
    check_addresses(settings)
    if settings.warming == "provider" and not settings.has_provider:
        raise WrongSettings(
            "EXPENSEFLOW_WARMING=provider needs an AI service; set EXPENSEFLOW_LLM_BASE_URL or "
            "EXPENSEFLOW_LLM_API_KEY, or leave it at local"
        )
    if settings.data_dir.is_file():
        raise CannotStart(
            f"The data folder {settings.data_dir} is a file, not a folder; "
            "choose another one with EXPENSEFLOW_DATA_DIR"
        )


def _check_addresses(settings: Settings) -> None:
    for name in ("database_url", "database_listen_url"):
        address: str | None = getattr(settings, name)
        if address is not None and not _is_postgres(address):
            raise WrongSettings(
                f"{PREFIX}{name.upper()} is not the address of a PostgreSQL database, "
                "such as postgresql://user:password@host:5432/name"
            )
    if settings.database_listen_url is not None and settings.database_url is None:
        raise WrongSettings(
            "EXPENSEFLOW_DATABASE_LISTEN_URL is another way to the database of "
            "EXPENSEFLOW_DATABASE_URL, which is not set"
        )


def _check_webhook(settings: Settings) -> None:
    url, secret = settings.alert_webhook_url, settings.alert_webhook_secret
    if url is None and secret is None:
        return
    if url is None or secret is None:
        missing = "URL" if url is None else "SECRET"
        raise WrongSettings(
            f"EXPENSEFLOW_ALERT_WEBHOOK_{missing} is missing: alerts are sent signed, so the "
            "webhook needs an address and a secret"
        )
    if not can_be_called(url.get_secret_value()):
        raise WrongSettings(
            "EXPENSEFLOW_ALERT_WEBHOOK_URL is not an address that can be called, "
            "such as https://example.com/hooks/expenseflow"
        )
    if not is_usable(secret.get_secret_value()):
        raise WrongSettings(
            "EXPENSEFLOW_ALERT_WEBHOOK_SECRET begins with whsec_ but is not Base64 after it"
        )


def _are_networks(text: str | None) -> bool:
    names = [name.strip() for name in (text or "").split(",")]
    try:
        return all(ipaddress.ip_network(name, strict=False) for name in names if name)
    except ValueError:
        return False


def check_addresses(settings: Settings) -> None:
    """Refuse services inside our own network, unless that is allowed.

    A name is looked up here only to say so at once; each call looks anew.
    """
    if not settings.calls_public_addresses_only:
        return
    # Only processes that need it have it loaded.
    from expenseflow.infra import outbound  # noqa: PLC0415  # as above

    webhook = settings.alert_webhook_url
    for name, address in (
        ("LLM_BASE_URL", settings.llm_base_url),
        ("ALERT_WEBHOOK_URL", None if webhook is None else webhook.get_secret_value()),
    ):
        if address is not None and outbound.leads_inside(urlsplit(address).hostname or ""):
            raise WrongSettings(
                f"EXPENSEFLOW_{name} leads into our own network; set "
                "EXPENSEFLOW_ALLOW_PRIVATE_ADDRESSES=true if that is meant"
            )


def is_loopback(host: str) -> bool:
    """Whether an address to listen on can be reached from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _is_postgres(dsn: str) -> bool:
    # Slow to load, and most people have no address to look at.
    from sqlalchemy.engine import make_url  # noqa: PLC0415
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

    try:
        return make_url(dsn).drivername.partition("+")[0] in ("postgresql", "postgres")
    except (ArgumentError, ValueError):
        return False


_FORMS = {
    "default_currency": "three capital letters such as USD",
    "journal_credit_account": "the code of an account, at most 64 characters",
}


def _words(error: ValidationError) -> str:
    wrong = dict.fromkeys(str(one["loc"][0]) for one in error.errors(include_input=False))
    return "; ".join(f"{PREFIX}{name.upper()} must be {_wanted(name)}" for name in wrong)


def _wanted(name: str) -> str:
    """What a setting can be, in words, as its type says."""
    schema: dict[str, Any] = Settings.model_json_schema()["properties"][name]
    kind: dict[str, Any] = schema.get("anyOf", [schema])[0]
    if "enum" in kind:
        return " or ".join(kind["enum"])
    if "pattern" in kind:
        return _FORMS[name]
    words = {"integer": "a whole number", "number": "a number", "boolean": "true or false"}
    return " ".join([words.get(kind.get("type", ""), "a text"), *_range(kind)])


def _range(kind: Mapping[str, Any]) -> Iterator[str]:
    if "maximum" in kind:
        lowest = kind.get("minimum", kind.get("exclusiveMinimum", -1) + 1)
        yield f"from {lowest} to {kind['maximum']}"
    elif "exclusiveMinimum" in kind:
        yield f"above {kind['exclusiveMinimum']:g}"
