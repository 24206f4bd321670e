"""The experiment's machinery in small: four steps of real RL by the command's own path, rewarded by the real service."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("trl", reason="TRL is there only where one trains")
from examples.grpo import report
from examples.grpo.arms import ARMS
from examples.grpo.length import records
from examples.grpo.length.__main__ import Runner
from examples.grpo.model import Shape, tokenizer
from examples.grpo.task import DEPTHS, END, LENGTH, PROMPT_LENGTH, Problem, demonstration, plan, tasks
from examples.grpo.warmup import Gate, GateClosed, base_model, warm_up
from tests.forked import local_service
from tests.waiting import until
from trainer_client import EvaluatorClient
from trainer_client.grpo import config as configuration
from trainer_client.grpo.training import train
from trainer_client.rewards.judge import RewardGrader

EXAMPLE = Path(report.__file__).parent
SMALL = Shape(width=32, layers=1, heads=2)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with local_service(settings={"MICROCODER_DATA_DIR": str(tmp_path_factory.mktemp("data"))}) as service:
        yield service.url


@pytest.fixture(scope="module")
def judge(url: str) -> Iterator[RewardGrader]:
    with EvaluatorClient(url) as client:
        yield RewardGrader(client=client)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data, and a model that has seen enough to write programs now and then."""
    folder = tmp_path_factory.mktemp("runs")
    warm_up(SMALL, 60, 1e-2).save_pretrained(folder / "base")
    tokenizer().save_pretrained(folder / "base")
    for name, rows in (("train", tasks("train", 1, 64)), ("held_out", tasks("held-out", 2, 4))):
        lines = [json.dumps({"id": row.id, "prompt": row.prompt, "suite": row.tests}) for row in rows]
        (folder / f"{name}.jsonl").write_text("\n".join(lines))
    return folder


def told(runs: Path, arm: str, url: str, steps: int = 4) -> configuration.TrainConfig:
    """Return the command's settings for an arm, but for the sizes."""
    places = [f"trainer.output_dir={runs / f'{arm}-11'}", f"service.url={url}"]
    return configuration.load(EXAMPLE / "cpu.yaml", [*ARMS[arm].overrides, *small(runs, steps), *places])


def small(runs: Path, steps: int) -> list[str]:
    """Return what makes a run small, and begin from the model in ``runs``."""
    sizes = ["evaluation.every=2", "evaluation.samples=2", f"trainer.max_steps={steps}"]
    sizes += ["trainer.per_device_train_batch_size=16", "trainer.num_generations=4", f"model={runs / 'base'}"]
    data = (("train", "train"), ("evaluation", "held_out"))
    return sizes + [f"data.{part}.files=[{runs / name}.jsonl]" for part, name in data]


def no_service() -> Any:
    raise AssertionError("the service was named")


def test_the_judge_accepts_what_the_task_demonstrates_and_no_other_function(judge: RewardGrader) -> None:
    rng = random.Random(4)
    problems = [Problem.drawn(rng, depth) for depth in DEPTHS]
    right = [demonstration(each, rng, planned=0.5, corrupted=0.0).removesuffix(END) for each in problems]
    others = [
        next(p for p in iter(lambda: Problem.drawn(rng, 3), None) if p.sums()[-1] != each.sums()[-1])
        for each in problems
    ]
    wrong = [demonstration(each, rng, planned=0.0, corrupted=0.0).removesuffix(END) for each in others]
    cut = ["".join(plan(each, rng)) for each in problems]
    suites = [each.suite() for each in problems]
    verdicts = [[outcome.verdict for outcome in judge.outcomes(texts, suites)] for texts in (right, wrong, cut)]
    assert [set(each) for each in verdicts] == [{"accepted"}, {"wrong_answer"}, {"no_code"}]


def test_texts_are_split_into_the_tasks_words_and_joined_again() -> None:
    rng, tokens = random.Random(5), tokenizer()
    for depth in DEPTHS:
        problem = Problem.drawn(rng, depth)
        prompt, completion = problem.prompt, demonstration(problem, rng, planned=1.0, corrupted=0.0)
        assert len(tokens(prompt)["input_ids"]) == PROMPT_LENGTH
        ids = tokens(completion)["input_ids"]
        assert tokens.decode(ids) == completion
        assert (len(ids) <= LENGTH) == (depth <= 4), "a plan of more than four operations is cut"


