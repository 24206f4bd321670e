"""``microcoder train``: whole runs of a small model, killed, resumed, in two processes, and with a judge that fails;
on a GPU where there is one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("trl", reason="TRL is there only where one trains")
import torch
from transformers import AutoModelForCausalLM, TrainerCallback

from evaluator.cli.errors import BadInput
from evaluator.cli.train import TrainingStopped
from evaluator.cli.train import train as train_command
from examples.grpo.model import Shape, tokenizer
from examples.grpo.task import tasks
from examples.grpo.warmup import warm_up
from tests.forked import local_service
from trainer_client.grpo.config import BadConfig, load
from trainer_client.grpo.gathering import GatheredRollout
from trainer_client.grpo.training import examiner_of, last_checkpoint, train
from trainer_client.rewards.judge import RewardGrader
from trainer_client.testing import FakeService

ROOT = Path(__file__).parents[2]
DEADLINE_S = 300.0


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with local_service(settings={"MICROCODER_DATA_DIR": str(tmp_path_factory.mktemp("data"))}) as service:
        yield service.url


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model, and eight problems: as many as a rollout takes, so that each rollout is an epoch."""
    folder = tmp_path_factory.mktemp("start")
    warm_up(Shape(width=32, layers=1, heads=2), 60, 1e-2).save_pretrained(folder / "base")
    tokenizer().save_pretrained(folder / "base")
    for name, rows in (("train", tasks("train", 1, 8)), ("held_out", tasks("held-out", 2, 3))):
        lines = [json.dumps({"id": row.id, "prompt": row.prompt, "suite": row.tests}) for row in rows]
        (folder / f"{name}.jsonl").write_text("\n".join(lines))
    return folder


def said(start: Path, out: Path, *more: str) -> list[str]:
    """Overrides of cpu.yaml: 16 completions a step, two steps a rollout."""
    return [
        *(f"model={start / 'base'}", f"data.train.files=[{start / 'train.jsonl'}]"),
        *(f"data.evaluation.files=[{start / 'held_out.jsonl'}]", f"trainer.output_dir={out}"),
        *("trainer.per_device_train_batch_size=16", "trainer.num_generations=4", "trainer.max_steps=4"),
        f"trainer.use_cpu={str(not torch.cuda.is_available()).lower()}",
        *("evaluation.every=2", "evaluation.samples=2", "trainer.learning_rate=1e-3", *more),
    ]


def run(start: Path, out: Path, url: str, *more: str, resume: bool = False) -> dict[str, float]:
    config = load(ROOT / "examples/grpo/cpu.yaml", said(start, out, f"service.url={url}", *more))
    return train(config, no_service, resume=resume)


def no_service() -> Any:
    raise AssertionError("the service was named")


def command(start: Path, out: Path, *more: str) -> list[str]:
    config = str(ROOT / "examples/grpo/cpu.yaml")
    return [sys.executable, "-m", "evaluator", "train", "--config", config, *said(start, out, *more)]


def history(out: Path) -> dict[int, dict[str, float]]:
    """Return the log by step, without times."""
    found: dict[int, dict[str, float]] = {}
    for entry in json.loads((out / "trainer_state.json").read_text())["log_history"]:
        timed = ("eval_seconds", "step_time", "reward/seconds", "reward/time_share", "graded_early", "train_runtime")
        kept = {name: value for name, value in entry.items() if name not in timed and "per_second" not in name}
        found.setdefault(entry["step"], {}).update(kept)
    return found


def environment(folder: Path) -> dict[str, str]:
    return os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT), "MICROCODER_DATA_DIR": str(folder / "data")}


