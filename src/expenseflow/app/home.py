"""The plain pages: home, sign-in, and the list of operations under `/docs`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.app import docs_page
from expenseflow.identity import credentials
from expenseflow.identity import service as identity
from expenseflow.identity.errors import NotAuthenticated
from expenseflow.identity.service import CurrentUser
from expenseflow.kit.paging import PageRequest
from expenseflow.report_jobs import overview
from expenseflow.report_jobs import service as report_jobs
from expenseflow.report_jobs.schemas import ReportJobOut, job_out, period_out
from expenseflow.reports import service as reports
from expenseflow.reports.schemas import ReportOut, report_out
from expenseflow.web.deps import ClockDep, SessionDep

MONTHS = PageRequest(page=1, page_size=24)
JOBS = PageRequest(page=1, page_size=10)
REPORTS = PageRequest(page=1, page_size=100)
EXPORTS = ("csv", "xlsx")

router = APIRouter(include_in_schema=False)
_pages = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_pages.filters["pieces"] = docs_page.pieces


@router.get("/")
async def home(request: Request, session: SessionDep, clock: ClockDep) -> HTMLResponse:
    """The person's months, jobs and reports; without a session, how to sign in."""
    try:
        claims = credentials.claims_of(request)
        user = await identity.recognise(session, claims, now=clock.now())
    except NotAuthenticated:
        return _page("signed_out.html")
    return _page("home.html", **await _contents(session, user))


@router.get("/sign-in")
async def sign_in_page() -> HTMLResponse:
    """A page whose script posts the code of the address, so that a link preview uses up none."""
    page = _page("sign_in.html")
    page.headers["Referrer-Policy"] = "no-referrer"
    return page


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    """The operations of the OpenAPI document, without anything from another host."""
    document = request.app.openapi()
    by_tag = docs_page.entries_by_tag(document)
    return _page("docs.html", info=document["info"], by_tag=by_tag)


async def _contents(session: AsyncSession, user: CurrentUser) -> dict[str, Any]:
    months = await overview.list_periods(session, user.id, MONTHS)
    jobs = await report_jobs.list_jobs(session, user.id, JOBS, status=None)
    found = await reports.list_reports(session, user.id, period=None, paging=REPORTS)
    shown = [report_out(report) for report in found.items]
    return {
        "email": user.email,
        "months": [period_out(month) for month in months.items],
        "jobs": [_job(job_out(view)) for view in jobs.items],
        "reports": shown,
        "waiting": _waiting(shown),
        "exports": EXPORTS,
    }


def _job(job: ReportJobOut) -> dict[str, Any]:
    active = job.completed_at is None
    return {"active": active, **job.model_dump(by_alias=False)}


def _waiting(shown: Sequence[ReportOut]) -> int:
    """How many lines of drafts wait for a look."""
    return sum(report.needs_review_count for report in shown if report.status == "Draft")


def _page(name: str, **values: Any) -> HTMLResponse:
    return HTMLResponse(_pages.get_template(name).render(**values))
