"""Report jobs over the whole application, with doorbells answered by hand."""

from tests.support.identity import visitors

__all__ = ["visitors"]
