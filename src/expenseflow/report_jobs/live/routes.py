"""The two streams of report jobs: HTTP only."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response, status

from expenseflow.identity import credentials
from expenseflow.identity.deps import CurrentUserDep
from expenseflow.report_jobs import service
from expenseflow.report_jobs.live import hearing, streaming
from expenseflow.report_jobs.live.hub import Hub, Watcher
from expenseflow.report_jobs.live.streaming import EventStream
from expenseflow.report_jobs.schemas import ReportJobOut
from expenseflow.web.deps import SessionDep

router = APIRouter(prefix="/api/report-jobs", tags=["report jobs"])


async def _hub(request: Request) -> Hub:
    return request.app.state.hub


HubDep = Annotated[Hub, Depends(_hub)]
LastEventIdHeader = Annotated[str | None, Header(alias="Last-Event-ID")]
_JOB = {"$ref": f"#/components/schemas/{ReportJobOut.__name__}"}


def _events(name: str, data: dict[str, Any], *others: str) -> dict[int | str, dict[str, Any]]:
    """How the document tells a stream; `itemSchema` is one event (OpenAPI 3.2, FastAPI)."""
    told = {"type": "string", "contentMediaType": "application/json", "contentSchema": data}
    members = {
        "event": {"type": "string", "enum": [name, *others]},
        "id": {"type": "string", "description": "The version of the job."},
        "data": told,
        "retry": {"type": "integer", "description": "When to come back, in milliseconds."},
    }
    one = {"type": "object", "properties": members}
    content = {streaming.MEDIA_TYPE: {"itemSchema": one}}
    return {
        200: {"description": "Events until the job has finished, or for ever.", "content": content}
    }


_OF_ALL = _events("snapshot", {"anyOf": [_JOB, {"type": "array", "items": _JOB}]}, "job")
_OF_ONE = _events("job", _JOB)


@router.get(
    "/events",
    operation_id="watchReportJobs",
    status_code=status.HTTP_200_OK,
    response_class=EventStream,
    response_model=None,
    responses=_OF_ALL,
)
async def watch_all(
    request: Request, user: CurrentUserDep, session: SessionDep, hub: HubDep
) -> Response:
    """All jobs of the caller: `snapshot` with the active ones, then `job` for each change."""
    since = await service.now(session)
    views = await service.views(session, await service.active_ids(session, [user.id]))
    watcher = Watcher(credentials.claims_of(request), since=since)
    states = [hearing.state_of(view) for view in views]
    for state in states:
        watcher.knows(state.job_id, state.version, state.data)
    data = b"[" + b",".join(state.data for state in states) + b"]"
    return EventStream(hub, watcher, streaming.event("snapshot", data))


@router.get(
    "/{job_id}/events",
    operation_id="watchReportJob",
    status_code=status.HTTP_200_OK,
    response_class=EventStream,
    response_model=None,
    responses={**_OF_ONE, 204: {"description": "The final state is known already."}},
)
async def watch_one(
    job_id: UUID,
    request: Request,
    user: CurrentUserDep,
    session: SessionDep,
    hub: HubDep,
    last_event_id: LastEventIdHeader = None,
) -> Response:
    """One job: `job` at once and after each change; the end of it ends the stream."""
    state = hearing.state_of(await service.get(session, user.id, job_id))
    has_it = last_event_id == str(state.version)
    if has_it and state.is_final:
        return Response(status_code=status.HTTP_204_NO_CONTENT)
    watcher = Watcher(credentials.claims_of(request), job_id)
    watcher.knows(job_id, state.version, state.data)
    first = b"" if has_it else streaming.event("job", state.data, version=state.version)
    return EventStream(hub, watcher, first, is_all=state.is_final)
