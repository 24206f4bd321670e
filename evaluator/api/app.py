"""Puts the service together."""

from __future__ import annotations

from functools import partial

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from evaluator.api import grading, problems, status, suites
from evaluator.api.compat import ROUTERS
from evaluator.api.compat.holding import Holding
from evaluator.api.compat.judge0_store import Submissions
from evaluator.api.documentation import describe
from evaluator.grading.report import ENGINE
from evaluator.queueing.base import Queue
from evaluator.settings import Settings


def create_app(settings: Settings, queue: Queue) -> FastAPI:
    """The application, in front of a queue that has been started."""
    app = FastAPIOffline(
        redoc_url=None,
        title="MicroCoder-Evaluator",
        version=ENGINE,
        description="Runs untrusted, model-written programs under limits and answers with verdicts to rely on.",
    )
    app.state.settings = settings
    app.state.queue = queue
    app.state.holding = Holding(queue, settings.hold_s)
    app.state.judge0 = Submissions()
    app.state.isolation = None  # tried when it is asked for
    app.state.suites = queue.suites
    for routes in (grading.router, suites.router, status.router, *(ROUTERS[name] for name in settings.compat)):
        app.include_router(routes)
    problems.install(app)
    app.openapi = partial(describe, app)  # type: ignore[method-assign]
    return app
