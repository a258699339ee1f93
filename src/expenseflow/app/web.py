"""The HTTP application: routers, and around them the layers every exchange passes through."""

import dataclasses
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from http import HTTPStatus
from importlib import metadata
from pathlib import Path
from typing import Any, Protocol

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Scope

import expenseflow.categorization.own_rules.routes
import expenseflow.report_jobs.admin.routes
import expenseflow.report_jobs.live.routes
import expenseflow.report_jobs.routes
import expenseflow.reports.review_routes
import expenseflow.reports.routes
import expenseflow.reports.rule_routes
import expenseflow.reports.undo_routes
import expenseflow.statements.routes
from expenseflow.app import health, pages, problem_answers, ui
from expenseflow.app.audit import Audit
from expenseflow.app.draining import Drain, LastAnswers
from expenseflow.app.openapi import Api, operation_id
from expenseflow.app.readings import Readings
from expenseflow.chart import routes as chart
from expenseflow.identity import routes as identity
from expenseflow.identity.attempts import OIDC_PER_MINUTE, PER_MINUTE, Attempts
from expenseflow.identity.gate import OPEN_ROUTES, ApiGate
from expenseflow.identity.oidc import routes as oidc
from expenseflow.identity.oidc.access import AccessTokens
from expenseflow.identity.oidc.provider import OpenId
from expenseflow.identity.tokens import Signer
from expenseflow.infra.db import Database
from expenseflow.infra.metrics.process import Metrics
from expenseflow.infra.metrics.web import WebMetrics
from expenseflow.infra.settings import Settings
from expenseflow.infra.webhooks import Webhook
from expenseflow.kit.clock import Clock
from expenseflow.pacing import routes as pacing
from expenseflow.pacing.probing import Provider
from expenseflow.report_jobs.live.hub import Hub
from expenseflow.web import addresses
from expenseflow.web.body import BodyGuard
from expenseflow.web.context import RequestContext
from expenseflow.web.crowd import Crowd
from expenseflow.web.head import HeadAsGet
from expenseflow.web.hosts import LoopbackOnly, PublicHostOnly

TABLES = ("/api/accounts", "/api/departments")
UPLOADS = ("/api/statements", "/api/statements/preview")
DESCRIPTION = """Turns a month of card transactions into an expense report that is ready to review.

Sign in with `Authorization: Bearer …` (`expenseflow token --user you@example.com`, or an access
token of the OpenID provider where there is one) or with the session cookie of a browser. Errors are
`application/problem+json` (RFC 9457).

An unknown member of a body is refused; an unknown query parameter is passed over."""

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class WebParts(Protocol):
    """What the web application needs of `wiring.Parts`; each field is put on `app.state`."""

    @property
    def settings(self) -> Settings: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def database(self) -> Database: ...
    @property
    def signer(self) -> Signer: ...
    @property
    def backstage(self) -> Database: ...
    @property
    def hub(self) -> Hub: ...
    @property
    def provider(self) -> Provider: ...
    @property
    def openid(self) -> OpenId | None: ...
    @property
    def webhook(self) -> Webhook | None: ...
    @property
    def metrics(self) -> Metrics: ...
    @property
    def drain(self) -> Drain: ...


def create_app(
    parts: WebParts, *, lifespan: Lifespan | None = None, static: Path = ui.STATIC
) -> FastAPI:
    """The application over these parts; who starts and stops them is the caller's business."""
    app = Api(
        title="ExpenseFlow",
        description=DESCRIPTION,
        version=metadata.version("expenseflow"),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        generate_unique_id_function=operation_id,
    )
    _hand_over(app, parts)
    _add_routes(app)
    ui.add_to(app, static)
    _add_layers(app, parts)
    return app


def _hand_over(app: FastAPI, parts: WebParts) -> None:
    for name in _fields(parts):
        setattr(app.state, name, getattr(parts, name))
    openid = parts.openid
    app.state.sign_in_attempts = Attempts(PER_MINUTE if openid is None else OIDC_PER_MINUTE)
    app.state.access_tokens = None if openid is None else AccessTokens(openid, parts.database)
    app.state.trusted_proxies = addresses.networks_of(parts.settings.trusted_proxies)
    app.state.web_metrics = web = _web_metrics(parts.hub)
    app.state.readings = Readings(
        web, parts.clock, database=parts.backstage, provider=parts.provider
    )
    app.state.readiness = health.Readiness(parts.backstage, parts.clock)


