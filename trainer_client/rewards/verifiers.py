"""verifiers with rubrics (up to 0.3): ``vf.Rubric(funcs=[code_reward])``. For ``verifiers.v1`` and prime-rl see
``prime_rl``.

The tests come from ``info`` (``suite``, ``suite_id``, ...), else from ``answer``.

A rubric turns every exception of a reward function into 0.0. So a program that was not judged gets NaN here, which
shows, and ``state["evaluator"]`` has the verdict; drop those rollouts before you train on them, or give ``on_error`` a
number of your choice. ``on_error="raise"`` would be that silent 0 and is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any, Unpack

from trainer_client.rewards.judge import GraderOptions, OnError, Outcome, RewardGrader, of_rows
from trainer_client.suites import read_row


class CodeReward:
    """A reward function of a rubric, with options.

    Raises:
        ValueError: ``on_error`` is ``raise``.
    """

    def __init__(
        self, *, on_error: OnError = "nan", name: str = "code_reward", **options: Unpack[GraderOptions]
    ) -> None:
        if on_error == "raise":
            raise ValueError("on_error='raise' would become 0.0 in a rubric: use 'nan', or a number of your choice")
        self._judge = RewardGrader.of(**options)
        self._on_error, self.__name__ = on_error, name

    async def __call__(self, completion: Any, answer: Any, info: Any, state: MutableMapping[str, Any]) -> float:
        """A reward in [0, 1], or what ``on_error`` says."""
        tests = _tests(answer, info)
        [outcome] = await self._judge.outcomes_async([completion], [tests])
        return self._noted(outcome, state)

    def _noted(self, outcome: Outcome, state: MutableMapping[str, Any]) -> float:
        state["evaluator"] = {"verdict": outcome.verdict, "reward": outcome.reward, "weak_suite": outcome.weak}
        return outcome.certain(self._on_error)


class GroupCodeReward(CodeReward):
    """A ``CodeReward`` for all rollouts of a group at once: one request instead of many."""

    async def __call__(  # type: ignore[override]
        self,
        completions: Sequence[Any],
        answers: Sequence[Any],
        infos: Sequence[Any],
        states: Sequence[MutableMapping[str, Any]],
    ) -> list[float]:
        """Rewards of shape (B,)."""
        tests = of_rows(lambda row: _tests(*row), zip(answers, infos, strict=True))
        outcomes = await self._judge.outcomes_async(completions, tests)
        return [self._noted(outcome, state) for outcome, state in zip(outcomes, states, strict=True)]


def _tests(answer: Any, info: Any) -> Any:
    row = dict(info) if isinstance(info, Mapping) else {}
    return read_row({**row, "ground_truth": row.get("ground_truth") or answer or None})


code_reward = CodeReward()
group_code_reward = GroupCodeReward(name="code_reward")
