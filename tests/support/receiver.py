"""Somebody else's server that takes webhooks: a real socket, answers as it is told to."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Message:
    """One request as it came in."""

    headers: dict[str, str]
    """By lower-case name."""
    body: str


@dataclass
class Receiver:
    """`statuses` are answered in turn, the last one for ever."""

    url: str = ""
    statuses: list[int] = field(default_factory=lambda: [204])
    drips: threading.Event | None = None
    """Until it is set, answers never come to an end."""
    messages: list[Message] = field(default_factory=list[Message])

    def answer(self) -> int:
        return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]


@contextmanager
def receiving() -> Generator[Receiver]:
    """A receiver on this machine, for as long as the block runs."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.messages.append(Message(headers, body))
            if receiver.drips is not None:
                self._drip(receiver.drips)
                return
            self.send_response(receiver.answer())
            self.send_header("location", "/elsewhere")
            self.end_headers()

        def _drip(self, end: threading.Event) -> None:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while not end.wait(0.02):
                self.wfile.write(b"X-More: to come\r\n")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its own name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
