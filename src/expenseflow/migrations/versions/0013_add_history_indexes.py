"""Add indexes for the lists of somebody with a long history: they hold the order of a page.

Revision ID: 0013
Revises: 0012
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_JOBS = "report_generation_jobs"


def upgrade() -> None:
    op.create_index(
        op.f("ix_report_generation_jobs_user_id_created_at_id"),
        _JOBS,
        ["user_id", "created_at", "id"],
    )
    op.create_index(
        op.f("ix_report_generation_jobs_user_id_status_created_at_id"),
        _JOBS,
        ["user_id", "status", "created_at", "id"],
    )
    op.drop_index(op.f("ix_report_generation_jobs_user_id_created_at"), table_name=_JOBS)


def downgrade() -> None:
    op.create_index(
        op.f("ix_report_generation_jobs_user_id_created_at"), _JOBS, ["user_id", "created_at"]
    )
    op.drop_index(op.f("ix_report_generation_jobs_user_id_status_created_at_id"), table_name=_JOBS)
    op.drop_index(op.f("ix_report_generation_jobs_user_id_created_at_id"), table_name=_JOBS)
