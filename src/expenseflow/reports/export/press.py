"""Prints a report: JSON on standard input, a PDF on standard output. A program of its own.

Typesetting takes hundreds of megabytes and both processors for a while; in a process of its own
it gives all of it back, and can be ended. It gets no environment, and the template can read
nothing but the document: its root is an empty folder, which the parent gives as the argument.
"""

import os
import sys
from pathlib import Path

import typst

TEMPLATE = Path(__file__).with_name("report.typ")
MEMORY_BYTES = 4_000_000_000
POLITENESS = 5


def pdf_of(document: bytes, empty: str) -> bytes:
    """The PDF of a document of `pdf.py`; the same bytes for the same document and fonts.

    `empty` is an empty folder.

    Raises:
        typst.TypstError: the template and the document do not fit.
    """
    compiler = typst.Compiler(
        TEMPLATE.read_bytes(),
        root=empty,
        package_path=empty,
        package_cache_path=empty,
        sys_inputs={"document": document.decode()},
    )
    pdf = compiler.compile(timestamp=0)
    assert isinstance(pdf, bytes), "several pages are one PDF"  # noqa: S101  # for the type only
    return pdf


def main() -> int:
    """What the parent starts."""
    _be_modest()
    sys.stdout.buffer.write(pdf_of(sys.stdin.buffer.read(), sys.argv[1]))
    return 0


def _be_modest() -> None:
    """Leave the processors to whoever waits, and the machine's memory to the others."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415  # Unix only

    os.nice(POLITENESS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


if __name__ == "__main__":
    sys.exit(main())
