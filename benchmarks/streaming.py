"""Reward time that a step of TRL still shows with streaming rewards, and without.

``python -m benchmarks.streaming --corpus DIR [--calibrated] [--record]``, in an environment with TRL and torch. Real:
TRL's training loop with ``MicroCoderTrainer``, transformers' ``generate``, the service, programs with all their tests,
losses and updates. Simulated: the model is tiny, and what it writes is dictated, so that completions are real programs.
Tokens come at the pace of ``--rate`` for all samples at once, with lengths of ``benchmarks.overlap``'s trace. A program
is one token, behind as many tokens of thought as its length wants; a sample that was cut is thought alone.

Exposed reward time is ``reward/seconds``, which the trainer logs: how long it waits for the reward function.
"""

from __future__ import annotations

import argparse
import itertools
import logging
import os
import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    LogitsProcessor,
    LogitsProcessorList,
    PreTrainedTokenizerFast,
    Qwen3Config,
    Qwen3ForCausalLM,
)
from trl import GRPOConfig

from benchmarks.grpo_batch import SAMPLES, CalibratedSuites, grpo, suite_of
from benchmarks.machine import RUN_ALL, facts, record
from benchmarks.overlap import Trace
from evaluator.local import local_service
from evaluator.schema import Submission
from trainer_client import EvaluatorClient
from trainer_client.grpo.gathering import GatheredRollout
from trainer_client.grpo.presets import MICROCODER
from trainer_client.grpo.streaming import RewardStream
from trainer_client.grpo.trl import MicroCoderTrainer, options
from trainer_client.rewards.trl import CodeReward

PAD, END, THOUGHT, FIRST_PROMPT = 0, 1, 2, 3
"""Tokens; after them one for each problem, and one for each program."""


@dataclass(frozen=True, slots=True)
class Workload:
    """The completions of all rollouts: programs by rollout, problem and sample, and the trace of their ends."""

    rollouts: Sequence[Sequence[Submission]]
    traces: Sequence[Trace]
    rate: float
    """Tokens a second."""

    @property
    def problems(self) -> list[Submission]:
        """One program of each problem, whose suite is the problem's."""
        return list(self.rollouts[0][::SAMPLES])

    def tokenizer(self) -> PreTrainedTokenizerFast:
        """Make a tokenizer that has each prompt and each program as a token."""
        programs = [f"\n```python\n{each.code}\n```" for rollout in self.rollouts for each in rollout]
        words = ["<pad>", "<end>", "hm", *(f"problem {n}" for n in range(len(self.problems))), *programs]
        made = Tokenizer(models.WordLevel({word: number for number, word in enumerate(words)}, unk_token="<pad>"))
        made.pre_tokenizer = pre_tokenizers.Split("\0", "isolated")
        return PreTrainedTokenizerFast(tokenizer_object=made, pad_token="<pad>", eos_token="<end>")

    def tokens(self, rollout: int, problem: int, sample: int) -> list[int]:
        """Return the completion of a sample."""
        place = problem * SAMPLES + sample
        trace, first = self.traces[rollout], FIRST_PROMPT + len(self.problems)
        length = round(trace.ends_s[place] * self.rate)
        if trace.is_cut[place]:
            return [THOUGHT] * length
        return [THOUGHT] * (length - 2) + [first + rollout * len(self.rollouts[0]) + place, END]


class _Dictation(LogitsProcessor):  # type: ignore[misc]  # Any to the checker
    """Leaves the dictated token alone possible, not before its time."""

    def __init__(self, completions: Sequence[Sequence[int]], rate: float) -> None:
        self._completions, self._rate, self._began, self._step = completions, rate, time.perf_counter(), 0

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """As of ``LogitsProcessor``."""
        tokens = [ids[self._step] if self._step < len(ids) else PAD for ids in self._completions]
        self._step += 1
        time.sleep(max(0.0, self._began + self._step / self._rate - time.perf_counter()))
        chosen = torch.full_like(scores, -torch.inf)
        chosen[torch.arange(len(tokens)), torch.tensor(tokens)] = 0.0
        return chosen


