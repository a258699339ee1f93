"""What GET of a job is compared with: FastAPI, the same engine, one equal SELECT, nothing else.

No sign-in, no middleware, no ETag. The answer has the same members.
"""

import os
import socket
from uuid import UUID

import uvicorn
from fastapi import FastAPI
from sqlalchemy import select

from expenseflow.infra.db import Database
from expenseflow.report_jobs.models import ReportJob
from expenseflow.report_jobs.schemas import ReportJobOut, job_out
from expenseflow.report_jobs.service import JobView


def make_app(database: Database) -> FastAPI:
    """One route."""
    app = FastAPI()

    @app.get("/users/{user_id}/jobs/{job_id}")
    async def get(user_id: UUID, job_id: UUID) -> ReportJobOut:
        wanted = select(ReportJob).where(ReportJob.user_id == user_id, ReportJob.id == job_id)
        async with database.transaction() as session:
            job = (await session.scalars(wanted)).one()
        return job_out(JobView(job, queue_position=None))

    return app


def main() -> None:
    """Serve until ended; prints the address."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    app = make_app(Database(os.environ["EXPENSEFLOW_DATABASE_URL"], pool_size=10))
    config = uvicorn.Config(
        app, http="httptools", loop="uvloop", ws="none", log_level="warning", access_log=False
    )
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