def _fields(parts: Any) -> list[str]:
    return [field.name for field in dataclasses.fields(parts)]


def _add_routes(app: FastAPI) -> None:
    app.include_router(expenseflow.report_jobs.live.routes.router)
    app.include_router(expenseflow.report_jobs.routes.router)
    app.include_router(expenseflow.report_jobs.admin.routes.router)
    app.include_router(expenseflow.reports.routes.router)
    app.include_router(expenseflow.reports.review_routes.router)
    app.include_router(expenseflow.reports.rule_routes.router)
    app.include_router(expenseflow.reports.undo_routes.router)
    app.include_router(expenseflow.categorization.own_rules.routes.router)
    app.include_router(expenseflow.statements.routes.router)
    app.include_router(chart.router)
    app.include_router(pacing.router)
    app.include_router(identity.router)
    app.include_router(oidc.router)
    app.include_router(health.router)
    app.include_router(pages.router)


def _add_layers(app: FastAPI, parts: WebParts) -> None:
    """From the innermost to the outermost."""
    app.add_exception_handler(RequestValidationError, problem_answers.handle)
    app.add_exception_handler(HTTPException, problem_answers.handle)
    app.add_exception_handler(HTTPStatus.NOT_FOUND, _not_found)
    app.add_exception_handler(HTTPStatus.METHOD_NOT_ALLOWED, _method_not_allowed)
    app.add_middleware(Crowd, uploads=UPLOADS)
    app.add_middleware(
        BodyGuard,
        max_upload_mb=parts.settings.max_upload_mb,
        uploads=UPLOADS,
        strangers=OPEN_ROUTES,
        tables=TABLES,
    )
    app.add_middleware(ApiGate)
    if parts.openid is None:
        app.add_middleware(LoopbackOnly)
    else:
        app.add_middleware(PublicHostOnly, public_url=parts.openid.config.public_url)
    app.add_middleware(problem_answers.ProblemAnswers)
    app.add_middleware(Audit)
    app.add_middleware(HeadAsGet)
    app.add_middleware(LastAnswers, drain=parts.drain)
    measure = app.state.web_metrics.answered
    words = _words_of_paths(app)
    is_https = (parts.settings.public_url or "").startswith("https://")
    app.add_middleware(
        RequestContext, clock=parts.clock, measure=measure, words=words, is_https=is_https
    )


def _web_metrics(hub: Hub) -> WebMetrics:
    metrics = WebMetrics()
    metrics.streams_are(hub.__len__)
    metrics.polling_is(lambda: not hub.is_hearing)
    return metrics


def _words_of_paths(app: FastAPI) -> frozenset[str]:
    """What stands in our own addresses, so that it may be logged."""
    paths = [getattr(route, "path", "") for route in iter_route_contexts(app.routes)]
    return frozenset(word for path in paths for word in path.split("/") if "{" not in word)


async def _not_found(request: Request, error: Exception) -> Response:
    """A page for people, a problem for programs."""
    if pages.wants_page(request):
        answer: Response = pages.not_found()
    else:
        answer = await problem_answers.handle(request, error)
    answer.headers["Vary"] = "Accept"
    return answer


async def _method_not_allowed(request: Request, error: Exception) -> Response:
    """405 with everything that is allowed here; 204 for OPTIONS, which asks just that."""
    allow = {"Allow": ", ".join(_allowed(request.app, request.scope))}
    if request.method == "OPTIONS":
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=allow)
    answer = await problem_answers.handle(request, error)
    answer.headers.update(allow)
    return answer


def _allowed(app: FastAPI, scope: Scope) -> list[str]:
    methods = {"OPTIONS"}
    for route in iter_route_contexts(app.routes):
        if route.methods and route.matches(dict(scope))[0] is not Match.NONE:
            methods |= route.methods
    return sorted(methods | {"HEAD"} if "GET" in methods else methods)
