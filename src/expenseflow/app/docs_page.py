"""The OpenAPI document as people read it: what `docs.html` shows of each operation."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from expenseflow.app.openapi import operations
from expenseflow.kit.period import PERIOD_PATTERN

Document = Mapping[str, Any]
_CODE = re.compile(r"`([^`]+)`")
_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "array": "list",
    "object": "object",
    "null": "null",
}
_FORMATS = {"binary": "file", "uuid": "id (UUID)", "date": "date"}


def pieces(text: str) -> list[str]:
    """Words and code by turns: what stood between backticks has an odd index."""
    return _CODE.split(text)


def entries_by_tag(document: Document) -> dict[str, list[dict[str, Any]]]:
    """Every operation under its first tag, ready to be shown."""
    by_tag: dict[str, list[dict[str, Any]]] = {}
    for path, method, operation in operations(document):
        entry = {
            "id": operation["operationId"],
            "path": path,
            "method": method.upper(),
            "about": operation.get("description", operation.get("summary", "")),
            "parameters": [_parameter(document, told) for told in operation.get("parameters", [])],
            "bodies": list(_bodies(document, operation)),
            "answers": _answers(operation["responses"]),
        }
        by_tag.setdefault(operation["tags"][0], []).append(entry)
    return by_tag


def type_of(document: Document, schema: Document) -> str:
    """What a value may be, in words."""
    schema = _resolved(document, schema)
    if "anyOf" in schema:
        return " or ".join(type_of(document, option) for option in schema["anyOf"])
    if "enum" in schema:
        return "one of " + ", ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("pattern") == PERIOD_PATTERN:
        return "month"
    named = _FORMATS.get(schema.get("format", "")) or _TYPES.get(schema.get("type", ""), "any")
    return named + _bounds(schema)


def _bounds(schema: Document) -> str:
    if "maxLength" in schema:
        return f", at most {schema['maxLength']} characters"
    if "maximum" in schema:
        return f", {schema.get('minimum', 0):,} to {schema['maximum']:,}"
    return ""


def _parameter(document: Document, told: Document) -> dict[str, Any]:
    schema = told["schema"]
    return {
        "name": told["name"],
        "where": told["in"],
        "type": type_of(document, schema),
        "required": told.get("required", False),
        "about": told.get("description", "") + _default(schema),
    }


def _default(schema: Document) -> str:
    default = schema.get("default")
    return "" if default in (None, "") else f" Default: `{default}`."


def _bodies(document: Document, operation: Document) -> Iterator[dict[str, Any]]:
    body: Document = operation.get("requestBody", {})
    for media_type, content in body.get("content", {}).items():
        schema = _object(document, content["schema"])
        yield {
            "type": media_type,
            "required": body.get("required", False),
            "members": [
                {
                    "name": name,
                    "type": type_of(document, member),
                    "required": name in schema.get("required", []),
                    "about": member.get("description", "") + _default(member),
                }
                for name, member in schema.get("properties", {"body": schema}).items()
            ],
        }


def _answers(responses: Document) -> list[tuple[str, str]]:
    """By status; `default`, which is no number, comes last."""
    return sorted((status, told["description"]) for status, told in responses.items())


def _object(document: Document, schema: Document) -> Document:
    """The object of a body that may also be null."""
    options = [option for option in schema.get("anyOf", []) if option.get("type") != "null"]
    return _resolved(document, options[0] if options else schema)


def _resolved(document: Document, schema: Document) -> Document:
    name = schema.get("$ref", "").rpartition("/")[2]
    return document["components"]["schemas"][name] if name else schema
