"""The composition root: the only place that decides which class does what.

Production, demo and tests all call `build`; they differ in the settings and the parts they pass.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from expenseflow.app.draining import Drain
from expenseflow.categorization.asking import Pacing
from expenseflow.categorization.model_tier import ModelTier
from expenseflow.identity.oidc.config import config_of
from expenseflow.identity.tokens import Signer, load_or_make_key
from expenseflow.infra.db import Address, Database
from expenseflow.infra.metrics.process import Metrics
from expenseflow.infra.patience import BACKSTAGE, PATIENT, Patience
from expenseflow.infra.queue import JobQueue
from expenseflow.infra.settings import Settings
from expenseflow.infra.webhooks import Webhook
from expenseflow.kit.clock import Clock, SystemClock
from expenseflow.pacing import service as pacing
from expenseflow.pacing.messages import Policy
from expenseflow.pacing.probing import Provider, Reachability
from expenseflow.report_jobs import measuring
from expenseflow.report_jobs.leases import LeaseKeeper
from expenseflow.report_jobs.live.announcing import Announcer
from expenseflow.report_jobs.live.hub import Hub
from expenseflow.report_jobs.post_limit import PerMinute
from expenseflow.report_jobs.running import Workshop
from expenseflow.report_jobs.tasks import JobRunner
from expenseflow.report_jobs.upkeep import alerting, retention
from expenseflow.report_jobs.upkeep.rules import Every, Nightly
from expenseflow.report_jobs.upkeep.timetable import Piece
from expenseflow.report_jobs.upkeep.warming import Warmer, somebody_waits
from expenseflow.report_jobs.upkeep.yielding import Yielding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from expenseflow.identity.oidc.provider import OpenId
    from expenseflow.infra.llm.client import Measure, OpenAICompleter


@dataclass(frozen=True, slots=True)
class Parts:
    """What an API process and a worker are made of."""

    settings: Settings
    clock: Clock
    database: Database
    """For requests."""
    backstage: Database
    """For what a server does for everybody: asked how it is, it must not wait for requests."""
    queue: JobQueue
    signer: Signer
    post_limit: PerMinute
    announcer: Announcer
    hub: Hub
    provider: Provider
    webhook: Webhook | None
    completer: OpenAICompleter | None = field(default=None)
    openid: OpenId | None = field(default=None)
    """Where people sign in; None in local mode."""
    metrics: Metrics = field(default_factory=Metrics)
    drain: Drain = field(default_factory=Drain)

    @property
    def session_info(self) -> Mapping[str, Any]:
        """What each session of this process carries."""
        return session_info(self.announcer, self.metrics)

    async def close(self) -> None:
        """Give back connections."""
        if self.completer is not None:
            await self.completer.aclose()
        if self.openid is not None:
            await self.openid.close()
        await self.database.close()
        await self.backstage.close()


def build(
    settings: Settings,
    where: Address | str,
    *,
    clock: Clock | None = None,
    patience: Patience = PATIENT,
) -> Parts:
    """Everything one process needs, over the database there."""
    address = Address.of(where)
    the_clock = clock or SystemClock()
    metrics = Metrics(the_clock)
    completer = completer_of(settings, measure=metrics.work.provider_called)
    key = signing_key(settings)
    announcer = Announcer(address.session_dsn)
    info = session_info(announcer, metrics)
    database = Database(
        address, pool_size=settings.database_pool_size, patience=patience, info=info
    )
    backstage = Database(address, pool_size=4, application_name="backstage", patience=BACKSTAGE)
    return Parts(
        settings=settings,
        clock=the_clock,
        database=database,
        backstage=backstage,
        queue=JobQueue(address.session_dsn),
        signer=Signer(key),
        post_limit=PerMinute(the_clock),
        announcer=announcer,
        hub=Hub(per_user=settings.streams_per_user),
        provider=provider(settings, completer, the_clock),
        webhook=webhook(settings),
        completer=completer,
        openid=openid_of(settings, key, the_clock),
        metrics=metrics,
    )


def signing_key(settings: Settings) -> bytes:
    """The one of the settings, else that of the data folder, made if there is none."""
    if settings.signing_key is None:
        return load_or_make_key(settings.data_dir)
    return settings.signing_key.get_secret_value().encode()


def openid_of(settings: Settings, key: bytes, clock: Clock) -> OpenId | None:
    """Who is asked who people are; None in local mode."""
    config = config_of(settings)
    if config is None:
        return None
    # `cryptography` takes a while to load, and local mode has no use for it.
    from expenseflow.identity.oidc.provider import OpenId  # noqa: PLC0415  # as above

    return OpenId(config, key, clock)


def session_info(announcer: Announcer, metrics: Metrics) -> Mapping[str, Any]:
    """What sessions carry: who tells of what they commit, and who counts it."""
    return {**announcer.info, **measuring.info(metrics.work)}


def workshop(parts: Parts, database: Database) -> Workshop:
    """What the runs of one worker share; `database` is the worker's own pool."""
    return _workshop(parts, database, _model_tier(parts, _pacing(parts, database)))


