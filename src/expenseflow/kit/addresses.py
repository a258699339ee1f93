"""Addresses of services, as text."""

import ipaddress
from urllib.parse import urlsplit


def can_be_called(address: str) -> bool:
    """Whether it is http or https with a host, and a port if any that exists."""
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none, brackets that do not match
        return False


def is_safe_to_trust(address: str) -> bool:
    """Whether nobody on the way can change what is said there: https, or this machine itself."""
    if not can_be_called(address):
        return False
    parts = urlsplit(address)
    return parts.scheme == "https" or is_this_machine(parts.hostname or "")


def is_this_machine(name: str) -> bool:
    """Whether a host name or address is a loopback one."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
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


_EVERYBODYS = ipaddress.ip_network("2000::/3")
_PROTOCOLS = ipaddress.ip_network("192.0.0.0/24")
"""Some clouds tell secrets to their machines there; older Pythons count it to the Internet."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""IPv4 addresses as a network without IPv4 writes them."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the Internet's: not of this machine or a network of ours.

    An IPv6 address that only wraps an IPv4 one (mapped, 6to4, NAT64) is what it wraps.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        wrapped = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            wrapped = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if wrapped is None:
            return ip in _EVERYBODYS and ip.is_global and ip.teredo is None
        ip = wrapped
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and ip not in _PROTOCOLS
