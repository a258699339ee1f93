"""Bytes in, rows and rejections out; pure, and bounded in time and memory."""

from expenseflow.statements.errors import UnreadableStatement
from expenseflow.statements.parsing import camt, csv_dialects, encoding, mt940, ofx
from expenseflow.statements.parsing.mapping import Mapping
from expenseflow.statements.parsing.model import ParsedRow, ParsedStatement, Rejection

__all__ = ["Mapping", "ParsedRow", "ParsedStatement", "Rejection", "parse"]


_TAGGED = ((ofx.is_ofx, ofx.parse), (camt.is_camt, camt.parse), (mt940.is_mt940, mt940.parse))


def parse(
    content: bytes, *, currency_hint: str | None = None, mapping: Mapping | None = None
) -> ParsedStatement:
    """Read a statement of any format we know, as the mapping says; the rest the file shows.

    `currency_hint` only decides the order of day and month where nothing in the file does.
    Raises UnreadableStatement when the file as a whole cannot be read, or holds no row at all,
    and MappingDoesNotFit when the mapping is of another file.
    """
    text = encoding.decode(content)
    parsed = _parse(text, currency_hint, mapping or Mapping())
    if not parsed.rows and not parsed.rejected:
        raise UnreadableStatement("No transactions were found in this file.")
    return parsed


def _parse(text: str, currency_hint: str | None, mapping: Mapping) -> ParsedStatement:
    for applies, parse_tagged in _TAGGED:
        if applies(text):
            return parse_tagged(text, mapping)
    encoding.refuse_markup(text)
    return csv_dialects.parse(text, currency_hint=currency_hint, mapping=mapping)
