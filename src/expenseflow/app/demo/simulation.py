"""The demo's AI service: the test provider in a thread of this process, slow and limited like one.

The settings that lead to it say so (`llm_simulated`), and with them whatever it settles.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from expenseflow.infra.settings import Settings
from expenseflow.simulator import Simulator
from expenseflow.simulator.latency import Latency
from expenseflow.simulator.limits import Limits
from expenseflow.simulator.wire import MODEL

LATENCY: Final = Latency(base=0.4, per_token=0.01)
LIMITS: Final = Limits(requests=10, window=10.0)
"""60 requests a minute."""


@contextmanager
def provider(settings: Settings) -> Generator[Settings]:
    """The settings with a provider of our own, which answers for as long as the block runs."""
    with Simulator(latency=LATENCY, limits=LIMITS) as simulator:
        # No key and no limit that was meant for a real one.
        ours = {
            "llm_base_url": simulator.base_url,
            "llm_api_key": None,
            "llm_model": MODEL,
            "llm_simulated": True,
            "llm_rpm": None,
            "llm_tpm": None,
        }
        yield settings.model_copy(update=ours)
