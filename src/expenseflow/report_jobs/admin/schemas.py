"""The JSON of what administrators see."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import Field

from expenseflow.report_jobs.admin.alerts import Warnings
from expenseflow.report_jobs.admin.jobs import OwnedView
from expenseflow.report_jobs.admin.people import PersonView
from expenseflow.report_jobs.models import ReportJob
from expenseflow.report_jobs.rules import Status
from expenseflow.report_jobs.schemas import ReportJobOut, StatusName, job_out
from expenseflow.report_jobs.upkeep import rules
from expenseflow.report_jobs.upkeep.models import Alert
from expenseflow.web.wire import UtcTime, WireIn, WireOut


class OwnerOut(WireOut):
    """Whose it is."""

    id: UUID
    email: str


class OwnedReportJobOut(ReportJobOut):
    """A job, and whose it is."""

    user: OwnerOut


def owned_job_out(owned: OwnedView) -> OwnedReportJobOut:
    """The JSON of somebody's job."""
    user = OwnerOut(id=owned.view.job.user_id, email=owned.email)
    return OwnedReportJobOut(**dict(job_out(owned.view)), user=user)


class LastJobOut(WireOut):
    """The newest job of a person."""

    id: UUID
    period: str
    status: StatusName
    created_at: UtcTime

    @classmethod
    def of(cls, job: ReportJob) -> Self:
        return cls(
            id=job.id,
            period=job.period,
            status=Status(job.status).name,
            created_at=job.created_at,
        )


class PersonOut(WireOut):
    """Somebody who uses this installation."""

    id: UUID
    email: str
    issuer: str | None
    subject: str | None
    is_admin: bool
    disabled_at: UtcTime | None
    created_at: UtcTime
    last_job: LastJobOut | None


def person_out(view: PersonView, *, issuer: str | None) -> PersonOut:
    """The JSON of a person; where people come from an `issuer`, nobody else is an administrator."""
    person, last = view.person, view.last_job
    return PersonOut(
        id=person.id,
        email=person.email,
        issuer=person.issuer,
        subject=person.subject,
        is_admin=person.is_admin and issuer in (None, person.issuer),
        disabled_at=person.disabled_at,
        created_at=person.created_at,
        last_job=None if last is None else LastJobOut.of(last),
    )


class PersonIn(WireIn):
    """What becomes of a person."""

    disabled: bool


class LastHourOut(WireOut):
    """The jobs that ended by themselves within the last hour."""

    finished: int
    failed: int
    share: float = Field(ge=0, le=1)


class ThresholdOut(WireOut):
    """When the alert is raised: more than this share of at least so many."""

    share: float
    of_at_least: int


class WebhookOut(WireOut):
    """Whether the last change of the alert was taken by who is to be told of it."""

    configured: bool
    told_at: UtcTime | None
    refusals: int
    next_try_at: UtcTime | None


class AlertsOut(WireOut):
    """How many jobs fail, and who hears of it."""

    last_hour: LastHourOut
    threshold: ThresholdOut
    firing: bool
    since: UtcTime | None
    webhook: WebhookOut


class DeliveryOut(WireOut):
    """Whether the receiver took the message."""

    delivered: bool
    reason: str | None


def alerts_out(warnings: Warnings, *, has_webhook: bool) -> AlertsOut:
    """The JSON of the alerts."""
    hour, alert = warnings.last_hour, warnings.alert
    return AlertsOut(
        last_hour=LastHourOut(finished=hour.finished, failed=hour.failed, share=hour.share),
        threshold=ThresholdOut(share=rules.FAILING_SHARE, of_at_least=rules.FAILING_OF_AT_LEAST),
        firing=alert is not None and alert.firing,
        since=_since(alert),
        webhook=_webhook_out(alert if has_webhook else None, configured=has_webhook),
    )


def _since(alert: Alert | None) -> datetime | None:
    """Since when it is so; a row without facts was made before anything was ever wrong."""
    return alert.since if alert is not None and alert.facts else None


def _webhook_out(alert: Alert | None, *, configured: bool) -> WebhookOut:
    if alert is None or not alert.facts:
        return WebhookOut(configured=configured, told_at=None, refusals=0, next_try_at=None)
    waits = alert.told_at is None
    return WebhookOut(
        configured=configured,
        told_at=alert.told_at,
        refusals=alert.tries if waits else 0,
        next_try_at=alert.try_again_at if waits else None,
    )
