"""Files made to hurt: none is unpacked, none makes us call anybody, none costs much."""

import asyncio
import contextlib
import io
import time
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest

from expenseflow.statements import parsing
from expenseflow.statements.errors import UnreadableStatement

MB = 1_000_000


def _zip(name: str, *, megabytes: int = 64, entries: int = 1) -> bytes:
    """Some hundred times its size once it is unpacked."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(entries):
            archive.writestr(f"{name}{number or ''}", b"0" * (megabytes * MB // entries))
    return file.getvalue()


PACKED: dict[str, Callable[[], bytes]] = {
    "a workbook of 64 MB": lambda: _zip("xl/worksheets/sheet1.xml"),
    "a zip in a zip": lambda: _zip("a.zip") + _zip("b.zip"),
    "many entries": lambda: _zip("entry", megabytes=1, entries=5000),
    "a path that leads out": lambda: _zip("../../../../tmp/expenseflow-was-here"),
    "an absolute path": lambda: _zip("/tmp/expenseflow-was-here"),  # noqa: S108  # never written
    "gzip": lambda: b"\x1f\x8b\x08" + b"\0" * 1000,
    "an old workbook": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 5000,
}


@pytest.mark.parametrize("name", PACKED)
def test_packed_files_are_refused_unopened(name: str) -> None:
    content = PACKED[name]()
    tracemalloc.start()
    try:
        begun = time.perf_counter()
        with pytest.raises(UnreadableStatement):
            parsing.parse(content)
        took = time.perf_counter() - begun
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert took < 2
    assert most < 10 * len(content) + 2 * MB, "nothing of it was unpacked"


CALLING = {
    "a DTD": '<!DOCTYPE Document SYSTEM "http://127.0.0.1:{port}/x.dtd">{body}',
    "a public DTD": '<!DOCTYPE Document PUBLIC "-//X//X" "http://127.0.0.1:{port}/x.dtd">{body}',
    "an entity": '<!DOCTYPE D [<!ENTITY x SYSTEM "http://127.0.0.1:{port}/x">]>{body}',
    "a parameter entity": (
        '<!DOCTYPE D [<!ENTITY % x SYSTEM "http://127.0.0.1:{port}/x"> %x;]>{body}'
    ),
    "XInclude": (
        '<Document xmlns:xi="http://www.w3.org/2001/XInclude">'
        '<xi:include href="http://127.0.0.1:{port}/x" parse="text"/>{body}</Document>'
    ),
    "a stylesheet": '<?xml-stylesheet href="http://127.0.0.1:{port}/x.xsl"?>{body}',
    "a schema": (
        '<Document xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xsi:schemaLocation="urn:x http://127.0.0.1:{port}/x.xsd">{body}</Document>'
    ),
}
BODIES = {
    "CAMT": "<BkToCstmrStmt><Stmt><Id>1</Id>&x;</Stmt></BkToCstmrStmt>",
    "OFX": "<OFX><BANKTRANLIST><STMTTRN><NAME>&x;</NAME></STMTTRN></BANKTRANLIST></OFX>",
}
ENCODINGS = ["utf-8", "utf-16", "utf-7"]


async def test_no_document_makes_us_call_anybody() -> None:
    calls = 0

    async def count(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        calls += 1
        writer.close()

    server = await asyncio.start_server(count, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    begun = time.perf_counter()
    for shape in CALLING.values():
        for body in BODIES.values():
            document = shape.replace("{port}", str(port)).replace("{body}", body)
            for encoding in ENCODINGS:
                with contextlib.suppress(UnreadableStatement):
                    await asyncio.to_thread(parsing.parse, document.encode(encoding))
    took = time.perf_counter() - begun
    # Whoever had called would be let in before this: connections are taken in their order.
    _, own = await asyncio.open_connection("127.0.0.1", port)
    own.close()
    server.close()
    await server.wait_closed()
    assert calls <= 1, "only our own"
    assert took < 5
