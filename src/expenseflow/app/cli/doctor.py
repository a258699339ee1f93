"""`expenseflow doctor`: what is configured and what works, in plain words."""

import logging
import os
import platform
import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import httpx
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from expenseflow.app import configuration, listening, server, startup
from expenseflow.app.cli import common
from expenseflow.app.refusals import CannotStart
from expenseflow.app.wiring import Parts
from expenseflow.chart import service as charts
from expenseflow.identity.oidc.discovery import fetch_metadata
from expenseflow.identity.oidc.fetching import Fetcher, NoAnswer, Refused
from expenseflow.identity.oidc.keys import keys_of
from expenseflow.infra import logs, migrations, queue
from expenseflow.infra.db import Address
from expenseflow.infra.embedded_postgres.addresses import SocketAddress
from expenseflow.infra.settings import Settings
from expenseflow.pacing import service as pacing
from expenseflow.pacing.views import limits_in_words
from expenseflow.report_jobs import numbers, overview

_NEVER_SHOWN = ("llm_api_key", "alert_webhook_url", "alert_webhook_secret")
_ADDRESSES = ("database_url", "database_listen_url", "llm_base_url")
_HTTP_PATIENCE = 2.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    topic: str
    words: str
    ok: bool | None = True
    """None: neither good nor bad."""


def doctor() -> int:
    """Say what is configured and what works.

    The exit code is 0 when everything that is needed works.
    """
    logs.configure(level=logging.CRITICAL)
    healthy = True
    for finding in _findings():
        healthy = healthy and finding.ok is not False
        _show(finding)
    print("Everything that is needed works." if healthy else "Something needs attention.")
    return 0 if healthy else 1


def _findings() -> Iterator[Finding]:
    yield Finding("Python", f"{platform.python_version()} ({sys.executable})")
    try:
        settings = configuration.read_settings()
    except CannotStart as error:
        yield Finding("Settings", str(error), ok=False)
        return
    yield from _settings(settings)
    yield from _sign_in(settings)
    yield from _database(settings)
    yield _port(settings)


def _settings(settings: Settings) -> Iterator[Finding]:
    told = [
        f"{configuration.PREFIX}{name.upper()}={_value(settings, name)}" for name in _set(settings)
    ]
    yield Finding("Settings", ", ".join(told) or "all at their defaults", ok=None)
    try:
        configuration.check(settings)
    except CannotStart as error:
        yield Finding("Settings", str(error), ok=False)
    for name in configuration.unknown(os.environ):
        yield Finding("", f"{name} is set, and no setting of ours", ok=None)
    yield Finding("Data folder", str(settings.data_dir), ok=None)


def _set(settings: Settings) -> list[str]:
    """What is set, by the environment or `.env`, and not at its default."""
    fields = type(settings).model_fields
    return [
        name
        for name in sorted(settings.model_fields_set - {"data_dir"})
        if getattr(settings, name) != fields[name].default
    ]


def _value(settings: Settings, name: str) -> str:
    value = getattr(settings, name)
    if name in _NEVER_SHOWN or isinstance(value, SecretStr):
        return "(set, not shown)"
    return _without_password(str(value)) if name in _ADDRESSES else str(value)


def _without_password(address: str) -> str:
    try:
        return make_url(address).render_as_string(hide_password=True)
    except (ValueError, ArgumentError):
        return "(unreadable)"


def _sign_in(settings: Settings) -> Iterator[Finding]:
    """Whether the OpenID provider answers; nothing in local mode."""
    if settings.auth_mode == "oidc" and settings.oidc_issuer is not None:
        yield server.run(_issuer(settings, settings.oidc_issuer))


async def _issuer(settings: Settings, issuer: str) -> Finding:
    fetcher = Fetcher()
    try:
        metadata = await fetch_metadata(fetcher, issuer)
        found = keys_of(await fetcher.get(metadata.jwks_uri))
    except (NoAnswer, Refused) as error:
        return Finding("Sign-in", f"{issuer} cannot be used: {error}", ok=False)
    finally:
        await fetcher.aclose()
    count = common.plural(len(found), "usable key", "usable keys")
    words = f"{issuer} answers; {count}; people come back to {settings.public_url}"
    return Finding("Sign-in", words, ok=len(found) > 0)


def _database(settings: Settings) -> Iterator[Finding]:
    try:
        with startup.open_database(settings) as where:
            yield from server.run(_inside(settings, where))
            if settings.database_url is None:
                yield from _embedded(settings)
    except CannotStart as error:
        yield Finding("Database", str(error), ok=False)


