"""Logs of trainers, as their published code writes them, and our own form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from trainer_client.diagnosis.formats import TextLength
from trainer_client.diagnosis.metrics import RunFacts, StepMetrics, measure
from trainer_client.diagnosis.rollouts import BadRollouts
from trainer_client.diagnosis.sources import LogFiles, read_steps

TEXTS = ["print(1 + 2)", "for i in range(3): print(i)"]


def lines(file: Path, rows: list[Any]) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


def metrics_of(*paths: Path, facts: RunFacts | None = None) -> list[StepMetrics]:
    return [measure(step, facts or RunFacts()) for step in read_steps(LogFiles(paths))]


def test_our_own_rows(tmp_path: Path) -> None:
    rows = [
        {"step": 1, "group": "a", "tokens": [1, 2, 3, 4, 5], "verdict": "accepted", "strict": False},
        {"step": 1, "group": "a", "length": 9, "truncated": True, "verdict": "no_code", "reward": 0.0},
        {"step": 1, "group": "b", "length": 4, "verdict": "judge_error"},
        {"step": 1, "group": "b", "length": 6, "verdict": "accepted", "strict": True, "weight": 0.5},
        {"step": 1, "metrics": {"entropy": 0.4, "held_out": 0.3}},
        {"step": 2, "group": "a", "length": 3, "reward": 0.25},
    ]
    first, second = metrics_of(lines(tmp_path / "run.jsonl", rows))
    assert (first.completions, first.prompts, first.accepted, first.length) == (4, 2, 2, 6.0)
    assert (first.relaxed, first.not_judged, first.no_code) == (0.5, 0.25, 0.25)
    assert first.reward == pytest.approx(2 / 3)
    assert first.strict_reward == pytest.approx(1 / 3)
    assert (first.entropy, first.held_out, first.weight_long) == (0.4, 0.3, 0.5)
    assert first.verdicts == {"accepted": 0.5, "judge_error": 0.25, "no_code": 0.25}
    assert (second.step, second.reward, second.truncated) == (2, 0.25, None)


def verl_rows(step: int) -> list[dict[str, Any]]:
    """As ``_write_generations`` and our reward function make them."""
    return [
        {
            "input": f"problem {place // 2}",
            "output": TEXTS[place % 2],
            "gts": None,
            "score": float(place % 2),
            "step": step,
            "acc": float(place % 2),
            "verdict": ["wrong_answer", "accepted"][place % 2],
            "passed": 1,
            "total": 2,
            "weak_suite": 0.0,
        }
        for place in range(4)
    ]


def test_verl_s_dumps_and_its_logger(tmp_path: Path) -> None:
    for step in (1, 2, 10):
        lines(tmp_path / "rollouts" / f"{step}.jsonl", verl_rows(step))
    figures = {"actor/entropy": 0.5, "response_length/mean": 700.0, "response_length/clip_ratio": 0.25}
    logger = [{"step": 2, "data": {**figures, "val-core/taco/acc/mean@4": 0.4, "val-core/taco/acc/best@4/mean": 0.9}}]
    steps = metrics_of(tmp_path / "rollouts", lines(tmp_path / "logger.jsonl", logger))
    assert [step.step for step in steps] == [1, 2, 10]
    assert all(step.reward == 0.5 and step.prompts == 2 and step.equal_groups == 0 for step in steps)
    # Words and signs, where only text was dumped.
    assert steps[0].length == pytest.approx((6 + 12) / 2)
    assert (steps[0].truncated, steps[0].entropy) == (None, None)
    late = steps[2]
    assert (late.entropy, late.truncated, late.held_out) == (0.5, 0.25, 0.4)


def test_verl_s_logger_alone(tmp_path: Path) -> None:
    rows = [{"step": n, "data": {"critic/score/mean": 0.1 * n, "response_length/mean": 500.0}} for n in (1, 2, 3)]
    steps = metrics_of(lines(tmp_path / "run.jsonl", rows), facts=RunFacts(1000))
    assert [(step.step, step.length, step.length_share) for step in steps] == [(n, 500.0, 0.5) for n in (1, 2, 3)]


def trl_table(step: int, shift: int = 0) -> dict[str, list[Any]]:
    """As ``GRPOTrainer.log`` makes it, with two reward functions and our columns."""
    messages = [[{"role": "assistant", "content": TEXTS[(place + shift) % 2]}] for place in range(4)]
    return {
        "step": [step] * 4,
        "prompt": [[{"role": "user", "content": f"problem {place // 2}"}] for place in range(4)],
        "completion": messages,
        "code_reward": [1.0, 0.0, None, 1.0],
        "style": [0.5, 0.0, None, 0.0],
        "verdict": ["accepted", "wrong_answer", "judge_error", "accepted"],
        "strict": [False, None, None, True],
        "advantage": [0.7, -0.7, 0.0, 0.0],
    }


def test_trl_s_tables_and_state(tmp_path: Path) -> None:
    parquet, arrow = pytest.importorskip("pyarrow.parquet"), pytest.importorskip("pyarrow")
    folder = tmp_path / "completions"
    folder.mkdir()
    for step, shift in ((2, 0), (4, 0), (6, 1)):  # the second table is the first rollout, logged again
        parquet.write_table(arrow.table(trl_table(step, shift)), folder / f"completions_{step:05d}.parquet")
    history = [
        {"step": 2, "reward": 0.6, "completions/mean_length": 80.0, "completions/clipped_ratio": 0.1, "entropy": 0.3},
        {"step": 2, "eval_pass@1@64": 0.25, "eval_pass@1@128": 0.5},
        {"step": 6, "entropy": 0.2, "frac_reward_zero_std": 0.0, "mask/share": 0.01},
        {"step": 6, "train_loss": 0.1, "train_runtime": 3.0},
    ]
    (tmp_path / "trainer_state.json").write_text(json.dumps({"log_history": history}))
    first, second = metrics_of(tmp_path)
    assert (first.step, second.step) == (2, 6)
    assert (first.entropy, first.held_out, first.truncated) == (0.3, 0.25, 0.1)
    assert (second.entropy, second.masked) == (0.2, 0.01)
    assert first.reward == pytest.approx((1.5 + 0.0 + 1.0) / 3)
    assert (first.relaxed, first.not_judged, first.equal_groups) == (0.5, 0.25, 0.5)


def trace(task: int, ids: list[int], reward: float | None, reason: str) -> dict[str, Any]:
    """As verifiers' ``Trace.to_record`` makes it, shortened to what is read and a little more."""
    return {
        "version": 1,
        "task": {"type": "CodeTask", "data": {"idx": task, "prompt": "?"}, "key": None, "hash": f"hash {task}"},
        "nodes": [
            {"parent": None, "message": {"role": "user", "content": "?"}, "token_ids": [7, 7], "mask": [False] * 2},
            {
                "parent": 0,
                "sampled": True,
                "message": {"role": "assistant", "content": "!"},
                "token_ids": [5, *ids],
                "mask": [False, *[True] * len(ids)],
            },
        ],
        "calls": [{"node": 1, "finish_reason": reason, "error": None}],
        "rewards": {"solved": None if reward is None else {"score": reward, "weight": 1.0}},
        "info": {"verdict": "judge_error" if reward is None else ["wrong_answer", "accepted"][int(reward)]},
        "stop_condition": None,
        "num_output_tokens": len(ids),
    }


