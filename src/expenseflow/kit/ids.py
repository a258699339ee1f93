"""Ids are random UUIDs made in Python, so that a row has its id before it is written."""

import uuid


def new_id() -> uuid.UUID:
    """A fresh id."""
    return uuid.uuid4()
