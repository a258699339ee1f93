"""How long an answer takes."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds until an answer: a base and so much for each token of it, give or take."""

    base: float = 0.0
    per_token: float = 0.0
    jitter: float = 0.0

    def of(self, tokens: int, rng: random.Random) -> float:
        """Seconds for an answer of so many tokens."""
        seconds = self.base + self.per_token * tokens
        return seconds * rng.uniform(1 - self.jitter, 1 + self.jitter)
