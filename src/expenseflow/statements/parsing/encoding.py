"""From bytes to text: byte order marks, UTF-8, UTF-16 without a mark, then Windows-1252."""

import codecs

from expenseflow.statements.errors import UnreadableStatement

_SAMPLE = 4096
_BROKEN = "\ufffd"
_ONE_BY_ONE = "expenseflow.windows"

# What people pick by mistake, by its first bytes.
_MAGIC = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook"),
    (b"PK\x05\x06", "a zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"BM6", "a picture"),
    (b"\x1f\x8b", "a compressed file"),
    (b"7z\xbc\xaf", "a compressed file"),
    (b"Rar!", "a compressed file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format 3", "a database"),
    (b"{\\rtf", "a rich-text document"),
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ADVICE = "Export it as CSV, OFX, QFX, CAMT.053 or MT940 instead."


def decode(content: bytes) -> str:
    """The text of the file with line ends as LF and without NULs.

    Raises UnreadableStatement when it is empty or no text.
    """
    _refuse_other_kinds(content)
    text = _to_text(content).replace("\x00", "")
    if not text.strip():
        raise UnreadableStatement("The file is empty.")
    _refuse_control_characters(text[: _SAMPLE * 4])
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _refuse_other_kinds(content: bytes) -> None:
    for magic, name in _MAGIC:
        if content.startswith(magic):
            raise UnreadableStatement(f"The file is {name}, not a statement in text. {_ADVICE}")


def _refuse_control_characters(sample: str) -> None:
    strange = sum(1 for char in sample if (char < " " and char not in "\t\r\n\f") or char == "�")
    if strange * 20 > len(sample):
        raise UnreadableStatement(f"The file is not text. {_ADVICE}")


def _to_text(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, errors="replace")
    wide = _utf16_without_mark(content[:_SAMPLE].rstrip(b"\0"))
    if wide:
        return content.decode(wide, errors="replace")
    return _narrow(content)


def _utf16_without_mark(sample: bytes) -> str | None:
    """Latin text in UTF-16 has a NUL in every other byte; which one tells the byte order."""
    pairs = len(sample) // 2
    if pairs == 0:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > pairs * 0.6 and even < pairs * 0.1:
        return "utf-16-le"
    if even > pairs * 0.6 and odd < pairs * 0.1:
        return "utf-16-be"
    return None


def _narrow(content: bytes) -> str:
    """UTF-8, also with a few broken bytes; else Windows-1252, of which Latin-1 is a part."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    mixed = content.decode("utf-8", errors="replace")
    broken = mixed.count(_BROKEN)
    letters = len(mixed) - len(mixed.encode("ascii", errors="ignore")) - broken
    if letters > broken:  # text in Windows-1252 hardly ever makes a letter of UTF-8
        return content.decode("utf-8", errors=_ONE_BY_ONE)
    return _windows(content)


def _windows(content: bytes) -> str:
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """The bytes that are no UTF-8, as they read in Windows-1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return _windows(error.object[error.start : error.end]), error.end


codecs.register_error(_ONE_BY_ONE, _as_windows)


def refuse_markup(text: str) -> None:
    """A web page or an XML or JSON document is no table; raises UnreadableStatement."""
    start = text.lstrip()[:200].lower()
    if start.startswith(("<!doctype", "<html", "<?xml", "<!--")):
        raise UnreadableStatement(f"The file is a web page or XML, not a statement. {_ADVICE}")
    if start.startswith(("{", "[{")):
        raise UnreadableStatement(f"The file is JSON, not a statement. {_ADVICE}")
