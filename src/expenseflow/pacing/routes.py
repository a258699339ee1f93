"""`GET /api/provider`."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from expenseflow.identity.deps import CurrentUserDep
from expenseflow.infra.db import finish_early
from expenseflow.infra.settings import Settings
from expenseflow.kit.addresses import without_secrets
from expenseflow.pacing import schemas, service, views
from expenseflow.pacing.probing import Provider
from expenseflow.pacing.schemas import ProviderOut
from expenseflow.pacing.views import Known
from expenseflow.web.deps import SessionDep, SettingsDep

router = APIRouter(prefix="/api", tags=["provider"])

NONE = (
    "No AI service is configured. What your own past choices and the starter rules cannot settle "
    "is flagged for you."
)
_DEFAULT_ADDRESS = "https://api.openai.com"


async def _provider(request: Request) -> Provider:
    return request.app.state.provider


ProviderDep = Annotated[Provider, Depends(_provider)]


@router.get("/provider")
async def get_provider(
    session: SessionDep, settings: SettingsDep, provider: ProviderDep, _user: CurrentUserDep
) -> ProviderOut:
    """What categorizes here: whether it is there, its limits, what it cost; never a key."""
    if provider.probe is None:
        return _out(settings, Known(), reachable=None, checked_at=None)
    known = await service.known(session, provider.name, provider.policy)
    await finish_early(session)
    # No connection is held while the provider is asked, which may take seconds.
    reachable, checked_at = known.lately or await provider.reachability.ask(provider.probe)
    return _out(settings, known, reachable=reachable, checked_at=checked_at)


def _out(
    settings: Settings, known: Known, *, reachable: bool | None, checked_at: datetime | None
) -> ProviderOut:
    configured = reachable is not None
    return ProviderOut(
        configured=configured,
        summary=_summary(settings, known, reachable=reachable),
        model=settings.llm_model if configured else None,
        address=without_secrets(settings.llm_base_url or _DEFAULT_ADDRESS) if configured else None,
        simulated=configured and settings.llm_simulated,
        reachable=reachable,
        checked_at=checked_at,
        limits=schemas.limits_out(known),
        concurrency=schemas.ConcurrencyOut(allowed=known.concurrency, under_way=known.under_way),
        waiting=schemas.waiting_out(known),
        typical_latency=schemas.latency_out(known),
        last_error=schemas.error_out(known),
        last_answered_at=known.heard_at,
        totals=schemas.totals_out(known.totals),
    )


def _summary(settings: Settings, known: Known, *, reachable: bool | None) -> str:
    if reachable is None:
        return NONE
    kind = "A simulated AI service (not a real one)" if settings.llm_simulated else "An AI service"
    name = f"{kind}, {settings.llm_model}, proposes account, department and description"
    return f"{name}. {_state(known, reachable=reachable)}"


def _state(known: Known, *, reachable: bool) -> str:
    if not reachable:
        why = f" ({known.error})" if known.error is not None and known.ended_in_error else ""
        return f"It cannot be used now{why}; reports wait while that may help, then flag the rest."
    if known.error is not None and known.ended_in_error:
        return f"It can be reached, but its last call brought this: {known.error}."
    limits = views.limits_in_words(known)
    if known.waiting_for == "limit":
        return f"It is at its limit now: {limits}."
    return f"It answers; {limits}."
