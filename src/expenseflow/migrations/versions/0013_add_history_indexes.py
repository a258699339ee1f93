"""Add indexes for a long history: a page's order, and what points at a job that is deleted.

Revision ID: 0013
Revises: 0012
"""

from expenseflow.migrations import indexes

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_JOBS = "report_generation_jobs"


def upgrade() -> None:
    indexes.create(f"ix_{_JOBS}_user_id_created_at_id", _JOBS, ["user_id", "created_at", "id"])
    indexes.create(
        f"ix_{_JOBS}_user_id_status_created_at_id",
        _JOBS,
        ["user_id", "status", "created_at", "id"],
    )
    indexes.create(f"ix_{_JOBS}_retry_of", _JOBS, ["retry_of"], where="retry_of IS NOT NULL")
    indexes.create("ix_idempotency_keys_job_id", "idempotency_keys", ["job_id"])
    indexes.drop(f"ix_{_JOBS}_user_id_created_at", _JOBS)


def downgrade() -> None:
    indexes.create(f"ix_{_JOBS}_user_id_created_at", _JOBS, ["user_id", "created_at"])
    indexes.drop("ix_idempotency_keys_job_id", "idempotency_keys")
    indexes.drop(f"ix_{_JOBS}_retry_of", _JOBS)
    indexes.drop(f"ix_{_JOBS}_user_id_status_created_at_id", _JOBS)
    indexes.drop(f"ix_{_JOBS}_user_id_created_at_id", _JOBS)
