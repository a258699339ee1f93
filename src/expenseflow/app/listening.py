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
    host, port = settings.host, settings.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    if sys.platform != "win32":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux: who takes nothing for so long is gone
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _STUCK_MS)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise CannotStart(_not_listening(error, host, port)) from error
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


def _not_listening(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is in use; stop what listens there, "
            "or choose another one with EXPENSEFLOW_PORT"
        )
    if error.errno == errno.EACCES:
        return f"Port {port} may not be used by this user; choose another one with EXPENSEFLOW_PORT"
    return f"Cannot listen on {host} port {port}: {error.strerror}; see EXPENSEFLOW_HOST"
