"""The address we serve at, taken before anything slow is loaded or started."""

import errno
import socket
import sys

from expenseflow.app.refusals import CannotStart
from expenseflow.infra.settings import Settings

_PATIENCE = 0.5
_STUCK_MS = 30_000


def listen(settings: Settings) -> socket.socket:
    """The address of the settings, bound before anything else is promised.

    Raises:
        CannotStart: the port is in use, or the address is not ours.
    """
    return _bound(settings.host, settings.port, setting="EXPENSEFLOW_PORT")


def listen_for_scrapes(settings: Settings) -> socket.socket | None:
    """Where a worker tells its metrics; None when the settings name no port for it.

    Raises:
        CannotStart: the port is in use, or the address is not ours.
    """
    if settings.metrics_port is None:
        return None
    return _bound(settings.host, settings.metrics_port, setting="EXPENSEFLOW_METRICS_PORT")


def _bound(host: str, port: int, *, setting: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named TCP, for else asyncio's own loop leaves Nagle on: an answer in two parts takes 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if sys.platform != "win32":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux: who takes nothing for so long is gone
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _STUCK_MS)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise CannotStart(_not_listening(error, host, port, setting=setting)) from error
    return listener


def address(listener: socket.socket) -> str:
    """What to type into a browser."""
    host, port = listener.getsockname()[:2]
    return base_url(host, port)


def base_url(host: str, port: int) -> str:
    """What to type into a browser."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def somebody_listens(settings: Settings) -> bool:
    """Whether anybody, most likely we, can be reached at the address of the settings."""
    try:
        socket.create_connection((settings.host, settings.port), timeout=_PATIENCE).close()
    except OSError:
        return False
    return True


def _not_listening(error: OSError, host: str, port: int, *, setting: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is in use; stop what listens there, or choose another one with {setting}"
        )
    if error.errno == errno.EACCES:
        return f"Port {port} may not be used by this user; choose another one with {setting}"
    return f"Cannot listen on {host} port {port}: {error.strerror}; see EXPENSEFLOW_HOST"
