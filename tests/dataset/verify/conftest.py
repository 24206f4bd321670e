"""The real service, and the least of a run that the stage needs: suites in memory, a client as the judge."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from evaluator.local import LocalService
from evaluator.schema import Report, RunReport, RunRequest, Submission, Suite
from trainer_client import EvaluatorClient
from trainer_client.dataset.config import DatasetConfig
from trainer_client.dataset.row import KnownWrong, Problem, Reference, Rejection
from trainer_client.dataset.stage import Context, LanguageModel
from trainer_client.dataset.verify import VerifyStage


class MemorySuites:
    """A ``SuiteStore``."""

    def __init__(self) -> None:
        self._suites: dict[str, Suite] = {}

    def get(self, suite_id: str) -> Suite:
        return self._suites[suite_id]

    def put(self, suite: Suite) -> tuple[str, int]:
        self._suites[suite.id] = suite
        return suite.id, len(suite.canonical())

    def get_raw(self, name: str) -> Any:
        raise KeyError(name)

    def put_raw(self, tests: Any) -> tuple[str, int]:
        raise KeyError(json.dumps(tests)[:80])


class CountingJudge:
    """A ``Judge`` that grades by a client and remembers what it was asked."""

    def __init__(self, client: EvaluatorClient) -> None:
        self.client = client
        self.asked: list[Submission] = []

    def grade(self, submissions: Sequence[Submission], *, repeat: int = 0) -> list[Report]:
        self.asked += submissions
        return self.client.grade_many(submissions)

    def run(self, request: RunRequest, *, repeat: int = 0) -> RunReport:
        return self.client.run(request)


class Verifier:
    """Verifies problems by the stage, as a run does."""

    def __init__(self, client: EvaluatorClient) -> None:
        self.suites, self.judge = MemorySuites(), CountingJudge(client)
        self.llm: LanguageModel | None = None
        self.llm_config: dict[str, Any] | None = None

    def verify(
        self,
        suite: dict[str, Any],
        references: Sequence[str],
        wrong: Sequence[KnownWrong] = (),
        *,
        statement: str = "Solve it.",
        settings: dict[str, Any] | None = None,
        **fields: Any,
    ) -> Problem | Rejection:
        made = Suite.model_validate(suite)
        suite_id, size = self.suites.put(made)
        origins = ("first", "second", "third")
        problem = Problem(
            "problem",
            statement=statement,
            io_mode=made.mode,
            suite_id=suite_id,
            suite_bytes=size,
            references=tuple(Reference(code, origin=name) for code, name in zip(references, origins, strict=False)),
            known_wrong=tuple(wrong),
            **fields,
        )
        sources = {"sources": [{"format": "own", "files": ["none"]}]}
        config = DatasetConfig.model_validate(
            {"collect": sources, "verify": settings or {}, **({"llm": self.llm_config} if self.llm_config else {})}
        )
        outcome = VerifyStage().apply(problem, Context(config, self.suites, self.judge, self.llm))
        assert isinstance(outcome, Problem | Rejection)
        return outcome


@pytest.fixture(scope="session")
def client(shared_service: LocalService) -> Iterator[EvaluatorClient]:
    with EvaluatorClient(shared_service.url) as client:
        yield client


@pytest.fixture
def verifier(client: EvaluatorClient) -> Verifier:
    return Verifier(client)