async def _inside(settings: Settings, where: Address) -> list[Finding]:
    async with server.parts_of(settings, where) as parts:
        async with parts.database.transaction() as session:
            version = await session.scalar(text("SHOW server_version"))
            chart = await charts.load_chart(session)
            unfinished = await numbers.unfinished(session)
            workers = await queue.workers(session)
            simulated = await overview.count_simulated(session)
        kind = "embedded" if settings.database_url is None else startup.shown(where.dsn)
        accounts, departments = len(chart.account_codes), len(chart.department_codes)
        return [
            Finding("Database", f"PostgreSQL {version} answers ({kind})"),
            *_pooler(where),
            Finding("Schema", f"up to date ({migrations.head()})"),
            _workers(workers, sum(unfinished.by_status.values())),
            Finding("Chart", f"{accounts} accounts, {departments} departments", accounts > 0),
            await _provider(parts),
            *_simulated(simulated),
        ]


def _pooler(where: Address) -> list[Finding]:
    if not where.is_pooled:
        return []
    if where.session_dsn == where.dsn:
        return [Finding("Pooler", "in session mode, which is well for all we need")]
    words = f"before the database; what needs a session goes to {startup.shown(where.session_dsn)}"
    return [Finding("Pooler", words)]


def _workers(workers: int, reports: int) -> Finding:
    being_made = common.plural(reports, "report is", "reports are")
    if workers:
        at_work = common.plural(workers, "is at work", "are at work")
        return Finding("Workers", f"{at_work}; {being_made} to be made")
    start = "`expenseflow serve` or `expenseflow worker` starts one"
    words = f"none is at work, {being_made} to be made; {start}"
    return Finding("Workers", words, ok=None if not reports else False)


def _simulated(lines: int) -> list[Finding]:
    if not lines:
        return []
    count = common.plural(lines, "report line comes", "report lines come")
    words = f"{count} from the demo's simulated AI service, not from a real one"
    return [Finding("Simulated", words, ok=None)]


async def _provider(parts: Parts) -> Finding:
    if parts.completer is None:
        words = "none is configured; what nothing else can settle is flagged for review"
        return Finding("AI service", words, ok=None)
    found = await parts.completer.probe()
    state = "answers" if found.reachable else f"does not answer ({found.detail})"
    kind = " (simulated, not a real one)" if parts.settings.llm_simulated else ""
    async with parts.database.transaction() as session:
        known = await pacing.known(session, parts.provider.name, parts.provider.policy)
    words = f"{parts.settings.llm_model}{kind}: {state}; {limits_in_words(known)}"
    # Jobs are done without it, so it is worth knowing but not a failure.
    return Finding("AI service", words, ok=True if found.reachable else None)


def _embedded(settings: Settings) -> Iterator[Finding]:
    found = startup.embedded(settings).explain()
    if found.problem is not None:
        yield Finding("Server", found.problem, ok=False)
        return
    yield Finding("Server", f"PostgreSQL {found.version} from {found.binaries}")
    yield Finding("", f"data in {found.data}, run by the user {found.server_user}", ok=None)
    yield Finding("", f"log in {found.log}", ok=None)
    if found.socket is not None and found.binaries is not None:
        psql = found.binaries / "psql"
        words = [str(psql) if psql.exists() else "psql", SocketAddress(found.socket).url]
        yield Finding("", f"to look inside: {shlex.join(words)}", ok=None)
    yield Finding("", f"process {found.server_pid}, used by {_processes(found.users)}", ok=None)


def _processes(users: Sequence[int]) -> str:
    return f"process {users[0]}" if len(users) == 1 else f"{len(users)} processes"


def _port(settings: Settings) -> Finding:
    try:
        listening.listen(settings).close()
    except CannotStart as error:
        if _is_us(settings):
            return Finding("Port", f"{settings.port}: ExpenseFlow is serving there")
        return Finding("Port", str(error), ok=False)
    return Finding("Port", f"{settings.port} is free")


def _is_us(settings: Settings) -> bool:
    try:
        answer = httpx.get(
            f"{listening.base_url(settings.host, settings.port)}/health/live",
            timeout=_HTTP_PATIENCE,
            trust_env=False,
        )
        return answer.json() == {"status": "alive"}
    except (httpx.HTTPError, ValueError):
        return False


def _show(finding: Finding) -> None:
    sign, colour = {True: ("✓", "green"), False: ("✗", "red"), None: ("·", "default")}[finding.ok]
    console = common.stdout()
    console.print(f"{sign} ", style=colour, end="")
    console.print(f"{finding.topic:<12} {finding.words}", markup=False)