def test_prime_rl_s_traces(tmp_path: Path) -> None:
    for step in (2, 10):
        rows = [
            trace(1, [1, 2, 3, 4], 1.0, "stop"),
            trace(1, [1, 2, 3, 4, 5, 6], 0.0, "length"),
            trace(2, [9], None, "stop"),
        ]
        folder = tmp_path / "rollouts" / f"step_{step}" / "train"
        lines(folder / "effective" / "traces.jsonl", rows)
        lines(folder / "all" / "traces.jsonl", rows * 2)
    lines(tmp_path / "rollouts/step_2/eval/effective/traces.jsonl", rows)
    steps = metrics_of(tmp_path)
    assert [step.step for step in steps] == [2, 10]
    first = steps[0]
    assert (first.completions, first.prompts, first.truncated) == (3, 2, 1 / 3)
    assert (first.length, first.reward) == (pytest.approx(11 / 3), 0.5)
    assert first.diversity == pytest.approx(1 - 1 / 3)  # of three 4-grams they share one
    assert (first.not_judged, first.verdicts["accepted"]) == (1 / 3, 1 / 3)


def test_prime_rl_s_older_rows(tmp_path: Path) -> None:
    kept = {"tokens": {"completion_ids": [1, 2, 3], "prompt_ids": [4]}}
    base = {"example_id": 3, "env_name": "code", "completion": [{"role": "assistant", "content": "a b"}], "metrics": {}}
    rows = [
        {**base, "reward": 1.0, "is_truncated": False, "trajectory": [kept], "advantage": 0.5},
        {**base, "reward": 0.0, "is_truncated": True, "token_usage": {"output_tokens": 9.0}, "advantage": -0.5},
    ]
    [step] = metrics_of(lines(tmp_path / "step_7" / "train_rollouts.jsonl", rows))
    assert (step.step, step.prompts, step.length, step.truncated) == (7, 1, 6.0, 0.5)
    assert step.pressure_base == pytest.approx((0.5 * (3 - 6) - 0.5 * (9 - 6)) / 2)
    with pytest.raises(BadRollouts, match="step_N"):
        metrics_of(lines(tmp_path / "elsewhere.jsonl", rows))