class DictatedModel(Qwen3ForCausalLM):  # type: ignore[misc]  # Any to the checker
    """A tiny model that writes the completions of a workload, rollout by rollout."""

    def __init__(self, config: Qwen3Config, workload: Workload | None = None) -> None:
        super().__init__(config)
        self.workload, self._rollout = workload, itertools.count()

    def generate(self, input_ids: Any = None, **others: Any) -> Any:
        """As of transformers; the prompt's last token is the problem."""
        assert self.workload is not None
        rollout, seen, completions = next(self._rollout), defaultdict[int, Any](itertools.count), []
        for problem in (input_ids[:, -1] - FIRST_PROMPT).tolist():
            completions.append(self.workload.tokens(rollout, problem, next(seen[problem])))
        dictation = LogitsProcessorList([_Dictation(completions, self.workload.rate)])
        return super().generate(input_ids=input_ids, logits_processor=dictation, **others)


@dataclass(frozen=True, slots=True)
class Seen:
    """A run: exposed seconds of rewards, the share of each rollout's step, and the verdicts."""

    reward_s: list[float]
    step_s: list[float]
    early: list[float]
    verdicts: list[list[str]]


def main() -> None:
    """Entry point."""
    chosen = _options()
    logging.getLogger("trainer_client").setLevel(logging.ERROR)
    os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")
    torch.set_num_threads(1)
    before = facts()
    with local_service(settings=RUN_ALL) as service, EvaluatorClient(service.url) as client:
        workload = _workload(chosen, client)
        batched, streamed = (_run(workload, chosen, client, stream) for stream in (False, True))
    lines = _lines(workload, chosen, batched, streamed)
    print(before, *lines, sep="\n")
    if chosen.record:
        arguments = " --calibrated" * chosen.calibrated + f" --rate {chosen.rate:g}"
        record("Streaming rewards in TRL", f"python -m benchmarks.streaming{arguments}", before, lines)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True, help="a directory of labelled programs")
    parser.add_argument("--problems", type=int, default=32, help="of a rollout; 8 samples each")
    parser.add_argument("--rollouts", type=int, default=2, help="of each way")
    parser.add_argument("--median-tokens", type=float, default=300, help="of a sample, before it is cut")
    parser.add_argument("--sigma", type=float, default=0.5, help="of the logarithm of the length")
    parser.add_argument("--context", type=int, default=512, help="tokens at which samples are cut")
    parser.add_argument("--rate", type=float, default=20, help="tokens a second of one sample")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--calibrated", action="store_true", help="limits by the slowest program that is accepted")
    parser.add_argument("--record", action="store_true", help="add the result to RESULTS.md")
    return parser.parse_args()


def _workload(chosen: argparse.Namespace, client: EvaluatorClient) -> Workload:
    """Choose programs; all are graded once before, so that toolchains are warm and the order of tests is known."""
    batch, size = grpo(chosen.corpus), chosen.problems * SAMPLES
    warm_up = batch(0)[:size]
    reports = client.grade_many(warm_up)
    rollouts = [batch(number)[:size] for number in range(1, chosen.rollouts + 1)]
    if chosen.calibrated:
        calibrated = CalibratedSuites(warm_up, reports)
        client.grade_many([calibrated.of(each) for each in warm_up])
        rollouts = [[calibrated.of(each) for each in rollout] for rollout in rollouts]
    seeds = range(chosen.seed, chosen.seed + chosen.rollouts)
    traces = [Trace.draw(size, argparse.Namespace(**vars(chosen) | {"seed": seed})) for seed in seeds]
    return Workload(rollouts, traces, chosen.rate)


