"""Which rule was applied to a line: one that is deleted or changed protects it no more.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("report_lines", sa.Column("ruled_by", sa.Uuid(), nullable=True))
    op.add_column("report_lines", sa.Column("ruled_version", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("report_lines", "ruled_version")
    op.drop_column("report_lines", "ruled_by")
