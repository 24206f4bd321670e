"""Scores on held-out problems during training, at L and at 2L."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from transformers import TrainerCallback

from evaluator.schema.thoughts import with_thought
from trainer_client.benchmarks.pass_at_k import pass_at_k
from trainer_client.grpo.config import Evaluation
from trainer_client.grpo.mask import truncated
from trainer_client.grpo.problems import Task
from trainer_client.grpo.sampling import Draw, sample
from trainer_client.grpo.trl_internals import end_ids_of, thoughts_of, tokenizer_of
from trainer_client.rewards.judge import RewardGrader

UNJUDGED = frozenset(["judge_error", "cancelled"])


class HeldOut(TrainerCallback):  # type: ignore[misc]  # Any to the checker
    """Evaluates before the first step, after every ``settings.every`` and after the last one.

    Completions are written up to the longest length; scores at a shorter one are those of the same completions cut
    there, as sampling is consistent in its prefix: so lengths are compared in pairs, for half the price.

    Logged, for each length N: ``eval_pass@1@N`` (which W&B, Trackio and TensorBoard show as ``eval/pass@1@N``),
    ``eval_length@N`` (mean, tokens), ``eval_truncated@N`` and ``eval_not_judged@N`` (shares); and ``eval_seconds``, the
    time that training waited. Problems with a program
    that was not judged do not count. ``evaluation-<step>.json`` in the run's folder has each completion's verdicts.

    Args:
        trainer: a ``MicroCoderTrainer``; it gets this as a callback.
        lengths: tokens, rising.
        folder: where files are written.
    """

    def __init__(
        self,
        trainer: Any,
        tasks: Sequence[Task],
        judge: RewardGrader,
        settings: Evaluation,
        lengths: Sequence[int],
        folder: Path,
    ) -> None:
        self._trainer, self._tasks, self._judge, self._settings = trainer, tasks, judge, settings
        self._lengths, self._folder = lengths, folder
        self.last: dict[str, float] = {}

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Evaluate the model to start from; not where a run is resumed."""
        if state.global_step == 0:
            self.evaluate()

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """The steps at which it is due."""
        if state.global_step % self._settings.every == 0 or state.global_step == state.max_steps:
            self.evaluate()

    def evaluate(self) -> dict[str, float]:
        """Now. All processes have to call it together; the main one judges, logs and writes.

        Returns:
            what was logged; nothing in the other processes.
        Raises:
            EvaluatorError: the service refuses, or fails.
        """
        settings, trainer, started = self._settings, self._trainer, time.perf_counter()
        prompts = [task.prompt for task in self._tasks for _ in range(settings.samples)]
        draw = Draw(max(self._lengths), settings.temperature, settings.top_p, settings.batch_size, settings.seed)
        written = sample(trainer, prompts, draw)
        logged: dict[str, float] = {}
        if trainer.accelerator.is_main_process:
            graded = {length: self._graded([ids[:length] for ids in written]) for length in self._lengths}
            for length, verdicts in graded.items():
                logged |= self._figures(length, [ids[:length] for ids in written], verdicts)
            logged["eval_seconds"] = time.perf_counter() - started
            self._log(logged)
            self._write(graded, logged, written)
        trainer.accelerator.wait_for_everyone()
        self.last = logged
        return logged

    def _graded(self, written: Sequence[Sequence[int]]) -> dict[str, list[str]]:
        """Verdicts of each problem's completions."""
        size = self._settings.samples
        tests = [task.tests for task in self._tasks for _ in range(size)]
        opened = thoughts_of(self._trainer, [task.prompt for task in self._tasks])
        thoughts = [thought for thought in opened for _ in range(size)]
        texts = map(with_thought, thoughts, self._texts(written))
        verdicts = [outcome.verdict for outcome in self._judge.outcomes(list(texts), tests)]
        return {task.id: verdicts[n * size : (n + 1) * size] for n, task in enumerate(self._tasks)}

    def _texts(self, written: Sequence[Sequence[int]]) -> list[str]:
        texts: list[str] = tokenizer_of(self._trainer).batch_decode(written, skip_special_tokens=True)
        return texts

    def _figures(
        self, length: int, written: Sequence[Sequence[int]], verdicts: Mapping[str, Sequence[str]]
    ) -> dict[str, float]:
        judged = {name: each for name, each in verdicts.items() if not UNJUDGED.intersection(each)}
        cut = [truncated(ids, length, end_ids_of(self._trainer)) for ids in written]
        figures = {
            f"eval_length@{length}": fmean(map(len, written)),
            f"eval_truncated@{length}": fmean(cut),
            f"eval_not_judged@{length}": 1 - len(judged) / len(verdicts),
        }
        if judged:
            passed = [pass_at_k(len(each), each.count("accepted"), 1) for each in judged.values()]
            figures[f"eval_pass@1@{length}"] = fmean(passed)
        return figures

    def _log(self, figures: dict[str, float]) -> None:
        # In training mode TRL would take this for the step's own log, and begin its means anew; and the trainer would
        # think that the step has been logged.
        model, control = self._trainer.model, self._trainer.control
        training, due = model.training, control.should_log
        model.eval()
        try:
            self._trainer.log(dict(figures))
        finally:
            model.train(training)
            control.should_log = due

    def _write(
        self,
        verdicts: Mapping[int, Mapping[str, Sequence[str]]],
        figures: Mapping[str, float],
        written: Sequence[Sequence[int]],
    ) -> None:
        settings, step = self._settings, self._trainer.state.global_step
        record: dict[str, Any] = {
            "step": step,
            "sampling": settings.model_dump(include={"samples", "temperature", "top_p", "seed"}),
            "figures": figures,
            "verdicts": verdicts,
        }
        if settings.keep_texts:
            texts, size = self._texts(written), settings.samples
            record["texts"] = {task.id: texts[n * size : (n + 1) * size] for n, task in enumerate(self._tasks)}
        (self._folder / f"evaluation-{step:06}.json").write_text(json.dumps(record), encoding="utf-8")
