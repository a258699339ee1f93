"""Add statement mappings: how files with these headings are read, and how each file was.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "statement_mappings",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("header_key", sa.String(length=64), nullable=False),
        sa.Column("mapping", JSONB(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_statement_mappings_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", "header_key", name=op.f("pk_statement_mappings")),
    )
    for column in (
        sa.Column("skipped", sa.Integer(), server_default="0", nullable=False),
        sa.Column("mapping", JSONB(), nullable=True),
        sa.Column(
            "mapping_source", sa.String(length=10), server_default="inferred", nullable=False
        ),
        sa.Column("decisions", JSONB(), server_default="{}", nullable=False),
        sa.Column("notes", JSONB(), server_default="[]", nullable=False),
    ):
        op.add_column("statements", column)


def downgrade() -> None:
    for name in ("notes", "decisions", "mapping_source", "mapping", "skipped"):
        op.drop_column("statements", name)
    op.drop_table("statement_mappings")
