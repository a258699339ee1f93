"""What stands between us and a PostgreSQL server: nothing, or a pooler that shares its sessions."""

import secrets
from enum import Enum
from typing import Any

import psycopg

from expenseflow.infra.db import KEEPALIVES, libpq_url

_ROUNDS = 10
"""Two connections that ask so often without ever meeting do not share sessions."""
_PID = "SELECT pg_backend_pid()"


class Way(Enum):
    """How an address leads to its server."""

    DIRECT = "direct"
    KEPT = "kept"
    """Through a pooler that leaves a connection its session (session mode)."""
    SHARED = "shared"
    """Through a pooler that shares sessions out for each transaction, or each statement."""


def find(dsn: str) -> Way:
    """Which way it is; raises psycopg.Error when nobody answers there.

    A server tells each connection the process that serves it, and so does a pooler, which makes
    one up. Then two connections look whether they are ever served by the same process.
    """
    with _connect(dsn) as one:
        if one.info.backend_pid == _asked(one):
            return Way.DIRECT
        with _connect(dsn) as other:
            for _ in range(_ROUNDS):
                before, between, after = _asked(one), _asked(other), _asked(one)
                if before == between or before != after:
                    return Way.SHARED
    return Way.KEPT


def lead_to_one_database(dsn: str, session_dsn: str) -> bool:
    """Whether a lock that is held on one way is there for the other."""
    key = secrets.randbits(62)
    with _connect(session_dsn) as holding, _connect(dsn) as trying:
        holding.execute("SELECT pg_advisory_lock(%s)", (key,))
        got_it = trying.execute("SELECT pg_try_advisory_xact_lock(%s)", (key,)).fetchone()
        holding.execute("SELECT pg_advisory_unlock(%s)", (key,))
    return got_it == (False,)


def _asked(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute(_PID).fetchone()
    return 0 if row is None else int(row[0])


def _connect(dsn: str) -> psycopg.Connection[Any]:
    """Each statement for itself, and nothing in it that a pooler would refuse."""
    return psycopg.connect(
        libpq_url(dsn),
        autocommit=True,
        prepare_threshold=None,
        connect_timeout=5,
        application_name="expenseflow start",
        **KEEPALIVES,
    )
