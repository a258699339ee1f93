"""A proxy that passes everything on but what it is told to spoil.

with spoiling("http://127.0.0.1:5000", {("GET", "/export"): (200, b"no text")}) as address: ...
"""

import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

Spoilt = Mapping[tuple[str, str], tuple[int, bytes]]
"""By method and a part of the path: what is answered in the place of the server."""
_OF_ONE_HOP = {"connection", "transfer-encoding", "content-encoding", "content-length"}


class _Handler(BaseHTTPRequestHandler):
    base_url: str
    spoilt: Spoilt

    def _answer(self) -> None:
        for (method, part), (status, body) in self.spoilt.items():
            if method == self.command and part in self.path:
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body)
                return
        self._pass_on()

    def _pass_on(self) -> None:
        sent = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = [(name, value) for name, value in self.headers.items() if name != "Host"]
        address = self.base_url + self.path
        with httpx.stream(self.command, address, headers=headers, content=sent) as answer:
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                if name not in _OF_ONE_HOP:
                    self.send_header(name, value)
            self.end_headers()
            for piece in answer.iter_bytes():
                self.wfile.write(piece)

    do_GET = do_POST = do_DELETE = _answer  # noqa: N815  # their names

    def handle(self) -> None:
        with suppress(OSError):  # whoever asked has gone
            super().handle()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its own name
        pass


@contextmanager
def spoiling(base_url: str, spoilt: Spoilt) -> Generator[str]:
    """Its address, for as long as the block runs."""
    handler = type("_Spoiling", (_Handler,), {"base_url": base_url, "spoilt": spoilt})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
