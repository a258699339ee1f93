"""The composition root: the only place that decides which class does what.

Production, demo and tests all call `build`; they differ in the settings and the parts they pass.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from expenseflow.categorization.calls import Completer
from expenseflow.categorization.model_tier import ModelTier
from expenseflow.identity.tokens import Signer, load_or_make_key
from expenseflow.infra.db import Database
from expenseflow.infra.queue import JobQueue
from expenseflow.infra.settings import Settings
from expenseflow.kit.clock import Clock, SystemClock
from expenseflow.pacing import service as pacing
from expenseflow.pacing.messages import Policy
from expenseflow.pacing.probing import Provider, Reachability
from expenseflow.report_jobs.leases import LeaseKeeper
from expenseflow.report_jobs.live.announcing import Announcer
from expenseflow.report_jobs.live.hub import Hub
from expenseflow.report_jobs.post_limit import PerMinute
from expenseflow.report_jobs.running import Workshop
from expenseflow.report_jobs.tasks import JobRunner

if TYPE_CHECKING:
    from expenseflow.infra.llm.client import OpenAICompleter


@dataclass(frozen=True, slots=True)
class Parts:
    """What an API process and a worker are made of."""

    settings: Settings
    clock: Clock
    dsn: str
    database: Database
    queue: JobQueue
    signer: Signer
    post_limit: PerMinute
    announcer: Announcer
    hub: Hub
    provider: Provider
    completer: OpenAICompleter | None = field(default=None)

    async def close(self) -> None:
        """Give back connections."""
        if self.completer is not None:
            await self.completer.aclose()
        await self.database.close()


def build(settings: Settings, dsn: str, *, clock: Clock | None = None) -> Parts:
    """Everything one process needs, over the database at `dsn`."""
    the_clock = clock or SystemClock()
    completer = completer_of(settings)
    announcer = Announcer(dsn)
    return Parts(
        settings=settings,
        clock=the_clock,
        dsn=dsn,
        database=Database(dsn, pool_size=settings.database_pool_size, info=announcer.info),
        queue=JobQueue(dsn),
        signer=Signer(load_or_make_key(settings.data_dir)),
        post_limit=PerMinute(the_clock),
        announcer=announcer,
        hub=Hub(per_user=settings.streams_per_user),
        provider=provider(settings, completer, the_clock),
        completer=completer,
    )


def workshop(parts: Parts, database: Database) -> Workshop:
    """What the runs of one worker share; `database` is the worker's own pool."""
    return Workshop(
        database=database,
        clock=parts.clock,
        model_tier=None
        if parts.completer is None
        else _model_tier(parts, database, parts.completer),
        model_name=parts.settings.llm_model,
        deadline_seconds=parts.settings.job_deadline_s,
        simulated=parts.settings.llm_simulated,
    )


def runner(parts: Parts, database: Database, keeper: LeaseKeeper) -> JobRunner:
    """The one that answers doorbells."""
    return JobRunner(workshop(parts, database), keeper, parts.queue)


def completer_of(settings: Settings) -> OpenAICompleter | None:
    """Who talks to the provider of these settings; None when there is none."""
    if not settings.has_provider:
        return None
    # The SDK takes a second to load; most processes have no provider.
    from expenseflow.infra.llm.client import OpenAICompleter  # noqa: PLC0415

    key = settings.llm_api_key
    return OpenAICompleter(
        base_url=settings.llm_base_url,
        api_key=None if key is None else key.get_secret_value(),
        model=settings.llm_model,
        timeout_s=settings.llm_timeout_s,
    )


def provider(settings: Settings, completer: OpenAICompleter | None, clock: Clock) -> Provider:
    """What a process tells of the provider of these settings."""
    return Provider(provider_of(settings), policy_of(settings), completer, Reachability(clock))


def provider_of(settings: Settings) -> str:
    """The name of the budget that these settings draw from."""
    key = settings.llm_api_key
    return pacing.provider_id(
        settings.llm_base_url,
        None if key is None else key.get_secret_value(),
        settings.llm_model,
    )


def policy_of(settings: Settings) -> Policy:
    """What the settings say of the provider's limits."""
    given = "llm_limit_window_s" in settings.model_fields_set
    return Policy(
        requests_per_minute=settings.llm_rpm,
        tokens_per_minute=settings.llm_tpm,
        window=settings.llm_limit_window_s if given else None,
        max_concurrency=settings.llm_max_concurrency,
        timeout=settings.llm_timeout_s,
    )


def _model_tier(parts: Parts, database: Database, completer: Completer) -> ModelTier:
    settings = parts.settings
    return ModelTier(
        completer,
        pacing.SharedPacing(database, provider_of(settings), policy_of(settings)),
        parts.clock,
        outage_patience=settings.llm_outage_patience_s,
    )
