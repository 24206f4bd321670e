"""Speaks HTTP to the evaluator, from any trainer.

    from trainer_client import EvaluatorClient, Submission, Suite

    with EvaluatorClient("http://127.0.0.1:8000") as client:
        reports = client.grade_many([Submission(response=text, suite=suite) for text in completions])

Needs httpx and pydantic alone, and loads them when a name is first used: importing the package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evaluator.schema import (
        Isolation,
        JobStatus,
        LanguageInfo,
        Limits,
        Readiness,
        Report,
        RunReport,
        RunRequest,
        Submission,
        Suite,
        TestCase,
        Verdict,
        Webhook,
    )
    from trainer_client.blocking import EvaluatorClient, Job
    from trainer_client.client import AsyncEvaluatorClient
    from trainer_client.errors import (
        BadReply,
        DeadlineExceeded,
        EvaluatorError,
        RequestRefused,
        ServiceFault,
        UnknownSuite,
        Unreachable,
        WrongAddress,
    )
    from trainer_client.jobs import AsyncJob
    from trainer_client.settings import ClientSettings

__all__ = [
    "AsyncEvaluatorClient", "AsyncJob", "BadReply", "ClientSettings", "DeadlineExceeded", "EvaluatorClient",
    "EvaluatorError", "Isolation", "Job", "JobStatus", "LanguageInfo", "Limits", "Readiness", "Report",
    "RequestRefused", "RunReport", "RunRequest", "ServiceFault", "Submission", "Suite", "TestCase", "UnknownSuite",
    "Unreachable", "Verdict", "Webhook", "WrongAddress",
]  # fmt: skip

_OURS = {
    "AsyncEvaluatorClient": "client",
    "AsyncJob": "jobs",
    "BadReply": "errors",
    "ClientSettings": "settings",
    "DeadlineExceeded": "errors",
    "EvaluatorClient": "blocking",
    "EvaluatorError": "errors",
    "Job": "blocking",
    "RequestRefused": "errors",
    "ServiceFault": "errors",
    "UnknownSuite": "errors",
    "Unreachable": "errors",
    "WrongAddress": "errors",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = f"{__name__}.{_OURS[name]}" if name in _OURS else "evaluator.schema"
    value = globals()[name] = getattr(import_module(module), name)
    return value


def __dir__() -> list[str]:
    return __all__
