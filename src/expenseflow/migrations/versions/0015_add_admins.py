"""People from an OpenID provider beside local ones, admins, and people who may no longer sign in.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None
harmless = {
    "uq_users_local_email": "it forbids nothing that uq_users_email did not",
    "DROP CONSTRAINT uq_users_email": "0.1.0 names no constraint when it adds somebody once",
}


def upgrade() -> None:
    op.add_column("users", sa.Column("issuer", sa.String(500), nullable=True))
    op.add_column("users", sa.Column("subject", sa.String(255), nullable=True))
    op.add_column(
        "users", sa.Column("is_admin", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("users", sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("uq_users_issuer_subject", "users", ["issuer", "subject"], unique=True)
    op.create_index(
        "uq_users_local_email",
        "users",
        ["email"],
        unique=True,
        postgresql_where=sa.text("issuer IS NULL"),
    )
    op.drop_constraint("uq_users_email", "users", type_="unique")


def downgrade() -> None:
    op.create_unique_constraint("uq_users_email", "users", ["email"])
    op.drop_index("uq_users_local_email", "users")
    op.drop_index("uq_users_issuer_subject", "users")
    op.drop_column("users", "disabled_at")
    op.drop_column("users", "is_admin")
    op.drop_column("users", "subject")
    op.drop_column("users", "issuer")
