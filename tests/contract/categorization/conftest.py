"""The visitors and the desk of these tests."""

from tests.support.identity import visitors
from tests.support.reports import desk

__all__ = ["desk", "visitors"]
