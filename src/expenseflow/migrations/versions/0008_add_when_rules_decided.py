"""Add when rules decided: a job never takes back what a rule was applied to later.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("report_lines", sa.Column("ruled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "report_job_lines", sa.Column("known_at", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("report_job_lines", "known_at")
    op.drop_column("report_lines", "ruled_at")
