"""What a call is answered."""

import json
import random
from dataclasses import dataclass
from typing import Any, Final

from expenseflow.simulator import brain, wire
from expenseflow.simulator.behaviour import Deed
from expenseflow.simulator.records import usable
from expenseflow.simulator.wire import Question

OK: Final = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call will be answered, known before it is let in: its tokens count then."""

    question: Question
    deed: Deed
    wanted: list[dict[str, Any]]
    given: list[dict[str, Any]]
    content: str

    @classmethod
    def make(cls, question: Question, deed: Deed, rng: random.Random) -> "Answer":
        """The good answer, as the deed spoils it."""
        wanted = [brain.answer(line, question.document) for line in question.lines]
        given = deed.lines(wanted, rng) if deed.lines is not None and wanted else wanted
        content = json.dumps({"lines": given}, separators=(",", ":"))
        if deed.content is not None:
            content = deed.content(content)
        return cls(question, deed, wanted, given, content)

    @property
    def prompt_tokens(self) -> int:
        """Those that were read."""
        return self.question.prompt_tokens

    @property
    def completion_tokens(self) -> int:
        """Those that will be written: none when the call fails."""
        return wire.tokens(len(self.content)) if self.deed.status == OK else 0

    def body(self, number: int) -> bytes:
        """The whole HTTP body."""
        whole = wire.answer(
            number,
            self.content,
            finish_reason=self.deed.finish_reason,
            prompt_tokens=self.prompt_tokens,
            completion_tokens=self.completion_tokens,
        )
        return self.deed.body(whole) if self.deed.body else whole

    def usable(self) -> tuple[str, ...]:
        """The descriptions it answers well."""
        deed = self.deed
        spoilt = deed.content is not None or deed.body is not None or deed.finish_reason != "stop"
        if spoilt or deed.status != OK:
            return ()
        return usable(self.wanted, self.given, self.question.descriptions)
