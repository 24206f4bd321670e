"""Requests of stages to the service, with retries, and a file of answers that another run would repeat."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from evaluator.schema import Report, RunReport, RunRequest, Submission, Verdict
from trainer_client.blocking import EvaluatorClient
from trainer_client.dataset.config import ServiceConfig
from trainer_client.dataset.journal import KeyedJournal
from trainer_client.dataset.row import write_canonical
from trainer_client.uploads import SuiteNames

Service = Callable[[], AbstractContextManager[str]]
"""A context manager that starts a service or connects to one; its value is the URL."""

KEPT_ANSWER_BYTES = 1 << 18
"""Bytes of an answer that is stored, at most. A longer one, as of a program that prints much, is only requested again
after a kill."""
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.1, 5.0


class ServiceJudge:
    """A ``stage.Judge``. The service starts with the first program: stages that run none need no service."""

    def __init__(self, service: Service, config: ServiceConfig, answers: Path) -> None:
        self._service, self._config = service, config
        self._answers = KeyedJournal(answers)
        self._names = SuiteNames()
        self._stack = ExitStack()
        self._client: EvaluatorClient | None = None
        self._lock = Lock()
        self.engine = ""
        """The service's engine; "" before the first request."""

    def grade(self, submissions: Sequence[Submission], *, repeat: int = 0) -> list[Report]:
        keys = [self._key(each, repeat) for each in submissions]
        reports = [self._answer(key, Report) for key in keys]
        for attempt in range(self._config.judge_retries + 1):
            open_places = [place for place, report in enumerate(reports) if _unjudged(report)]
            if not open_places:
                break
            if attempt:
                time.sleep(random.uniform(0, min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2**attempt)))
            for place, report in zip(
                open_places, self._connected().grade_many([submissions[p] for p in open_places]), strict=True
            ):
                reports[place] = report
                if report.repeatable:
                    self._keep(keys[place], report)
        return [report for report in reports if report is not None]

    def run(self, request: RunRequest, *, repeat: int = 0) -> RunReport:
        key = sha256(request.model_dump_json(exclude_defaults=True).encode() + b"run%d" % repeat).hexdigest()
        report: RunReport | None = self._answer(key, RunReport)
        if report is None:
            report = self._connected().run(request)
            self._keep(key, report)
        return report

    def close(self) -> None:
        """Close connections, stop the service if it was started here, close the file of answers."""
        self._stack.close()
        self._answers.close()

    def _key(self, submission: Submission, repeat: int) -> str:
        request = submission.model_dump(mode="json", exclude={"suite", "id"}, exclude_defaults=True)
        suite = submission.suite_id if submission.suite is None else self._names.of(submission.suite)
        return sha256(write_canonical({**request, "suite_id": suite, "repeat": repeat})).hexdigest()

    def _answer(self, key: str, kind: Any) -> Any:
        value = self._answers.get(key)
        return None if value is None else kind.model_validate(value)

    def _keep(self, key: str, report: Report | RunReport) -> None:
        value = report.model_dump(mode="json", exclude_defaults=True)
        if len(write_canonical(value)) <= KEPT_ANSWER_BYTES:
            self._answers.write(key, value)

    def _connected(self) -> EvaluatorClient:
        with self._lock:
            if self._client is None:
                url = self._stack.enter_context(self._service())
                client = EvaluatorClient(url, timeout_s=None, patience_s=self._config.patience_s, judge_error_retries=0)
                self._client = self._stack.enter_context(client)
                self.engine = client.ready().engine
            return self._client


def _unjudged(report: Report | None) -> bool:
    return report is None or report.verdict is Verdict.JUDGE_ERROR
