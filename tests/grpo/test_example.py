"""The experiment's machinery in small: a few steps of real RL with rewards from the real service."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="torch is there only where one trains")
from evaluator.local import local_service  # noqa: E402
from examples.grpo import report  # noqa: E402
from examples.grpo.arms import ARMS  # noqa: E402
from examples.grpo.evaluate import Evaluation  # noqa: E402
from examples.grpo.model import Model, sample, score  # noqa: E402
from examples.grpo.task import DEPTHS, END, IDS, LENGTH, Problem, demonstration, plan, text_of  # noqa: E402
from examples.grpo.training import Step, train  # noqa: E402
from examples.grpo.warmup import GateClosed, base_model, gates, warm_up  # noqa: E402
from trainer_client import EvaluatorClient  # noqa: E402
from trainer_client.rewards.judge import Judge  # noqa: E402
from trainer_client.testing import FakeService  # noqa: E402

STEPS = 3


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    settings = {"MICROCODER_DATA_DIR": str(tmp_path_factory.mktemp("data"))}
    with local_service(settings=settings) as service, EvaluatorClient(service.url) as client:
        yield Judge(client=client)


@pytest.fixture(scope="module")
def weights() -> dict[str, Any]:
    """Of a model that has seen enough to write programs now and then."""
    return warm_up(steps=60).state_dict()


def made(weights: dict[str, Any]) -> Model:
    model = Model()
    model.load_state_dict(weights)
    return model


def steps_of(arm: str, weights: dict[str, Any], judge: Judge) -> tuple[list[Step], Model]:
    model = made(weights)
    done = train(ARMS[arm], 1, lambda: model, judge, steps=STEPS, evaluate_every=STEPS + 1)
    return [step for step in done if isinstance(step, Step)], model


def test_the_judge_accepts_what_the_task_demonstrates_and_no_other_function(judge: Judge) -> None:
    rng = random.Random(4)
    problems = [Problem.drawn(rng, depth) for depth in DEPTHS]
    right = [text_of(demonstration(each, rng, planned=0.5, corrupted=0.0)) for each in problems]
    others = [
        next(p for p in iter(lambda: Problem.drawn(rng, 3), None) if p.sums()[-1] != each.sums()[-1])
        for each in problems
    ]
    wrong = [text_of(demonstration(each, rng, planned=0.0, corrupted=0.0)) for each in others]
    cut = [text_of([IDS[token] for token in plan(each, rng)]) for each in problems]
    suites = [each.suite() for each in problems]
    verdicts = [[outcome.verdict for outcome in judge.outcomes(texts, suites)] for texts in (right, wrong, cut)]
    assert [set(each) for each in verdicts] == [{"accepted"}, {"wrong_answer"}, {"no_code"}]


@pytest.mark.parametrize("arm", ["grpo", "dapo_mask_all", "microcoder_05"])
def test_an_arm_trains(arm: str, weights: dict[str, Any], judge: Judge) -> None:
    steps, model = steps_of(arm, weights, judge)
    assert [step.step for step in steps] == [1, 2, 3]
    assert all(step.not_judged == 0 for step in steps)
    assert any(0 < step.reward < 1 for step in steps)
    assert any(not torch.equal(value, weights[name]) for name, value in model.state_dict().items())
    assert any(step.masked for step in steps) == (arm == "microcoder_05")


def test_equal_seeds_make_equal_runs(weights: dict[str, Any], judge: Judge) -> None:
    runs = [steps_of("microcoder_05", weights, judge)[0] for _ in range(2)]
    first, second = ([replace(step, reward_s=0.0, step_s=0.0) for step in run] for run in runs)
    assert first == second


def test_what_nobody_judged_teaches_nothing(weights: dict[str, Any]) -> None:
    with FakeService() as fake, EvaluatorClient(fake.url) as client:
        fake.script = lambda submission: "judge_error"
        steps, model = steps_of("microcoder_05", weights, Judge(client=client))
    assert [(step.not_judged, step.masked) for step in steps] == [(1.0, 0.0)] * STEPS
    assert all(torch.equal(value, weights[name]) for name, value in model.state_dict().items())


def test_tokens_are_scored_as_they_were_sampled(weights: dict[str, Any]) -> None:
    """With a cache and without, and at the temperature of the sampling: a frequency is the chance that was scored."""
    model, prompt = made(weights), Problem(("+1", "+2"), (0, 1)).prompt
    rollout = sample(model, [prompt] * 4000, length=1, temperature=0.7, generator=torch.Generator().manual_seed(2))
    log_probs, _ = score(model, rollout, 0.7)
    first = [ids[0] for ids in rollout.completions()]
    for token in set(first):
        share = first.count(token) / len(first)
        assert log_probs[first.index(token), 0].exp().item() == pytest.approx(share, abs=0.04)


def test_completions_end_at_their_end(weights: dict[str, Any]) -> None:
    prompts = [Problem.drawn(random.Random(n), 3).prompt for n in range(64)]
    rollout = sample(made(weights), prompts, length=LENGTH, temperature=1.0, generator=torch.Generator().manual_seed(2))
    for ids in rollout.completions():
        assert IDS[END] not in ids[:-1]
        assert ids[-1] == IDS[END] or len(ids) == LENGTH


def evaluation(**values: Any) -> Evaluation:
    neutral = dict.fromkeys(Evaluation.__dataclass_fields__, 0.0)
    return Evaluation(**(neutral | {"short": (0.4,), "accuracy_of_plans": 0.95, "truncated": 0.3} | values))


def test_gates_are_open_for_a_model_that_can_be_compared_and_else_closed() -> None:
    assert all(gate.open for gate in gates(evaluation()))
    for bad in ({"short": (0.1,)}, {"short": (0.9,)}, {"accuracy_of_plans": 0.5}, {"truncated": 0.9}):
        assert [gate.open for gate in gates(evaluation(**bad))].count(False) == 1


def test_rl_is_not_started_from_a_model_that_cannot_do_the_task(
    tmp_path: Path, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("examples.grpo.warmup.warm_up", Model)
    with pytest.raises(GateClosed, match="accuracy at L"):
        base_model(tmp_path / "base.pt", judge)
    assert not (tmp_path / "base.pt").exists()


def test_intervals_are_paired_by_seed_and_problem() -> None:
    def run(seed: int, scores: list[float]) -> dict[str, Any]:
        return {"seed": seed, "evaluations": [{"short": scores}]}

    theirs = [run(1, [0.0, 0.5, 1.0] * 20), run(2, [0.25, 0.25, 0.75] * 20)]
    better = [run(2, [0.5, 0.5, 1.0] * 20), run(1, [0.25, 0.75, 1.25] * 20)]
    assert report.paired_difference(better, theirs, "short") == (0.25, 0.25, 0.25)
    centre, low, high = report.paired_difference(theirs, [run(1, [0.5] * 60), run(2, [0.5] * 60)], "short")
    assert low < centre < high
    with pytest.raises(ValueError, match="no seed in common"):
        report.paired_difference([run(3, [1.0])], theirs, "short")
