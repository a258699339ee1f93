"""Where a request comes from, when proxies stand in between.

`X-Forwarded-For` can be written by anybody. Only what the proxies of `EXPENSEFLOW_TRUSTED_PROXIES`
have added to it counts: read from its end, the first address that is not one of theirs.
"""

import ipaddress
import re
from collections.abc import Iterable, Sequence
from typing import Annotated

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
UNKNOWN = "unknown"


def networks_of(text: str | None) -> tuple[Network, ...]:
    """Addresses and networks, parted by commas; raises `ValueError`."""
    names = [name.strip() for name in (text or "").split(",")]
    return tuple(ipaddress.ip_network(name, strict=False) for name in names if name)


def client_address(request: HTTPConnection, trusted: Sequence[Network]) -> str:
    """The address of whoever asks, as far as it can be believed."""
    if request.client is None:
        return UNKNOWN
    forwarded = ",".join(request.headers.getlist("x-forwarded-for")) if trusted else ""
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    last = request.client.host
    for hop in reversed([*hops, last]):
        address = _address(hop)
        if address is None:  # nobody we trust wrote this
            return last
        last = str(address)
        if not _is_in(address, trusted):
            return last
    return last


async def get_address(request: Request) -> str:
    """The address of whoever asks."""
    return client_address(request, request.app.state.trusted_proxies)


AddressDep = Annotated[str, Depends(get_address)]


def _is_in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)


_WITH_PORT = re.compile(r"(\d+\.\d+\.\d+\.\d+):\d+|\[(.+)\](?::\d+)?", re.ASCII)
"""As some gateways write it."""


def _address(text: str) -> Address | None:
    with_port = _WITH_PORT.fullmatch(text)
    try:
        found = ipaddress.ip_address(with_port[1] or with_port[2] if with_port else text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found
