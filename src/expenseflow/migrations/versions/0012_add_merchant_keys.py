"""Add merchant keys to transactions, computed ahead of a job.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("transactions", sa.Column("merchant_key", sa.String(length=200), nullable=True))
    op.add_column(
        "transactions", sa.Column("merchant_key_version", sa.SmallInteger(), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("transactions", "merchant_key_version")
    op.drop_column("transactions", "merchant_key")
