"""Lines of excluded charges stand on no report, and come back as they were.

Revision ID: 0009
Revises: 0008
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("report_lines", "report_id", nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM report_lines WHERE report_id IS NULL")
    op.alter_column("report_lines", "report_id", nullable=False)