def _run(workload: Workload, chosen: argparse.Namespace, client: EvaluatorClient, stream: bool) -> Seen:
    tokenizer, verdicts = workload.tokenizer(), list[list[str]]()

    def note(rollout: GatheredRollout) -> None:
        verdicts.append([each["verdict"] for each in rollout.completions])

    reward = CodeReward(client=client)
    rows = [
        {"prompt": f"problem {n}", "suite": suite_of(each).model_dump_json(exclude_defaults=True)}
        for n, each in enumerate(workload.problems)
    ]
    with TemporaryDirectory() as folder:
        trainer = MicroCoderTrainer(
            DictatedModel(_tiny(len(tokenizer)), workload),
            args=_arguments(folder, chosen),
            train_dataset=Dataset.from_list(rows),
            reward_funcs=[reward],
            rollout_func=RewardStream(reward) if stream else None,
            processing_class=tokenizer,
            on_rollout=note,
        )
        trainer.train()
    history = [entry for entry in trainer.state.log_history if "reward/seconds" in entry]
    return Seen(
        [entry["reward/seconds"] for entry in history],
        [entry["reward/seconds"] / entry["reward/time_share"] for entry in history],
        [entry.get("graded_early", 0.0) for entry in history],
        verdicts,
    )


def _tiny(words: int) -> Qwen3Config:
    return Qwen3Config(
        vocab_size=words,
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=1,
        num_key_value_heads=1,
        head_dim=8,
        max_position_embeddings=8192,
        eos_token_id=END,
        pad_token_id=PAD,
        bos_token_id=None,
    )


def _arguments(folder: str, chosen: argparse.Namespace) -> GRPOConfig:
    micro_batches = chosen.problems
    return GRPOConfig(
        output_dir=folder,
        max_steps=chosen.rollouts,
        per_device_train_batch_size=SAMPLES,
        gradient_accumulation_steps=micro_batches,
        steps_per_generation=micro_batches,
        num_generations=SAMPLES,
        max_completion_length=chosen.context,
        temperature=1.0,
        learning_rate=1e-6,
        logging_steps=1,
        save_strategy="no",
        report_to=[],
        use_cpu=True,
        bf16=False,
        gradient_checkpointing=False,
        disable_tqdm=True,
        shuffle_dataset=False,
        **options(MICROCODER),
    )


def _lines(workload: Workload, chosen: argparse.Namespace, batched: Seen, streamed: Seen) -> list[str]:
    differ = sum(one != other for one, other in zip(_flat(batched), _flat(streamed), strict=True))
    cut = sum(map(sum, (trace.is_cut for trace in workload.traces)))
    limits = "calibrated" if chosen.calibrated else "the data set's"
    hidden = 1 - statistics.fmean(streamed.reward_s) / statistics.fmean(batched.reward_s)
    return [
        f"{len(workload.rollouts)} rollouts of {len(workload.rollouts[0])} samples each way, {cut} cut. Generation is "
        f"simulated: lengths log-normal, median {chosen.median_tokens:g} tokens, sigma {chosen.sigma:g}, cut at "
        f"{chosen.context}, {chosen.rate:g} tokens/s, seeds from {chosen.seed}. Limits: {limits}. Kept results off. "
        f"Verdicts that differ between the two ways: {differ}.",
        "",
        "| rollout | rewards after the batch | of the step | streamed | of the step | graded early |",
        "|---|---|---|---|---|---|",
        *(
            f"| {number} | {late:.2f} s | {late / late_step:.1%} | {early:.2f} s | {early / early_step:.1%} "
            f"| {share:.0%} |"
            for number, (late, late_step, early, early_step, share) in enumerate(
                zip(batched.reward_s, batched.step_s, streamed.reward_s, streamed.step_s, streamed.early, strict=True),
                start=1,
            )
        ),
        "",
        f"Of the rewards' time {hidden:.1%} is hidden.",
    ]


def _flat(seen: Seen) -> list[str]:
    return [verdict for rollout in seen.verdicts for verdict in rollout]


if __name__ == "__main__":
    main()
