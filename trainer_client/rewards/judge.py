"""What every trainer's module does: texts and tests in, outcomes out."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, Self

from evaluator.schema import Report, Submission, Suite
from trainer_client.blocking import EvaluatorClient
from trainer_client.errors import DeadlineExceeded, EvaluatorError, Unreachable
from trainer_client.rewards.shapes import Shape, binary, shape_of
from trainer_client.suites import UnknownTests, suite_of

OnError = float | Literal["raise", "nan"] | None
"""What a program gets that was not judged: an exception, NaN, None where the trainer knows it, or a number that you
have chosen."""
TEST_COLUMNS = ("suite", "suite_id", "ground_truth", "verification_info", "test_list", "tests", "test_cases")


class NotJudged(EvaluatorError):
    """The service answered, but could not judge a program (``judge_error``)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One program: its report, or why there is none. ``reward`` is None if it was not judged."""

    reward: float | None
    report: Report | None
    error: EvaluatorError | None

    @property
    def verdict(self) -> str:
        """The report's, or ``judge_error`` without one."""
        return str(self.report.verdict) if self.report is not None else "judge_error"

    def settled(self, on_error: OnError) -> float | None:
        """The reward, or what ``on_error`` says.

        Raises:
            EvaluatorError: it was not judged, and ``on_error`` is ``raise``.
        """
        if self.reward is not None:
            return self.reward
        if on_error == "raise":
            reason = self.report.reason if self.report is not None else ""
            raise self.error or NotJudged(f"{self.verdict}: {reason}")
        return math.nan if on_error == "nan" else on_error

    def certain(self, on_error: OnError) -> float:
        """As ``settled``, for trainers that know no None: NaN instead."""
        reward = self.settled(on_error)
        return math.nan if reward is None else reward


@dataclass(frozen=True, slots=True)
class Judge:
    """Grades models' texts. ``language`` is what the programs are written in; ``fields`` go into every suite that is
    not given by id, such as ``{"limits": {"cpu_s": 10}}``."""

    client: EvaluatorClient | None = None
    shape: Shape = binary
    language: str = "python"
    fields: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, client: EvaluatorClient | None, shape: Shape | str, language: str, fields: Any = None) -> Self:
        """A judge from a trainer's arguments.

        Raises:
            ValueError: there is no shape of that name.
        """
        return cls(client, shape_of(shape), language, dict(fields) if fields else None)

    def outcomes(self, texts: Sequence[str], tests: Sequence[Any]) -> list[Outcome]:
        """One outcome for each text, in order; ``tests`` are suites in any shape that ``suite_of`` knows, or ids.

        Raises:
            RequestRefused, ServiceFault, BadReply: something is wrong that waiting does not cure.
            UnknownTests: a row holds no tests.
        """
        submissions = self.submissions(texts, tests)
        try:
            return self._judged(self._client.start(submissions).result())
        except (Unreachable, DeadlineExceeded) as error:
            return self._judged(error.reports, error)

    async def outcomes_async(self, texts: Sequence[str], tests: Sequence[Any]) -> list[Outcome]:
        """As ``outcomes``, from any event loop, which stays free meanwhile."""
        submissions = await asyncio.to_thread(self.submissions, texts, tests)
        try:
            reports: list[Report] = await asyncio.wrap_future(self._client.start(submissions))
            return self._judged(reports)
        except (Unreachable, DeadlineExceeded) as error:
            return self._judged(error.reports, error)

    def submissions(self, texts: Sequence[str], tests: Sequence[Any]) -> list[Submission]:
        """What is sent.

        Raises:
            UnknownTests: a row holds no tests.
        """
        return [self._submission(text, each) for text, each in zip(texts, tests, strict=True)]

    def _submission(self, text: str, tests: Any) -> Submission:
        asked = {"policy": self.shape.policy, "detail": self.shape.detail}
        common: dict[str, Any] = {"response": text, "language": self.language, **asked}
        if isinstance(tests, str) and tests.startswith("sha256:"):
            return Submission(suite_id=tests, **common)
        suite: Suite = suite_of(tests, **(self.fields or {}))
        return Submission(suite=suite, **common)

    def _judged(self, reports: Sequence[Report | None], error: EvaluatorError | None = None) -> list[Outcome]:
        return [
            Outcome(self.shape(report), report, None) if report is not None else Outcome(None, None, error)
            for report in reports
        ]

    @property
    def _client(self) -> EvaluatorClient:
        return self.client or shared_client()


@cache
def shared_client() -> EvaluatorClient:
    """The process's client, from the environment."""
    return EvaluatorClient()


def tests_of(row: Mapping[str, Any]) -> Any:
    """What a row says about its tests: the first of its columns ``suite``, ``suite_id``, ``ground_truth``,
    ``verification_info``, ``test_list``, ``tests``, ``test_cases`` that holds something.

    Raises:
        UnknownTests: none does.
    """
    for column in TEST_COLUMNS:
        if (value := row.get(column)) is not None:
            return dict(row) if column == "test_list" else value
    raise UnknownTests(f"a row needs one of {', '.join(TEST_COLUMNS)}; it has: {', '.join(map(str, row)) or 'nothing'}")


def text_of(completion: Any) -> str:
    """A completion's text: it is a string, or messages of which the last that the assistant wrote counts."""
    if isinstance(completion, str):
        return completion
    for message in reversed(completion):
        get = message.get if isinstance(message, Mapping) else lambda name, of=message: getattr(of, name, None)
        if get("role") == "assistant":
            content = get("content")
            if isinstance(content, str):
                return content
            return "".join(part.get("text", "") for part in content or () if isinstance(part, Mapping))
    return ""
