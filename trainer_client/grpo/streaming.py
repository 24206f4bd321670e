"""Streaming rewards on TRL: each completion is graded as soon as it ends, while others are still generated.

    reward = CodeReward()
    GRPOTrainer(..., reward_funcs=[reward], rollout_func=RewardStream(reward))

``rollout_func`` is TRL's hook for generating; what it returns beside tokens goes to the reward functions as columns. So
this generates as TRL does, submits each completion at its end, and hands the reward function the futures. The verdicts
are those of a batch: the reward function grades again what it gets as another text.

The end of a completion is seen with transformers' ``generate`` and with vLLM in the trainer's own process
(``vllm_mode="colocate"``). Where generation says nothing before all have ended (vLLM's server, tensor parallelism,
continuous batching), all are submitted then, and are graded while the trainer computes log-probabilities.
"""

from __future__ import annotations

import functools
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import torch
from transformers import StoppingCriteria, StoppingCriteriaList

from trainer_client.grpo.trl_internals import end_ids_of, generate, parses_responses
from trainer_client.rewards.judge import PendingGrade
from trainer_client.rewards.trl import PENDING_COLUMN, CodeReward

Row = Mapping[str, Any]


class RewardStream:
    """A rollout function for TRL's ``GRPOTrainer``, and for ``MicroCoderTrainer``.

    A prompt's tests are those of its row. ``MicroCoderTrainer`` says the rows of a batch (``rollout_rows``);
    ``GRPOTrainer`` says only the prompts, so that rows are looked up by prompt in its ``train_dataset``. A prompt that
    is not there, or with different rows, is graded by the reward function as ever.

    Args:
        reward: the reward function that the trainer has.
    """

    def __init__(self, reward: CodeReward) -> None:
        self._reward = reward
        self._rows: dict[str, Row | None] | None = None

    def __call__(self, prompts: list[Any], trainer: Any) -> dict[str, Any]:
        """Generate, as TRL's ``RolloutFunc``."""
        rows = self._rows_of(prompts, trainer)
        prompt_ids, *_ = trainer._tokenize_prompts(prompts)

        def start(place: int, ids: list[int]) -> PendingGrade | None:
            row = rows[place]
            if row is None:
                return None
            [text] = trainer.processing_class.batch_decode([ids], skip_special_tokens=True)
            return self._reward.submit(prompts[place], text, row)

        batch = _StreamedBatch(prompt_ids, rows, start)
        try:
            with _watch(trainer, batch):
                completion_ids, logprobs = generate(trainer, prompt_ids)
            pending = [batch.pending(place, ids) for place, ids in enumerate(completion_ids)]
        except BaseException:
            batch.cancel()
            raise
        return {
            "prompt_ids": prompt_ids,
            "completion_ids": completion_ids,
            "logprobs": logprobs,
            PENDING_COLUMN: pending,
        }

    def _rows_of(self, prompts: Sequence[Any], trainer: Any) -> Sequence[Row | None]:
        if parses_responses(trainer):  # the reward function gets other texts than are decoded here
            return [None] * len(prompts)
        rows: Sequence[Row] | None = getattr(trainer, "rollout_rows", None)
        if rows is not None:
            return rows
        if self._rows is None:
            self._rows = _by_prompt(trainer.train_dataset)
        return [self._rows.get(_key(prompt)) for prompt in prompts]


def _by_prompt(rows: Any) -> dict[str, Row | None]:
    """Return each prompt's row, None for a prompt of different rows."""
    unique: dict[str, Row | None] = {}
    for row in rows:
        key = _key(row["prompt"])
        unique[key] = row if unique.get(key, row) == row else None
    return unique


def _key(prompt: Any) -> str:
    return json.dumps(prompt, sort_keys=True, default=str)


