"""How the simulator reads a request and counts its tokens."""

import json
from typing import Any

from expenseflow.simulator import wire


def body(**more: Any) -> bytes:
    document = json.dumps({"lines": [{"id": "1", "description": "Ä CAFE"}]}, ensure_ascii=False)
    messages = [{"role": "system", "content": "x" * 100}, {"role": "user", "content": document}]
    return json.dumps({"model": "any", "messages": messages, **more}).encode()


def test_the_prompt_is_the_messages_and_the_schema_and_nothing_around_them() -> None:
    contents = 100 + len('{"lines": [{"id": "1", "description": "Ä CAFE"}]}')
    assert wire.read(body()).prompt_tokens == -(-contents // 4)
    schema = {"type": "object", "properties": {"é": {"enum": ["a", "b"]}}}
    answer_format = {"type": "json_schema", "json_schema": {"name": "lines", "schema": schema}}
    characters = contents + len('{"type":"object","properties":{"é":{"enum":["a","b"]}}}')
    assert wire.read(body(response_format=answer_format)).prompt_tokens == -(-characters // 4)


def test_the_question_is_the_last_user_message() -> None:
    found = wire.read(body())
    assert found.descriptions == ("Ä CAFE",)
    assert found.lines == [{"id": "1", "description": "Ä CAFE"}]