class _Rollouts(TrainerCallback):
    """Keeps each rollout's completions, with their verdicts and rewards."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    def on_rollout(self, rollout: GatheredRollout) -> None:
        self.seen.append(rollout.completions)


def test_streaming_changes_nothing_but_the_time(start: Path, tmp_path: Path, url: str) -> None:
    """The same verdicts and rewards, and by the same advantages the same losses and gradients, to the last digit."""
    rollouts = {way: _Rollouts() for way in ("true", "false")}
    for way, watcher in rollouts.items():
        options = (f"service.url={url}", f"reward.stream={way}", "mask.probability=0.5", "evaluation.every=100")
        config = load(ROOT / "examples/grpo/cpu.yaml", said(start, tmp_path / way, *options))
        train(config, no_service, watcher=watcher)
    streamed, batched = (history(tmp_path / way) for way in rollouts)
    assert streamed == batched
    assert rollouts["true"].seen == rollouts["false"].seen
    assert {each["reward"] for seen in rollouts["true"].seen for each in seen} == {0.0, 1.0}


def test_a_run_that_was_killed_goes_on_as_if_nothing_had_happened(start: Path, tmp_path: Path, url: str) -> None:
    saving = ("trainer.save_strategy=steps", "trainer.save_steps=2", "mask.probability=0.5", "evaluation.every=8")
    steps = "trainer.max_steps=24"
    run(start, tmp_path / "whole", url, *saving, steps)
    killed = tmp_path / "killed"
    process = subprocess.Popen(
        command(start, killed, *saving, "trainer.max_steps=100000"), env=environment(tmp_path), cwd=tmp_path
    )
    try:
        deadline = time.monotonic() + DEADLINE_S
        while last_checkpoint(killed, 1) is None:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    last = last_checkpoint(killed, 1)
    assert last is not None
    # As if it had been killed while it was writing: this one is no checkpoint.
    (killed / "checkpoint-99999").mkdir()
    with pytest.raises(BadConfig, match=f"holds {last.name} of another run"):
        run(start, killed, url, *saving, steps)
    run(start, killed, url, *saving, steps, resume=True)
    whole, resumed = history(tmp_path / "whole"), history(killed)
    assert whole.keys() == resumed.keys()
    for step, entry in whole.items():
        compared = {name: value for name, value in entry.items() if name != "train_loss"}  # a mean since the resume
        assert {name: resumed[step][name] for name in compared} == pytest.approx(compared, abs=1e-4), step


def checkpoint(folder: Path, step: int, *, saved: int = 0, there: int | None = None, finished: bool = True) -> Path:
    """A checkpoint of ``saved`` processes, of which ``there`` have written their parts; of another trainer if 0."""
    made = folder / f"checkpoint-{step}"
    made.mkdir()
    if finished:
        (made / "trainer_state.json").write_text("{}")
    for rank in range(saved if there is None else there):
        (made / f"microcoder_{rank}.json").write_text(json.dumps({"processes": saved}))
    return made


@pytest.mark.parametrize(("saved", "here"), [(1, 2), (2, 1), (2, 4)])
def test_another_number_of_processes_is_refused(tmp_path: Path, saved: int, here: int) -> None:
    checkpoint(tmp_path, 2, saved=saved)
    with pytest.raises(BadConfig, match=f"checkpoint-2, saved by {saved} processes, and this run has {here}"):
        last_checkpoint(tmp_path, here)


def test_the_last_whole_checkpoint_is_taken(tmp_path: Path) -> None:
    assert last_checkpoint(tmp_path, 2) is None
    checkpoint(tmp_path, 4, finished=False)
    assert last_checkpoint(tmp_path, 2) is None, "a part of the first"
    whole = checkpoint(tmp_path, 10, saved=2)
    checkpoint(tmp_path, 9, saved=2)
    checkpoint(tmp_path, 12, saved=2, there=1)
    assert last_checkpoint(tmp_path, 2) == whole


def test_another_trainer_s_checkpoint_is_never_written_over(tmp_path: Path) -> None:
    checkpoint(tmp_path, 2)
    with pytest.raises(BadConfig, match="checkpoint-2, which this trainer did not save"):
        last_checkpoint(tmp_path, 1)


def test_a_resume_with_another_number_of_processes_changes_no_checkpoint(start: Path, tmp_path: Path, url: str) -> None:
    made = checkpoint(tmp_path, 2, saved=2)
    before = {file: file.read_bytes() for file in made.iterdir()}
    with pytest.raises(BadConfig, match="saved by 2 processes"):
        run(start, tmp_path, url, resume=True)
    assert {file: file.read_bytes() for file in made.iterdir()} == before
    assert list(tmp_path.iterdir()) == [made]


def test_evaluation_takes_nothing_from_training(start: Path, tmp_path: Path, url: str) -> None:
    run(start, tmp_path / "with", url)
    run(start, tmp_path / "without", url, "data.evaluation=null")
    for step, entry in history(tmp_path / "without").items():
        there = history(tmp_path / "with")[step]
        assert {name: there[name] for name in entry} == pytest.approx(entry, abs=1e-5, nan_ok=True)


def test_a_shorter_length_is_scored_on_the_same_completions(start: Path, tmp_path: Path, url: str) -> None:
    figures = run(start, tmp_path, url, "evaluation.lengths=[9, 23, 46]", "trainer.max_steps=2")
    record = json.loads((tmp_path / "evaluation-000002.json").read_text())
    assert figures == record["figures"]
    assert figures["eval_pass@1@9"] == 0, "no program of the task is that short"
    assert figures["eval_length@9"] <= figures["eval_length@23"] <= figures["eval_length@46"]
    accepted = {length: sum(each.count("accepted") for each in v.values()) for length, v in record["verdicts"].items()}
    assert accepted["9"] <= accepted["23"] <= accepted["46"]
    assert {len(each) for each in record["texts"].values()} == {2}


def test_what_nobody_judged_teaches_nothing(start: Path, tmp_path: Path) -> None:
    with FakeService() as fake:
        fake.script = lambda submission: "judge_error"
        figures = run(start, tmp_path, fake.url, "trainer.max_steps=2")
    assert figures["eval_not_judged@23"] == 1
    assert "eval_pass@1@23" not in figures, "no score where nothing was judged"
    [entry] = [each for each in history(tmp_path).values() if "not_judged" in each]
    assert (entry["not_judged"], entry["mask/share"]) == (1, 0)
    before, after = (AutoModelForCausalLM.from_pretrained(f).state_dict() for f in (start / "base", tmp_path / "final"))
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_what_ends_a_run_is_a_sentence(start: Path, tmp_path: Path, url: str) -> None:
    probe = (
        "temperature=probe",
        "probe.temperatures=[0.01]",
        "probe.problems=2",
        "probe.samples=2",
        "probe.diversity=1",
    )
    with pytest.raises(TrainingStopped, match=r"no (accurate temperature|program was accepted)"):
        command_in_process(start, tmp_path, url, *probe)
    with pytest.raises(BadInput, match="8 problems, and a rollout takes 32"):
        command_in_process(start, tmp_path, url, "trainer.per_device_train_batch_size=64")


def command_in_process(start: Path, out: Path, url: str, *more: str) -> None:
    config = ROOT / "examples/grpo/cpu.yaml"
    train_command(config, said(start, out, *more, "data.evaluation=null"), server=url, resume=False)


def test_lengths_and_temperatures_change_at_their_steps(start: Path, tmp_path: Path, url: str) -> None:
    stages = "schedule=[{step: 0, length: 12, temperature: 0.8}, {step: 2, length: 23}, {step: 4, temperature: 1.2}]"
    file = tmp_path / "run.yaml"
    content = (ROOT / "examples/grpo/cpu.yaml").read_text()
    file.write_text(content.replace("  max_completion_length: 23\n", ""))
    more = (stages, "temperature=null", "trainer.max_steps=6", "data.evaluation=null", f"service.url={url}")
    train(load(file, said(start, tmp_path / "out", *more)), no_service)
    by_step = history(tmp_path / "out")
    assert [by_step[step]["max_length"] for step in (2, 4, 6)] == [12, 23, 23]
    assert [by_step[step]["temperature"] for step in (2, 4, 6)] == [0.8, 0.8, 1.2]
    longest = [by_step[step]["completions/max_length"] for step in (2, 4, 6)]
    assert longest[0] <= 12 < longest[1] <= 23


def test_an_adapter_is_trained_in_place_of_all_weights(start: Path, tmp_path: Path, url: str) -> None:
    pytest.importorskip("peft", reason="make trainers installs it")
    figures = run(
        start, tmp_path, url, "lora={rank: 4}", "stages={temperatures: [1.0, 1.5], floor: 0.5}", "temperature=null"
    )
    assert "eval_pass@1@23" in figures
    assert (tmp_path / "final" / "adapter_model.safetensors").exists()
    assert not (tmp_path / "final" / "model.safetensors").exists()


def test_livecodebench_s_programs_are_found_by_its_own_rule(start: Path, tmp_path: Path) -> None:
    """The text between the last two fences: here what follows the program."""
    answer, suite = "```python\nprint(1)\n```\nor\n```", {"mode": "stdio", "tests": [{"input": "", "output": "1"}]}
    for options, code in (((), "or"), (("evaluation.tolerant=true",), None)):
        held_out = ("data.evaluation.format=livecodebench", *options)
        config = load(ROOT / "examples/grpo/cpu.yaml", said(start, tmp_path, *held_out))
        [submission] = examiner_of(config, RewardGrader()).submissions([answer], [suite])
        assert submission.code == code


def test_the_temperature_is_chosen_by_a_probe_once(start: Path, tmp_path: Path, url: str) -> None:
    probe = (
        "temperature=probe",
        "probe.temperatures=[0.5, 1.5]",
        "probe.problems=4",
        "probe.samples=4",
        "probe.diversity=0.1",
    )
    saving = ("trainer.save_strategy=steps", "trainer.save_steps=2", "trainer.max_steps=2")
    run(start, tmp_path, url, *probe, *saving)
    chosen = json.loads((tmp_path / "probe.json").read_text())
    assert [each["temperature"] for each in chosen["probes"]] == [0.5, 1.5]
    assert history(tmp_path)[2]["temperature"] == chosen["temperature"]
    (tmp_path / "probe.json").write_text(json.dumps({"temperature": 0.7}))
    run(start, tmp_path, url, *probe, *saving, "trainer.max_steps=4", resume=True)
    assert history(tmp_path)[4]["temperature"] == 0.7


def test_two_processes_share_one_service_of_their_own(start: Path, tmp_path: Path) -> None:
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    one = command(start, tmp_path / "out", "trainer.per_device_train_batch_size=8", "trainer.use_cpu=true")[1:]
    # accelerate has processes wait for each other on a GPU each, were there one in sight.
    hidden = environment(tmp_path) | {"CUDA_VISIBLE_DEVICES": ""}
    subprocess.run([*launcher, *one], env=hidden, cwd=ROOT, check=True, timeout=DEADLINE_S)
    record = json.loads((tmp_path / "out" / "evaluation-000004.json").read_text())
    assert [len(each) for each in record["verdicts"]["46"].values()] == [2, 2, 2]
    assert history(tmp_path / "out")[4]["not_judged"] == 0


@pytest.mark.parametrize(
    ("override", "why"),
    [
        ("trainer.learning_rte=1", "trainer: unknown key 'learning_rte'; the nearest known one is 'learning_rate'"),
        ("trainer.epsilon_high=0.5", "the preset decides it; 'microcoder' has 0.28"),
        ("trainer.temperature=0.5", "write temperature, without trainer"),
        ("trainer.num_generations=5", "trainer: "),
        (
            "trainer={output_dir: x, use_cpu: true, save_strategy: steps, save_steps: 3, steps_per_generation: 2}",
            "no mult",
        ),
        ("data.evaluation.files=[none.jsonl]", "none.jsonl"),
        ("trainer.per_device_train_batch_size=64", "8 problems, and a rollout takes 32"),
        (
            "trainer.max_completion_length=60",
            "data.train: 8 of 8 prompts leave no room for 60 tokens in a window of 55",
        ),
        ("evaluation.lengths=[23, 49]", r"data.evaluation: 3 of 3 .* Set data.evaluation.max_prompt_tokens=6"),
        ("data.train.max_prompt_tokens=7", "0 problems, and a rollout takes 8"),
        ("chat_template=none.jinja", "chat_template: .*none.jinja"),
        ("model=none", "model: none has no tokenizer that can be loaded"),
    ],
)
def test_what_cannot_be_trained_is_refused(start: Path, tmp_path: Path, override: str, why: str) -> None:
    with pytest.raises(BadConfig, match=why):
        run(start, tmp_path, "http://127.0.0.1:9", override)


def test_what_is_trained_on_is_not_evaluated_on(start: Path, tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match="8 problems are trained on and held out"):
        run(start, tmp_path, "http://127.0.0.1:9", f"data.evaluation.files=[{start / 'train.jsonl'}]")
