"""Addresses of services, as text."""

from urllib.parse import urlsplit


def can_be_called(address: str) -> bool:
    """Whether it is http or https with a host, and a port if any that exists."""
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none, brackets that do not match
        return False


def without_secrets(address: str) -> str:
    """Scheme, host and port alone: a path or a user part may hold a secret."""
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "(unreadable)"
    host = parts.hostname
    if not host:
        return "(unreadable)"
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"
