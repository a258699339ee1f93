"""The wire format of the test provider (outside contract, section 5): questions in, answers out."""

import json
import math
from dataclasses import dataclass
from typing import Any, Final, cast

from expenseflow.simulator.http import Response

MODEL: Final = "simulated"
CHARACTERS_A_TOKEN: Final = 4


@dataclass(frozen=True, slots=True)
class Question:
    """What a call asks."""

    document: dict[str, Any]
    """The one JSON document in the last user message."""
    lines: list[dict[str, Any]]
    descriptions: tuple[str, ...]
    prompt_tokens: int


def read(body: bytes) -> Question:
    """The question in a request; `ValueError`, `KeyError`, `TypeError`, `IndexError` if none."""
    request = json.loads(body)
    messages = request["messages"]
    document = json.loads([each for each in messages if each["role"] == "user"][-1]["content"])
    lines = document["lines"]
    if not isinstance(lines, list):
        raise TypeError("lines")
    found = cast("list[dict[str, Any]]", lines)
    return Question(
        document=cast("dict[str, Any]", document),
        lines=found,
        descriptions=tuple(str(line["description"]) for line in found),
        prompt_tokens=_prompt_tokens(request),
    )


def tokens(characters: int) -> int:
    """How many tokens so many characters are, near enough."""
    return math.ceil(characters / CHARACTERS_A_TOKEN)


def _prompt_tokens(request: dict[str, Any]) -> int:
    """What a provider counts: the messages' contents and the schema, not what is around them."""
    contents = sum(len(message["content"]) for message in request["messages"])
    schema = _member(_member(request.get("response_format"), "json_schema"), "schema")
    return tokens(contents + (len(compact(schema)) if schema else 0))


def _member(document: object, name: str) -> object:
    return cast("dict[str, Any]", document).get(name) if isinstance(document, dict) else None


def compact(document: object) -> str:
    """JSON without a space too many."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def answer(
    number: int, content: str, *, finish_reason: str, prompt_tokens: int, completion_tokens: int
) -> bytes:
    """A chat completion with that content."""
    message = {"role": "assistant", "content": content}
    return json.dumps(
        {
            "id": f"simulated-{number}",
            "object": "chat.completion",
            "created": 0,
            "model": MODEL,
            "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
            "usage": {
                "prompt_tokens": prompt_tokens,
                "completion_tokens": completion_tokens,
                "total_tokens": prompt_tokens + completion_tokens,
            },
        }
    ).encode()


def ok(document: object) -> Response:
    """An answer of ours about ourselves."""
    return Response(body=json.dumps(document).encode())


def error(status: int, code: str, *, headers: dict[str, str] | None = None) -> Response:
    """A refusal as OpenAI words it."""
    problem = {"message": f"simulated {status}", "type": code, "code": code}
    return Response(status, json.dumps({"error": problem}).encode(), headers or {})