@pytest.mark.parametrize("arm", ["dapo", "dapo_mask_all", "microcoder_05"])
def test_an_arm_trains(arm: str, runs: Path, url: str) -> None:
    figures = train(told(runs, arm, url), no_service)
    assert {f"eval_pass@1@{LENGTH}", f"eval_pass@1@{2 * LENGTH}"} <= figures.keys()
    found = report.read(runs / f"{arm}-11")
    assert found["steps"] == [2, 4], "an evaluation takes no step's log away"
    assert [each["step"] for each in found["evaluations"]] == [0, 2, 4]
    assert found["curves"]["not_judged"] == [0, 0]
    assert all(0 < share < 1 for share in found["curves"]["reward_share"])
    assert any(found["curves"]["masked"]) == (arm == "microcoder_05")
    assert len(found["last"]["double"]) == 4


def test_a_report_comes_from_the_runs_folders(runs: Path, url: str, tmp_path: Path) -> None:
    for arm in ("grpo", "dapo"):
        if not (runs / f"{arm}-11" / report.STATE).exists():
            train(told(runs, arm, url, steps=2), no_service)
    (runs / "gates.json").write_text(json.dumps([{"name": "accuracy at L", "value": 0.5, "least": 0.3, "most": 0.6}]))
    report.write(runs, tmp_path)
    table = (tmp_path / "results.md").read_text()
    assert "| grpo | 1 | 1.0 |" in table
    assert {run["arm"] for run in json.loads((tmp_path / "results.json").read_text())["runs"]} >= {"grpo", "dapo"}


TWO_RUNS = """
import json, sys
from pathlib import Path
from examples.grpo.length.__main__ import Runner
runner = Runner(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], json.loads(sys.argv[4]), lambda: {"by": "a test"})
runner.run("dapo", 101)
runner.run("microcoder_05", 101)
"""


@pytest.mark.matrix
def test_registered_runs_go_on_after_a_kill(runs: Path, url: str, tmp_path: Path) -> None:
    """A whole group is killed in its second run: the first one's record is there, the second one's is made later."""
    made, scratch, settings = tmp_path / "made", tmp_path / "scratch", small(runs, 2)
    command = [sys.executable, "-c", TWO_RUNS, str(made), str(scratch), url, json.dumps(settings)]
    process = subprocess.Popen(command, start_new_session=True)
    try:
        second = scratch / "microcoder_05-101.log"
        until(lambda: second.exists() or process.poll() is not None, "the second run begins", deadline_s=300)
        assert process.poll() is None, "both runs ended before the kill"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    first = records.path_of(made, "dapo", 101)
    assert [*made.iterdir()] == [first]
    written = first.stat().st_mtime_ns
    left = records.open_jobs(made, [101], {"by": "a test"}, mixed=False)
    assert left[0] == ("microcoder_01", 101)
    Runner(made, scratch, url, settings, lambda: {"by": "a test"}).run("microcoder_05", 101)
    assert [(each["arm"], each["steps"]) for each in records.read(made)] == [("dapo", [2]), ("microcoder_05", [2])]
    assert first.stat().st_mtime_ns == written


@pytest.mark.parametrize("arm", ARMS)
@pytest.mark.parametrize("file", ["cpu.yaml", "cpu85m.yaml", "gpu.yaml"])
def test_every_arm_is_a_valid_configuration(file: str, arm: str) -> None:
    chosen = configuration.load(EXAMPLE / file, ARMS[arm].overrides)
    mask = chosen.algorithm().mask
    assert (mask is None) == (arm in ("grpo", "dapo", "dapo_mask_all"))
    assert mask is None or mask.repeat_window == 8


def test_gates_are_open_within_their_bounds() -> None:
    assert [Gate("", value, 0.3, 0.6).open for value in (0.29, 0.3, 0.6, 0.61)] == [False, True, True, False]


def test_rl_is_not_started_from_a_model_that_cannot_do_the_task(tmp_path: Path, judge: RewardGrader) -> None:
    with pytest.raises(GateClosed, match="accuracy at L"):
        base_model(tmp_path / "base", lambda: warm_up(SMALL, 2, 1e-3), tasks("held-out", 2, 7), judge)
    assert not (tmp_path / "base").exists()


def test_intervals_are_paired_by_seed_and_problem() -> None:
    def run(seed: int, scores: list[float]) -> dict[str, Any]:
        return {"seed": seed, "last": {"short": scores}}

    theirs = [run(1, [0.0, 0.5, 1.0] * 20), run(2, [0.25, 0.25, 0.75] * 20)]
    better = [run(2, [0.5, 0.5, 1.0] * 20), run(1, [0.25, 0.75, 1.25] * 20)]
    assert report.paired_difference(better, theirs, "short") == (0.25, 0.25, 0.25)
    centre, low, high = report.paired_difference(theirs, [run(1, [0.5] * 60), run(2, [0.5] * 60)], "short")
    assert low < centre < high
    with pytest.raises(ValueError, match="no seed in common"):
        report.paired_difference([run(3, [1.0])], theirs, "short")