def test_texts_are_measured_by_a_tokenizer_where_one_is_named(tmp_path: Path) -> None:
    tokenizers = pytest.importorskip("tokenizers")
    model = tokenizers.models.WordLevel({"p": 0, "q": 1}, unk_token="q")
    tokenizer = tokenizers.Tokenizer(model)
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Split("", "isolated")
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    assert len(TextLength(tmp_path / "tokenizer.json").tokens("pqpp")) == 4


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"step": 1, "length": 3}\n', "line 1: a completion needs a reward or a verdict"),
        ('{"step": 1, "length": -3, "reward": 1}\n', "line 1: a completion needs tokens"),
        ('{"step": "x", "length": 3, "reward": 1}\n', "line 1: step has to be an integer"),
        ('{"step": 1, "metrics": {"entropie": 1}}\n', "metrics has no 'entropie'"),
        ('{"step": 1, "length": 3, "reward": 1}\n{"step": 1, "le', "the last line: this is no JSON"),
        ('{"step": 1, "length": 3, "reward": 1}\n{oops}\n', "line 2: this is no JSON"),
        ('{"a": 1}\n', "rows with the fields a are no known log"),
        ("[1]\n", "line 1: a JSON object is needed"),
        (
            '{"step": 2, "length": 3, "reward": 1}\n{"step": 1, "length": 3, "reward": 1}\n',
            "completions of step 1 come after those of step 2",
        ),
    ],
)
def test_a_bad_log_is_named_with_its_line(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "run.jsonl"
    file.write_text(content)
    with pytest.raises(BadRollouts, match=message):
        metrics_of(file)


def test_a_folder_s_other_files_are_left_alone(tmp_path: Path) -> None:
    lines(tmp_path / "alarms.jsonl", [{"step": 1, "rule": "batch"}])
    lines(tmp_path / "data.jsonl", [{"prompt": "?"}])
    with pytest.raises(BadRollouts, match="holds no log"):
        metrics_of(tmp_path)
    lines(tmp_path / "3.jsonl", verl_rows(3))
    assert [step.step for step in metrics_of(tmp_path)] == [3]
    lines(tmp_path / "rollouts.jsonl", [{"step": 5, "length": 1, "reward": 1.0}])
    assert [step.step for step in metrics_of(tmp_path)] == [5]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadRollouts, match="no such file"):
        metrics_of(tmp_path / "none.jsonl")
