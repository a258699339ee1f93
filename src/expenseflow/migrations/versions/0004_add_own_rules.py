"""Add own_rules: what a person wants done with charges, in order.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "own_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=True),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("merchant_contains", sa.String(length=200), nullable=True),
        sa.Column("pattern", sa.String(length=100), nullable=True),
        sa.Column("amount_min", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("amount_max", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("source_category", sa.String(length=200), nullable=True),
        sa.Column("account", sa.String(length=100), nullable=True),
        sa.Column("gl_code", sa.String(length=40), nullable=False),
        sa.Column("department_code", sa.String(length=40), nullable=True),
        sa.Column("vendor", sa.String(length=200), nullable=True),
        sa.Column("description", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_own_rules_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_rules")),
    )
    op.create_index(op.f("ix_own_rules_user_id_position"), "own_rules", ["user_id", "position"])


def downgrade() -> None:
    op.drop_table("own_rules")
