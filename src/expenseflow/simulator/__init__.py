"""A test provider: the real protocol over a real socket, for tests, benchmarks and the demo."""

from expenseflow.simulator.running import Simulator

__all__ = ["Simulator"]
