"""The job engine's own schema, frozen from procrastinate 3.10.0.

A later engine ships its changes in `procrastinate/sql/migrations`; each becomes a revision here.

Revision ID: 0001
Revises:
"""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_OBJECTS = """
DO $drop$
DECLARE statement text;
BEGIN
    FOR statement IN
        SELECT format('DROP TABLE IF EXISTS %I CASCADE', tablename) FROM pg_tables
        WHERE schemaname = current_schema() AND tablename LIKE 'procrastinate\\_%'
    LOOP EXECUTE statement; END LOOP;
    FOR statement IN
        SELECT format('DROP FUNCTION IF EXISTS %s CASCADE', p.oid::regprocedure) FROM pg_proc p
        WHERE p.pronamespace = current_schema()::regnamespace AND p.proname LIKE 'procrastinate\\_%'
    LOOP EXECUTE statement; END LOOP;
    FOR statement IN
        SELECT format('DROP TYPE IF EXISTS %I CASCADE', t.typname) FROM pg_type t
        WHERE t.typnamespace = current_schema()::regnamespace
          AND t.typname LIKE 'procrastinate\\_%' AND t.typtype IN ('e', 'c')
    LOOP EXECUTE statement; END LOOP;
END $drop$
"""


def upgrade() -> None:
    schema = Path(__file__).with_name("0001_procrastinate_3_10.sql").read_text()
    if op.get_context().as_sql:
        # Through the dialect every % would be doubled.
        op.get_context().impl.static_output(schema)
    else:
        op.execute(schema.replace(":", r"\:"))


def downgrade() -> None:
    op.execute(_OBJECTS)
