"""A mapping as it is written down: JSON with the names of the wire."""

from typing import Any

from pydantic.alias_generators import to_camel

from expenseflow.statements.parsing.mapping import DateOrder, Mapping, SignConvention
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
