"""Visitors of the application."""

from tests.support.identity import visitors

__all__ = ["visitors"]
