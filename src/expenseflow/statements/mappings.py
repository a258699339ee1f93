"""A mapping as it is written down: JSON with the names of the wire."""

from collections.abc import Sequence
from typing import Any

from pydantic.alias_generators import to_camel

from expenseflow.statements.parsing.mapping import DateOrder, Mapping, SignConvention, numbered
from expenseflow.statements.parsing.vocabulary import Role

ROLES: dict[str, Role] = {to_camel(role.value.replace(" ", "_")): role for role in Role}
"""By the name on the wire, such as `postingDate`."""
NAMES: dict[Role, str] = {role: name for name, role in ROLES.items()}


def to_json(mapping: Mapping) -> dict[str, Any]:
    """The mapping as JSON."""
    return {
        "columns": {NAMES[role]: list(columns) for role, columns in mapping.columns.items()},
        "dateOrder": mapping.date_order,
        "decimalSign": mapping.decimal_sign,
        "signConvention": mapping.sign_convention,
        "delimiter": mapping.delimiter,
        "headerRow": mapping.header_row,
        "account": mapping.account,
    }


def from_json(written: dict[str, Any]) -> Mapping:
    """The mapping that was written so; a role that is not known any more is passed over."""
    order, convention = written.get("dateOrder"), written.get("signConvention")
    columns: dict[str, list[int | str]] = written.get("columns") or {}
    return Mapping(
        columns={ROLES[name]: found for name, found in columns.items() if name in ROLES},
        date_order=None if order is None else DateOrder(order),
        decimal_sign=written.get("decimalSign"),
        sign_convention=None if convention is None else SignConvention(convention),
        delimiter=written.get("delimiter"),
        header_row=written.get("headerRow"),
        account=written.get("account"),
    )


def to_remember(
    said: Mapping, shown: Mapping, earlier: Mapping, headings: Sequence[str]
) -> Mapping:
    """What a person has said of files like this one.

    A few members are a person's own words. A whole mapping is that of a preview, sent back: of it
    count what the file does not show by itself, and what was remembered (`earlier`) and stands.
    """
    is_whole = said.header_row is not None and said.delimiter is not None and said.columns
    if not is_whole and shown.delimiter is not None:
        return said
    columns = {
        role: earlier.columns.get(role, found) if _same(role, said, earlier, headings) else found
        for role, found in said.columns.items()
        if not _same(role, said, shown, headings) or _same(role, said, earlier, headings)
    }
    members = {
        name: value
        for name in ("date_order", "decimal_sign", "sign_convention", "delimiter", "header_row")
        if (value := getattr(said, name)) not in (None, getattr(shown, name))
        or (value is not None and value == getattr(earlier, name))
    }
    return Mapping(columns=columns, **members)


def _same(role: Role, one: Mapping, other: Mapping, headings: Sequence[str]) -> bool:
    """Whether both say the same of a role; one that is not named by both is not the same."""
    if role not in one.columns or role not in other.columns:
        return False
    return numbered(one.columns[role], headings) == numbered(other.columns[role], headings)
