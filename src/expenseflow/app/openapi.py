"""The OpenAPI document: what FastAPI derives, with our problems and credentials written in."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic.alias_generators import to_camel

from expenseflow.app import api_words
from expenseflow.app.problem_answers import MEDIA_TYPE
from expenseflow.app.problems import TABLE
from expenseflow.identity import errors
from expenseflow.identity.cookies import SESSION as COOKIE
from expenseflow.identity.gate import OPEN_ROUTES
from expenseflow.kit.errors import ExpenseFlowError
from expenseflow.web import wire

METHODS = frozenset({"get", "post", "put", "patch", "delete"})
_TEXT = {"type": "string"}
PROBLEM_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. Further members depend on the type.",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "examples": ["/problems/not-found"]},
        "title": _TEXT,
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": _TEXT,
        "instance": {"type": "string", "format": "uri-reference"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["detail", "pointer"],
                "properties": {"detail": _TEXT, "pointer": _TEXT},
            },
        },
    },
}
SECURITY_SCHEMES: Mapping[str, Any] = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "`expenseflow token --user …`"},
    "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
}


def operation_id(route: APIRoute) -> str:
    """`listReports`: stable for generated clients as long as the function keeps its name."""
    return to_camel(route.name)


class Api(FastAPI):
    """FastAPI whose document tells the errors we really answer."""

    _completed: dict[str, Any] | None = None

    def openapi(self) -> dict[str, Any]:
        document = super().openapi()
        if document is not self._completed:
            _complete(document)
            self._completed = document
        return document


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation as path, method and object."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield path, method, operation


def _complete(document: dict[str, Any]) -> None:
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["Problem"] = PROBLEM_SCHEMA
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    components["securitySchemes"] = SECURITY_SCHEMES
    for name, members in api_words.MEMBERS.items():
        for member, words in members.items():
            schemas[name]["properties"][member].setdefault("description", words)
    for path, method, operation in operations(document):
        responses = operation["responses"]
        if "HTTPValidationError" in str(responses.get("422")):
            del responses["422"]
        for status, response in responses.items():
            response["description"] = api_words.SUCCESSES.get(status, response["description"])
            _tell_items_only(response)
        if path.startswith("/api/"):
            _describe_parameters(operation)
            _add_problems(path, method, operation)


def _tell_items_only(response: dict[str, Any]) -> None:
    """Of a stream of events each is described; FastAPI adds that the whole is some text."""
    for content in response.get("content", {}).values():
        if "itemSchema" in content:
            content.pop("schema", None)


def _describe_parameters(operation: dict[str, Any]) -> None:
    canonical: dict[str, str] = {name.lower(): name for name in api_words.PARAMETERS}
    for parameter in operation.get("parameters", []):
        # Names of headers are case-insensitive; the document writes them as people know them.
        written: str = parameter["name"]
        name = canonical.get(written.lower(), written)
        _drop_null(parameter["schema"])
        parameter["name"] = name
        if parameter["in"] == "query":
            wire.say_no_nul(parameter["schema"])
        if name in api_words.PARAMETERS:
            parameter.setdefault("description", api_words.PARAMETERS[name])
        if name in api_words.FORMS:
            parameter["schema"].setdefault("pattern", api_words.FORMS[name])
        if name == "If-Match":  # the route takes its absence, to answer 428
            parameter["required"] = True
        if name == "If-None-Match":
            operation["responses"]["304"] = {"description": api_words.UNCHANGED}


def _drop_null(schema: dict[str, Any]) -> None:
    """A parameter is there or it is not: a query or a header cannot hold null."""
    options = [option for option in schema.get("anyOf", []) if option.get("type") != "null"]
    if len(options) == 1:
        del schema["anyOf"]
        schema.update(options[0])


def _add_problems(path: str, method: str, operation: dict[str, Any]) -> None:
    guarded = path not in OPEN_ROUTES
    operation["security"] = [{"bearer": []}, {"session": []}] if guarded else []
    told: dict[int, list[str]] = {}
    for status in _general(operation):
        told.setdefault(status, []).append(api_words.GENERAL[status])
    for fact in (*_gate(method, guarded=guarded), *_refusals(operation)):
        shape = TABLE[fact]
        words = f"`{shape.slug}`: {fact.default_detail()}"
        told.setdefault(shape.status, []).append(words)
    responses = operation["responses"]
    for status in sorted(told):
        responses.setdefault(str(int(status)), _problem(" ".join(told[status])))
    responses.setdefault("default", _problem("Any other problem; `type` and `detail` say which."))


def _general(operation: Mapping[str, Any]) -> Iterator[HTTPStatus]:
    yield HTTPStatus.SERVICE_UNAVAILABLE
    if operation.get("parameters") or "requestBody" in operation:
        yield HTTPStatus.BAD_REQUEST
    if "requestBody" in operation:
        yield HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        yield HTTPStatus.UNSUPPORTED_MEDIA_TYPE


def _gate(method: str, *, guarded: bool) -> Iterator[type[ExpenseFlowError]]:
    if guarded:
        yield errors.NotAuthenticated
        yield errors.TwoCredentials
        if method != "get":
            yield errors.CrossSiteRequest


def _refusals(operation: Mapping[str, Any]) -> tuple[type[ExpenseFlowError], ...]:
    return api_words.REFUSALS.get(operation["operationId"], ())


def _problem(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema}}}
