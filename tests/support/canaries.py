"""Values that must never be logged, and a walk that puts them into everything a request can hold.

The routes are those of the OpenAPI document, so a new one is walked from its first day.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from expenseflow.app.openapi import operations

CARD = "4929123456781234"
PERSON = "canary.quokka71@example.com"
CANARIES: Mapping[str, str] = {
    "description": "QUOKKADESC71", "note": "quokkanote71", "vendor": "Quokkavendor71",
    "query": "quokkaquery71", "file": "quokkafile71", "path": "quokkapath71",
    "header": "quokkaheader71", "body": "quokkabody71", "account": "quokkaaccount71",
    "key": "sk-quokkakey71", "code": "quokkacode71", "webhook": "quokkawebhook71",
    "card": CARD, "person": PERSON,
}  # fmt: skip
_HEADERS = {"Idempotency-Key", "Last-Event-ID", "If-None-Match", "If-Match"}


def found_in(log: str, secrets: Mapping[str, str]) -> set[str]:
    """Which of them stand in the log."""
    lower = log.lower()
    return {name for name, secret in secrets.items() if secret.lower() in lower}


@dataclass(frozen=True)
class Walk:
    """Every operation of a document, called with canaries by somebody who may."""

    client: httpx.Client
    document: Mapping[str, Any]
    ids: Mapping[str, str]
    """Things of their own, by the name of the path parameter."""

    def go(self) -> int:
        """How many requests it sent; what takes things away comes last, the way out very last."""
        last = {"delete": 1}
        every = sorted(
            operations(self.document),
            key=lambda one: (one[0].endswith("/sign-out"), last.get(one[1], 0)),
        )
        sent = 0
        for path, method, operation in every:
            for request in self._requests(path, method, operation):
                self._send(request)
                sent += 1
        return sent

    def _requests(
        self, path: str, method: str, operation: Mapping[str, Any]
    ) -> Iterator[httpx.Request]:
        given = operation.get("parameters", [])
        names = [each["name"] for each in given if each["in"] == "path"]
        unknown = set(names) - self.ids.keys()
        assert not unknown, f"teach this walk an id for {unknown}"
        strange = path.format(**dict.fromkeys(names, quote(CANARIES["path"])))
        own = path.format(**{name: self.ids[name] for name in names})
        wild = {each["name"]: CANARIES["query"] for each in given if each["in"] == "query"}
        searched = {name: value for name, value in wild.items() if name == "q"}
        headers = dict.fromkeys(_HEADERS, CANARIES["header"])
        # Without the header a line could not be edited at all.
        careful = {"If-Match": '"1"', "Idempotency-Key": CANARIES["header"]}
        for body in self._bodies(operation):
            yield self._made(method, own, careful, searched, **body)
            yield self._made(method, own, headers, wild, **body)
            if names:
                yield self._made(method, strange, headers, wild, **body)

    def _made(
        self, method: str, path: str, given: dict[str, str], query: dict[str, str], **body: Any
    ) -> httpx.Request:
        headers = given | body.pop("headers", {})
        return self.client.build_request(
            method.upper(), path, params=query, headers=headers, **body
        )

    def _bodies(self, operation: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        content = operation.get("requestBody", {}).get("content", {})
        if "multipart/form-data" in content:
            yield from _uploads()
        elif content:
            schema = self._resolved(content["application/json"]["schema"])
            yield {"json": self._filled(schema)}
            yield {"json": dict.fromkeys(schema.get("properties", {}), CANARIES["body"])}
            yield {"json": {CANARIES["body"]: CANARIES["body"]}}
            broken = f'{{"{CANARIES["body"]}": {CANARIES["code"]}'.encode()
            yield {"content": broken, "headers": {"Content-Type": "application/json"}}
        else:
            yield {}

    def _filled(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """A body of the right types, with canaries for free texts."""
        members = schema.get("properties", {})
        return {name: self._value(name, members[name]) for name in members}

    def _value(self, name: str, given: Mapping[str, Any]) -> Any:
        schema = self._resolved(given)
        if examples := schema.get("examples"):
            return examples[0]
        kinds = {"boolean": True, "integer": 1, "number": 1, "array": [], "object": {}}
        return kinds.get(schema.get("type", "string"), CANARIES.get(name, CANARIES["body"]))

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        schema = next(iter(schema.get("anyOf", [])), schema)
        name = schema.get("$ref", "").rpartition("/")[2]
        return self.document["components"]["schemas"][name] if name else schema

    def _send(self, request: httpx.Request) -> None:
        answer = self.client.send(request, stream=True)
        try:
            if not answer.headers.get("content-type", "").startswith("text/event-stream"):
                answer.read()
        finally:
            answer.close()


def statement(period: str = "2026-01", *, lines: int = 3) -> bytes:
    """A month whose merchants are canaries, one with a card number in it."""
    month = chr(64 + int(period[-2:])) * 3  # other merchants each month, so that all are asked
    rows = [
        f"{period}-{1 + at:02d},"
        f"{CANARIES['description']} {month}{chr(65 + at)} {CARD},-{10 + at}.00"
        for at in range(lines)
    ]
    return "\n".join(["Date,Description,Amount", *rows, ""]).encode()


def _uploads() -> Iterator[dict[str, Any]]:
    name = f"{CANARIES['file']}.csv"
    for content in (statement(), CANARIES["description"].encode(), b"\x00\xff" + statement()):
        form = {"account": CANARIES["account"], "currency": "USD"}
        yield {"files": {"file": (name, content)}, "data": form}
    wild = dict.fromkeys(("account", "currency", "mapping", "decisions"), CANARIES["body"])
    yield {"files": {"file": (name, statement())}, "data": wild}