class _StreamedBatch:
    """The completions of a batch, by prompt, row and tokens: an engine does not say which of a prompt's places it has
    finished."""

    def __init__(
        self,
        prompt_ids: Sequence[Sequence[int]],
        rows: Sequence[Row | None],
        start: Callable[[int, list[int]], PendingGrade | None],
    ) -> None:
        self._start = start
        self._kinds: list[int] = []
        """For each place the first one of the same prompt and row."""
        self._by_prompt: dict[tuple[int, ...], list[int]] = defaultdict(list)
        self._pending: dict[tuple[int, tuple[int, ...]], list[PendingGrade | None]] = defaultdict(list)
        for place, ids in enumerate(prompt_ids):
            same = self._by_prompt[tuple(ids)]
            kind = next((each for each in same if rows[each] == rows[place]), place)
            self._kinds.append(kind)
            if kind == place:
                same.append(place)

    def end(self, place: int, ids: list[int]) -> None:
        """Start to grade the completion of a place."""
        kind = self._kinds[place]
        self._pending[kind, tuple(ids)].append(self._start(kind, ids))

    def end_of_prompt(self, prompt_ids: Sequence[int], ids: list[int]) -> None:
        """Start to grade a completion of a prompt, unless the prompt has several rows."""
        kinds = self._by_prompt[tuple(prompt_ids)]
        if len(kinds) == 1:
            self.end(kinds[0], ids)

    def pending(self, place: int, ids: list[int]) -> PendingGrade | None:
        """Take what was started for such a completion, or start it now."""
        started = self._pending[self._kinds[place], tuple(ids)]
        return started.pop() if started else self._start(place, ids)

    def cancel(self) -> None:
        """Withdraw what was started and not taken."""
        for started in self._pending.values():
            for each in filter(None, started):
                each.report.cancel()


def _watch(trainer: Any, batch: _StreamedBatch) -> AbstractContextManager[None]:
    """Watch one generation of a trainer's, as far as it tells of ends."""
    if trainer.use_vllm:
        vllm = trainer.vllm_generation
        in_process = vllm.mode == "colocate" and vllm.tensor_parallel_size == 1
        return _watch_vllm(vllm.llm.llm_engine, batch) if in_process else nullcontext()
    model = trainer.accelerator.unwrap_model(trainer.model_wrapped)
    return _watch_transformers(model, _EndWatch(end_ids_of(trainer), batch.end))


class _EndWatch(StoppingCriteria):  # type: ignore[misc]  # Any to the checker
    """Tells of each row that has got its end token. Stops nothing."""

    def __init__(self, end_ids: Sequence[int], on_end: Callable[[int, list[int]], None]) -> None:
        self._end_ids, self._on_end, self._start = torch.tensor(list(end_ids)), on_end, -1
        self._open = torch.empty(0)

    def __call__(self, input_ids: Any, scores: Any, **_: Any) -> Any:
        """Look at the completions after each token, as ``StoppingCriteria`` do."""
        last = input_ids[:, -1]
        if self._start < 0:
            self._start = input_ids.shape[1] - 1
            self._open = torch.ones_like(last, dtype=torch.bool)
            self._end_ids = self._end_ids.to(last.device)
        ended = torch.isin(last, self._end_ids) & self._open
        self._open &= ~ended
        for place in ended.nonzero().flatten().tolist():
            self._on_end(place, input_ids[place, self._start :].tolist())
        return torch.zeros_like(ended)


@contextmanager
def _watch_transformers(model: Any, watch: _EndWatch) -> Iterator[None]:
    before = vars(model).get("generate")
    model.generate = functools.partial(model.generate, stopping_criteria=StoppingCriteriaList([watch]))
    try:
        yield
    finally:
        del model.generate
        if before is not None:
            model.generate = before


@contextmanager
def _watch_vllm(engine: Any, batch: _StreamedBatch) -> Iterator[None]:
    step = engine.step

    def observed() -> Any:
        outputs = step()
        for each in outputs:
            if each.finished:
                batch.end_of_prompt(each.prompt_token_ids, list(each.outputs[0].token_ids))
        return outputs

    engine.step = observed
    try:
        yield
    finally:
        del engine.step
