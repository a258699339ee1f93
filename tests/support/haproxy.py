"""A real HAProxy before several API processes: it sends requests to those that are ready.

    with HAProxy([5001, 5002]) as front: front.url

As the Service of Kubernetes does it asks each for `/health/ready`, and it helps nobody along: what
a server does not answer is not sent to another one.
"""

import socket
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support import programs

MISSING = (
    "NO HAPROXY, SO NOTHING WAS TESTED BEHIND ONE: install it, or name one in HAPROXY=/path/to/it"
)
_SETTINGS = """
global
    maxconn 2000
    stats socket {folder}/admin mode 600
defaults
    mode http
    retries 0
    timeout connect 2s
    timeout client 60s
    timeout server 60s
    timeout http-keep-alive 60s
    option httpchk
    http-check send meth GET uri /health/ready ver HTTP/1.1 hdr Host localhost
    http-check expect status 200
    default-server inter 500ms fall 1 rise 1 pool-purge-delay 2s
frontend people
    bind fd@{listener}
    default_backend servers
backend servers
{servers}
"""


def need() -> str:
    """Where it is, or no test."""
    return programs.need("HAPROXY", "haproxy", missing=MISSING)


class HAProxy:
    """Runs for as long as the block does."""

    def __init__(self, ports: Sequence[int]) -> None:
        self._program = need()
        self.ports = list(ports)
        self._folder = tempfile.TemporaryDirectory(prefix="ef-haproxy-")
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        folder, listener = Path(self._folder.name), self._listener.fileno()
        servers = "\n".join(f"    server api{port} 127.0.0.1:{port} check" for port in self.ports)
        settings = folder / "haproxy.cfg"
        settings.write_text(_SETTINGS.format(folder=folder, listener=listener, servers=servers))
        with (folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [self._program, "-db", "-f", str(settings)],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, pass_fds=[listener],
            )  # fmt: skip
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._listener.close()
        self._folder.cleanup()

    def is_up(self, port: int) -> bool:
        """Whether requests are sent to the server at that port."""
        if self._process is not None and self._process.poll() is not None:
            raise AssertionError((Path(self._folder.name) / "log").read_text(errors="replace"))
        rows = (line.split(",") for line in self._told("show stat").splitlines())
        return any(row[1] == f"api{port}" and row[17] == "UP" for row in rows if len(row) > 17)

    def _told(self, command: str) -> str:
        address = Path(self._folder.name) / "admin"
        if not address.exists():
            return ""
        with socket.socket(socket.AF_UNIX) as admin:
            admin.connect(str(address))
            admin.sendall(f"{command}\n".encode())
            with admin.makefile() as answer:
                return answer.read()
