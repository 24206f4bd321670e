"""TRL: ``GRPOTrainer(reward_funcs=[code_reward], ...)``.

A row that was not judged gets None, which TRL (1.x) leaves out of the group's mean and gives no advantage; so None is
the default here, with a warning in the log. Verdicts go into the completions table, and the shares that were not judged
and that rest on weak suites into the metrics, where the trainer offers ``log_extra`` and ``log_metric``; the share of
accepted programs that only a checker's tolerance accepts too, where the shape asks for each test's report.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from evaluator.schema.thoughts import with_thought
from trainer_client.blocking import EvaluatorClient
from trainer_client.rewards.judge import (
    OnError,
    Outcome,
    RewardGrader,
    after_prompt,
    id_columns,
    of_rows,
    relaxed_share,
    weak_share,
)
from trainer_client.rewards.shapes import Shape
from trainer_client.suites import KNOWN_COLUMNS, read_row

_log = logging.getLogger(__name__)
THOUGHT_COLUMN = "prompt_thought"
"""The column with the tag in which a prompt ends, which ``MicroCoderTrainer`` adds."""


class CodeReward:
    """A reward function of TRL's, with options.

    Args:
        shape: ``binary``, ``fraction``, ``weighted``, ``lcb_strict``, or a ``Shape``.
        column: the data set's column that holds the tests; by default the first known one (``suite``, ``suite_id``...).
        on_error: what a row gets that was not judged: None, a number of your choice, or ``raise``.
        min_bits: suites of mode program with fewer bits get no reward, as if they were not judged (``RewardGrader``).
        thought: the tag with which the chat template opens a thought (``RewardGrader``). ``MicroCoderTrainer`` says it
            itself; a prompt that is text with the template applied does so too.
        name: what TRL logs it under.
    """

    def __init__(
        self,
        *,
        client: EvaluatorClient | None = None,
        shape: Shape | str = "binary",
        language: str = "python",
        column: str | None = None,
        on_error: OnError = None,
        suite_fields: dict[str, Any] | None = None,
        min_bits: float = 0,
        thought: str = "",
        name: str = "code_reward",
    ) -> None:
        self._judge = RewardGrader.of(client, shape, language, suite_fields, min_bits, thought)
        self._column, self._on_error, self.__name__ = column, on_error, name

    def __call__(self, prompts: Sequence[Any], completions: Sequence[Any], **columns: Any) -> list[float | None]:
        """Rewards of shape (B,).

        Raises:
            UnknownTests: a row holds no tests.
            RequestRefused, ServiceFault, BadReply: something is wrong that waiting does not cure.
        """
        answers, tests = self._answers_and_tests(prompts, completions, columns)
        return self._rewards(self._judge.outcomes(answers, tests), columns)

    def _answers_and_tests(
        self, prompts: Sequence[Any], completions: Sequence[Any], columns: dict[str, Any]
    ) -> tuple[Sequence[Any], list[Any]]:
        known = (*KNOWN_COLUMNS, *([self._column] if self._column else []), *id_columns(columns))
        there = {name: columns[name] for name in known if name in columns}
        rows = [{name: values[i] for name, values in there.items()} for i in range(len(completions))]
        texts = [after_prompt(*pair) for pair in zip(prompts, completions, strict=True)]
        thoughts = columns.get(THOUGHT_COLUMN, [""] * len(completions))
        return list(map(with_thought, thoughts, texts)), of_rows(self._tests, rows)

    def _tests(self, row: dict[str, Any]) -> Any:
        return read_row(row) if self._column is None else read_row(row[self._column], row)

    def _rewards(self, outcomes: list[Outcome], columns: dict[str, Any]) -> list[float | None]:
        rewards = [outcome.settled(self._on_error) for outcome in outcomes]
        missing = [outcome for outcome in outcomes if outcome.reward is None]
        if missing:
            first = missing[0].error or (missing[0].report and missing[0].report.reason)
            _log.warning("%d of %d programs were not judged; the first: %s", len(missing), len(outcomes), first)
        log_extra: Callable[[str, list[Any]], None] | None = columns.get("log_extra")
        log_metric: Callable[[str, float], None] | None = columns.get("log_metric")
        if log_extra is not None:
            log_extra("verdict", [outcome.verdict for outcome in outcomes])
            if self._judge.shape.detail != "summary":  # a column needs a value in every batch
                log_extra("strict", [outcome.strict for outcome in outcomes])
        if log_metric is not None:
            log_metric("not_judged", len(missing) / max(len(outcomes), 1))
            log_metric("weak_suites", weak_share(outcomes))
            if self._judge.shape.detail == "tests":
                log_metric("relaxed", relaxed_share(outcomes))
        return rewards


class AsyncCodeReward(CodeReward):
    """The same as a coroutine: TRL runs it beside its other asynchronous reward functions."""

    async def __call__(  # type: ignore[override]
        self, prompts: Sequence[Any], completions: Sequence[Any], **columns: Any
    ) -> list[float | None]:
        """As ``CodeReward``."""
        answers, tests = self._answers_and_tests(prompts, completions, columns)
        return self._rewards(await self._judge.outcomes_async(answers, tests), columns)


code_reward = CodeReward()
async_code_reward = AsyncCodeReward(name="code_reward")
