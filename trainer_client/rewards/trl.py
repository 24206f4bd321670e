"""TRL: ``GRPOTrainer(reward_funcs=[code_reward], ...)``.

A row that was not judged gets None, which TRL (1.x) leaves out of the group's mean and gives no advantage; so None is
the default here, with a warning in the log. A service that is never reached, and too many batches in a row of which
nothing is judged, end the training.

Where the trainer offers ``log_extra``, verdicts and their reasons go into the completions table. Where it offers
``log_metric``, the metrics have the share of each verdict (``verdict/accepted``, ...), of what was not judged, of
programs that fail for want of a package, and of rewards that rest on weak suites; where the shape asks for each test's
report, also the share of accepted programs that only a checker's tolerance accepts.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Unpack

from pydantic import ValidationError

from evaluator.schema.thoughts import with_thought
from trainer_client.rewards.judge import (
    GraderOptions,
    OnError,
    Outcome,
    PendingGrade,
    RewardGrader,
    after_prompt,
    id_columns,
    of_rows,
    relaxed_share,
    verdict_shares,
    weak_share,
)
from trainer_client.rewards.unjudged import GIVE_UP_AFTER, UnjudgedBatches
from trainer_client.suites import KNOWN_COLUMNS, UnknownTests, read_row

_log = logging.getLogger(__name__)
_REASON_CHARACTERS = 200
"""The length of a reason in the table of completions, which TRL prints too."""
_MOST_MODULES = 20
"""Missing modules that the log names; models make some up."""
THOUGHT_COLUMN = "prompt_thought"
"""The column with the tag in which a prompt ends, which ``MicroCoderTrainer`` adds."""
PENDING_COLUMN = "pending_grade"
"""The column with what ``grpo.streaming.RewardStream`` has submitted while completions were generated."""
_NO_COLUMNS = ("completion_ids", "trainer_state", "log_extra", "log_metric", "environments", PENDING_COLUMN)
"""Arguments that are no columns of the data set."""


class CodeReward:
    """A reward function of TRL's, with options.

    Args:
        shape: ``binary``, ``fraction``, ``weighted``, ``lcb_strict``, or a ``Shape``.
        column: the data set's column that holds the tests; by default the first known one (``suite``, ``suite_id``...).
        on_error: what a row gets that was not judged: None, a number of your choice, or ``raise``.
        min_bits: suites of mode program with fewer bits get no reward, as if they were not judged (``RewardGrader``).
        give_up_after: batches in a row without any verdict after which an exception ends the training; None: never.
        thought: the tag with which the chat template opens a thought (``RewardGrader``). ``MicroCoderTrainer`` says it
            itself; a prompt that is text with the template applied does so too.
        name: what TRL logs it under.
    """

    def __init__(
        self,
        *,
        column: str | None = None,
        on_error: OnError = None,
        give_up_after: int | None = GIVE_UP_AFTER,
        name: str = "code_reward",
        **options: Unpack[GraderOptions],
    ) -> None:
        self._judge = RewardGrader.of(**options)
        self._column, self._on_error, self.__name__ = column, on_error, name
        self._unjudged = UnjudgedBatches(give_up_after)
        self._missing_modules: set[str] = set()

    def check(self) -> None:
        """Wait until the service can grade. Call it before the trainer's ``train``, which generates first.

        Raises:
            Unreachable: it cannot, for a minute (the client's ``patience_s``); the message has its URL.
        """
        self._judge.check()

    def __call__(self, prompts: Sequence[Any], completions: Sequence[Any], **columns: Any) -> list[float | None]:
        """Rewards of shape (B,).

        Raises:
            UnknownTests: a row holds no tests.
            RequestRefused, ServiceFault, BadReply: something is wrong that waiting does not cure.
            Unreachable, NotJudged: the service was never reached, or has judged nothing for ``give_up_after`` batches.
        """
        answers, tests = self._answers_and_tests(prompts, completions, columns)
        if PENDING_COLUMN in columns:
            return self._rewards(self._collected(answers, tests, columns), columns)
        return self._rewards(self._judge.outcomes(answers, tests), columns)

    def submit(self, prompt: Any, completion: Any, row: Mapping[str, Any]) -> PendingGrade | None:
        """Start to grade one completion of a row. None where the row has no tests: the reward function says so."""
        columns = {name: [value] for name, value in row.items()}
        try:
            [answer], [tests] = self._answers_and_tests([prompt], [completion], columns)
            return self._judge.submit(answer, tests)
        except (UnknownTests, ValidationError):
            return None

    def _collected(self, answers: Sequence[Any], tests: list[Any], columns: dict[str, Any]) -> list[Outcome]:
        """Wait for what was submitted before. Logged: the share whose report is there already."""
        pending = self._judge.pending_of(columns[PENDING_COLUMN], answers)
        log_metric: Callable[[str, float], None] | None = columns.get("log_metric")
        if log_metric is not None:
            done = [each is not None and each.report.done() for each in pending]
            log_metric("graded_early", sum(done) / max(len(done), 1))
        return self._judge.collect(pending, answers, tests)

    def _answers_and_tests(
        self, prompts: Sequence[Any], completions: Sequence[Any], columns: dict[str, Any]
    ) -> tuple[Sequence[Any], list[Any]]:
        read = {*KNOWN_COLUMNS, *([self._column] if self._column else []), *id_columns(columns)}
        names = [name for name in columns if name not in _NO_COLUMNS]
        rows = [{name: columns[name][i] if name in read else None for name in names} for i in range(len(completions))]
        texts = [after_prompt(*pair) for pair in zip(prompts, completions, strict=True)]
        thoughts = columns.get(THOUGHT_COLUMN, [""] * len(completions))
        return list(map(with_thought, thoughts, texts)), of_rows(self._tests, rows, prompts)

    def _tests(self, row: dict[str, Any]) -> Any:
        if self._column is not None and self._column not in row:
            raise UnknownTests(f"there is no column {self._column}; it has: {', '.join(row) or 'nothing'}")
        tests = read_row(row) if self._column is None else read_row(row[self._column], row)
        self._judge.suite(tests)  # what is no suite is told here, where the row has a name
        return tests

    def _rewards(self, outcomes: list[Outcome], columns: dict[str, Any]) -> list[float | None]:
        rewards = [outcome.settled(self._on_error) for outcome in outcomes]
        self._warn(outcomes)
        self._unjudged.note(outcomes)
        log_extra: Callable[[str, list[Any]], None] | None = columns.get("log_extra")
        log_metric: Callable[[str, float], None] | None = columns.get("log_metric")
        if log_extra is not None:
            self._log_columns(outcomes, log_extra)
        if log_metric is not None:
            self._log_metrics(outcomes, log_metric)
        return rewards

    def _warn(self, outcomes: list[Outcome]) -> None:
        missing = [outcome for outcome in outcomes if outcome.reward is None]
        if missing:
            _log.warning(
                "%d of %d programs were not judged; the first: %s", len(missing), len(outcomes), missing[0].reason
            )
        modules = Counter(filter(None, (outcome.missing_module for outcome in outcomes)))
        for module, count in modules.items():
            if module not in self._missing_modules and len(self._missing_modules) < _MOST_MODULES:
                self._missing_modules.add(module)
                _log.warning(
                    "%d of %d programs failed since programs have no module %r: `microcoder runtime PACKAGE` on the "
                    "service's machine, and a restart, give them one",
                    *(count, len(outcomes), module),
                )

    def _log_columns(self, outcomes: list[Outcome], log_extra: Callable[[str, list[Any]], None]) -> None:
        log_extra("verdict", [outcome.verdict for outcome in outcomes])
        log_extra("reason", [outcome.reason[:_REASON_CHARACTERS] for outcome in outcomes])
        if self._judge.shape.detail != "summary":  # a column needs a value in every batch
            log_extra("strict", [outcome.strict for outcome in outcomes])

    def _log_metrics(self, outcomes: list[Outcome], log_metric: Callable[[str, float], None]) -> None:
        for verdict, share in verdict_shares(outcomes).items():
            log_metric(f"verdict/{verdict}", share)
        log_metric("not_judged", sum(outcome.reward is None for outcome in outcomes) / max(len(outcomes), 1))
        log_metric("missing_module", sum(each.missing_module is not None for each in outcomes) / max(len(outcomes), 1))
        log_metric("weak_suites", weak_share(outcomes))
        if self._judge.shape.detail == "tests":
            log_metric("relaxed", relaxed_share(outcomes))


class AsyncCodeReward(CodeReward):
    """A ``CodeReward`` that is a coroutine: TRL runs it beside its other asynchronous reward functions."""

    async def __call__(  # type: ignore[override]
        self, prompts: Sequence[Any], completions: Sequence[Any], **columns: Any
    ) -> list[float | None]:
        """Rewards of shape (B,), as of ``CodeReward``."""
        answers, tests = self._answers_and_tests(prompts, completions, columns)
        if PENDING_COLUMN in columns:
            return self._rewards(await asyncio.to_thread(self._collected, answers, tests, columns), columns)
        return self._rewards(await self._judge.outcomes_async(answers, tests), columns)


code_reward = CodeReward()
async_code_reward = AsyncCodeReward(name="code_reward")