def _workshop(parts: Parts, database: Database, model_tier: ModelTier | None) -> Workshop:
    return Workshop(
        database=database,
        clock=parts.clock,
        model_tier=model_tier,
        model_name=parts.settings.llm_model,
        deadline_seconds=parts.settings.job_deadline_s,
        simulated=parts.settings.llm_simulated,
    )


def runner(parts: Parts, database: Database, keeper: LeaseKeeper) -> JobRunner:
    """The one that answers doorbells."""
    return JobRunner(workshop(parts, database), keeper, parts.queue)


def completer_of(settings: Settings, *, measure: Measure | None = None) -> OpenAICompleter | None:
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
        public_only=settings.calls_public_addresses_only,
        measure=measure,
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


def _pacing(parts: Parts, database: Database) -> Pacing:
    settings = parts.settings
    return pacing.SharedPacing(database, provider_of(settings), policy_of(settings))


def _model_tier(parts: Parts, paced: Pacing) -> ModelTier | None:
    if parts.completer is None:
        return None
    return ModelTier(
        parts.completer,
        paced,
        parts.clock,
        outage_patience=parts.settings.llm_outage_patience_s,
    )


# -- upkeep -----------------------------------------------------------------------------------


NIGHT = timedelta(hours=4)


def webhook(settings: Settings) -> Webhook | None:
    """Who is told of alerts; None when nobody is."""
    url, secret = settings.alert_webhook_url, settings.alert_webhook_secret
    if url is None or secret is None:
        return None
    return Webhook(
        url.get_secret_value(),
        secret.get_secret_value(),
        public_only=settings.calls_public_addresses_only,
    )


def upkeep(parts: Parts, database: Database) -> list[Piece]:
    """What the workers together do now and then, each piece by one of them."""
    settings = parts.settings
    watch = partial(alerting.watch_failures, database, parts.clock, parts.webhook)
    forget = partial(retention.forget_old, database, days=settings.retention_days)
    pieces = [
        Piece("alerts", Every(timedelta(seconds=20)), watch),
        Piece("engine", Every(timedelta(minutes=1)), partial(retention.sweep_engine, database)),
        Piece("retention", Nightly(time(2, 30)), forget, longest=NIGHT),
    ]
    if settings.warming != "off":
        warm = warmer(parts, database).warm
        pieces.append(Piece("warming", Nightly(time(3, 30)), warm, longest=NIGHT))
    return pieces


def warmer(parts: Parts, database: Database) -> Warmer:
    """The one that works at night; it asks the provider only if that is set."""
    if parts.settings.warming != "provider":
        return Warmer(_workshop(parts, database, None))
    is_busy = partial(somebody_waits, database)
    paced = Yielding(_pacing(parts, database), parts.clock, is_busy)
    return Warmer(_workshop(parts, database, _model_tier(parts, paced)), paced)
