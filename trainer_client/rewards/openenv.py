"""OpenEnv: an environment of one turn, served by a file of yours:

    from openenv.core.env_server import create_app
    from trainer_client.rewards.openenv import CodeAction, CodeEnvironment, CodeObservation

    app = create_app(CodeEnvironment, CodeAction, CodeObservation, env_name="code", max_concurrent_envs=512)

A client gives the data set's row to ``reset(**row)``, and the model's text to ``step``. OpenEnv has no way to leave a
sample out: what was not judged raises, which its clients see as an error, unless ``on_error`` is a number of your
choice.
"""

from __future__ import annotations

import asyncio
from typing import Any, Unpack

from openenv.core.env_server import Action, Environment, Observation, State

from trainer_client.rewards.judge import GraderOptions, OnError, RewardGrader
from trainer_client.suites import RowTests, read_row


class CodeAction(Action):  # type: ignore[misc, unused-ignore]
    """A model's whole answer."""

    response: str


class CodeObservation(Observation):  # type: ignore[misc, unused-ignore]
    """The outcome of a program; empty before there is one. OpenEnv sends ``reward`` and ``done`` beside it."""

    verdict: str = ""
    passed: int = 0
    total: int = 0
    judged: bool = False
    weak_suite: bool = False


class NotReset(RuntimeError):
    """A step came before the row that it is judged by."""


class CodeEnvironment(Environment):  # type: ignore[misc, unused-ignore]
    """One program, one reward. With options: ``functools.partial(CodeEnvironment, shape="fraction")``."""

    SUPPORTS_CONCURRENT_SESSIONS = True

    def __init__(self, *, on_error: OnError = "raise", **options: Unpack[GraderOptions]) -> None:
        super().__init__()
        self._judge = RewardGrader.of(**options)
        self._on_error = on_error
        self._tests: RowTests | None = None
        self._state = State()

    def reset(self, seed: int | None = None, episode_id: str | None = None, **row: Any) -> CodeObservation:
        """Begin an episode with a row: ``suite``, ``suite_id``, ``ground_truth``, ...

        Raises:
            UnknownTests: the row has no tests.
        """
        self._tests, self._state = read_row(row), State(episode_id=episode_id)
        return CodeObservation()

    async def step_async(self, action: CodeAction, timeout_s: float | None = None, **_: Any) -> CodeObservation:
        """Grade the model's text.

        Raises:
            EvaluatorError: it was not judged, and ``on_error`` is ``raise``.
            NotReset: there are no tests yet.
        """
        if self._tests is None:
            raise NotReset("call reset(suite=...) with a row of the data set first")
        [outcome] = await self._judge.outcomes_async([action.response], [self._tests])
        self._state.step_count += 1
        report = outcome.report
        return CodeObservation(
            reward=outcome.certain(self._on_error),
            done=True,
            verdict=outcome.verdict,
            passed=report.passed if report is not None else 0,
            total=report.total if report is not None else 0,
            judged=outcome.reward is not None,
            weak_suite=outcome.weak,
        )

    def step(self, action: CodeAction, timeout_s: float | None = None, **_: Any) -> CodeObservation:
        """Do what ``step_async`` does, without an event loop."""
        return asyncio.run(self.step_async(action, timeout_s))

    @property
    def state(self) -> Any:
        """The episode's id, and how many answers were graded."""
        return self._state
