"""The visitors of these tests."""

from tests.support.identity import visitors

__all__ = ["visitors"]
