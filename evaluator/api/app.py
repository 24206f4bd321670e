"""The application: routes, middleware and state."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi_offline import FastAPIOffline

from evaluator.activity import Activity
from evaluator.api import console, grading, jobs, problems, status, suites
from evaluator.api.authentication import Accounts, Authentication
from evaluator.api.compat import ROUTERS
from evaluator.api.compat.judge0_store import Submissions
from evaluator.api.compat.shared import HeldQueue
from evaluator.api.documentation import describe
from evaluator.api.large import LargeBodies
from evaluator.api.middleware import BoundedBody, Measured, SecureHeaders
from evaluator.api.status import Examination, ReadinessProbe
from evaluator.counts import Counts
from evaluator.engine import VERSION
from evaluator.extraction.bounded import Extractor
from evaluator.jobs.service import Jobs
from evaluator.metrics import Metrics
from evaluator.queueing.base import Queue
from evaluator.queueing.metered import MeteredQueue
from evaluator.queueing.quotas import QuotaQueue
from evaluator.settings import Settings
from sandbox.kernel.cpus import usable

if TYPE_CHECKING:
    from evaluator.tracing import Traces


def create_app(
    settings: Settings, queue: Queue, counts: Counts, accounts: Accounts | None = None, traces: Traces | None = None
) -> FastAPI:
    """Make the application in front of a queue that has been started. With accounts, requests need a key. ``counts``
    are those of all processes of the service."""
    metrics = Metrics(settings.queue_limit, queue.readiness, accounts.refusals if accounts else dict)
    probe = ReadinessProbe(queue)  # what it sends is nobody's, and counted nowhere
    app = FastAPIOffline(
        redoc_url=None,
        title="MicroCoder-Evaluator",
        version=VERSION,
        description="Runs untrusted, model-written programs under limits and answers with verdicts to rely on.",
    )
    app.state.settings = settings
    app.state.metrics = metrics
    app.state.probe = probe
    app.state.leaving = asyncio.Event()
    if traces is not None:
        queue = traces.of_programs(queue)
    app.state.examination = Examination()
    app.state.activity = activity = Activity(settings.explorer_reports)
    app.state.queue = queue = QuotaQueue(MeteredQueue(queue, metrics, activity))
    app.state.host = console.HostNotice(app.state.examination)
    app.state.holding = HeldQueue(queue, settings.hold_s)
    app.state.extractor = Extractor(usable())
    app.state.judge0 = defaultdict(Submissions)  # by the name of the key's holder: none finds or pushes out another's
    app.state.suites = queue.suites
    app.state.large = LargeBodies(settings, queue.suites)
    app.state.jobs = Jobs(settings, queue, queue.suites, counts)
    for routes in (
        grading.router,
        jobs.router,
        suites.router,
        status.router,
        console.router,
        *(ROUTERS[name] for name in settings.compat),
    ):
        app.include_router(routes)
    if settings.console:
        app.include_router(console.pages)
    problems.install(app)
    app.add_middleware(BoundedBody, settings=settings)
    # The last is outermost: a browser's question whether it may ask at all (CORS) brings no key.
    if accounts is not None:
        app.add_middleware(Authentication, accounts=accounts, requests=settings.client_connections)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["*"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID", "X-Request-Id"],
            expose_headers=["Retry-After", "X-Request-Id"],
        )
    app.add_middleware(SecureHeaders)
    app.add_middleware(Measured, metrics=metrics)
    if traces is not None:
        traces.of_requests(app)
    app.openapi = partial(describe, app)  # type: ignore[method-assign]
    return app
