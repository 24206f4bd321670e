"""The mask on verl's two trainers: on stand-ins for its batches, and with verl's own code where it is installed."""

from __future__ import annotations

import importlib.util
import json
import random
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import yaml
from pydantic import ValidationError

from tests.client.released import source
from trainer_client.grpo.mask import NoVerdicts
from trainer_client.grpo.verl import Masking, VerlConfig, mask_legacy, mask_v1
from trainer_client.rewards import verl as rewards

EXAMPLE = Path(__file__).parents[2] / "examples/grpo/verl/microcoder.yaml"
EOS, PAD, LENGTH = 1, 0, 6
CUT, ENDED, SHORT, LOOP = [5, 6, 7, 8, 9, 10], [5, 6, 7, 8, 9, EOS], [5, 6, EOS], [5, 6, 7, 7, 7, 7]
ROWS = [
    (CUT, "no_code", False),
    (CUT, "accepted", False),
    (CUT, "wrong_answer", True),
    (ENDED, "no_code", True),
    (SHORT, "accepted", True),
    (LOOP, "no_code", True),
    (SHORT, "judge_error", False),
]
RESPONSES, VERDICTS, KEEPS = (list(column) for column in zip(*ROWS, strict=True))
UIDS = ["a", "a", "b", "b", "c", "c", "d"]


def masking(probability: float = 1.0, **settings: Any) -> Masking:
    return Masking(VerlConfig(probability=probability, repeat_window=2, **settings), LENGTH, [EOS])


def test_cut_completions_that_are_not_judged_wrong_lose_their_advantage_and_those_that_nobody_judged() -> None:
    keeps, noted = masking().keeps(RESPONSES, VERDICTS, random.Random(0))
    assert keeps == KEEPS
    assert noted == {
        "microcoder/mask/share": pytest.approx(2 / 7),
        "microcoder/mask/truncated": pytest.approx(4 / 7),
        "microcoder/not_judged": pytest.approx(1 / 7),
    }


def test_diversity_is_of_the_completions_of_a_prompt() -> None:
    assert masking().diversity([CUT, CUT, CUT, LOOP], ["a", "a", "b", "c"]) == {"microcoder/diversity/pair": 0.0}
    assert masking().diversity([CUT, [20, 21, 22, 23, 24, 25]], ["a", "a"])["microcoder/diversity/pair"] == 1.0
    assert masking().diversity([CUT, CUT], ["a", "b"]) == {}


@pytest.mark.parametrize("verdicts", [[], [None] * 7, [*VERDICTS[:-1], None]])
def test_a_reward_function_that_says_no_verdicts_stops_the_run(verdicts: list[Any]) -> None:
    with pytest.raises(NoVerdicts, match=r"of 7 completions have no verdict: custom_reward_function must be one of"):
        masking().keeps(RESPONSES, verdicts, random.Random(0))


@pytest.mark.parametrize("wrong", [{"probability": 2}, {"probabilty": 0.2}, {"eligible": "most"}])
def test_a_wrong_setting_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        VerlConfig.model_validate(wrong)


class Tensor(np.ndarray[Any, Any]):
    """As much of torch's as the plug-in asks for."""

    @classmethod
    def of(cls, values: Any) -> Tensor:
        return np.asarray(values).view(cls)

    def new_tensor(self, values: Any) -> Tensor:
        return Tensor.of(np.asarray(values, dtype=self.dtype))


class Nested(list[Tensor]):
    """Rows of different lengths."""

    def unbind(self) -> Nested:
        return self


def legacy_batch() -> Any:
    padded = [ids + [PAD] * (LENGTH - len(ids)) for ids in RESPONSES]
    prompt_mask = [[0, 1, 1]] * len(ROWS)
    here = [[1] * len(ids) + [0] * (LENGTH - len(ids)) for ids in RESPONSES]
    return SimpleNamespace(
        batch={
            "responses": Tensor.of(padded),
            "attention_mask": Tensor.of(np.hstack([prompt_mask, here])),
            "response_mask": Tensor.of(here),
        },
        non_tensor_batch={"uid": np.array(UIDS, dtype=object), "verdict": np.array(VERDICTS, dtype=object)},
    )


def test_the_older_trainer_s_advantages_are_masked_after_it_has_computed_them() -> None:
    def compute_advantage(data: Any, adv_estimator: str, gamma: float = 1.0) -> Any:
        assert (adv_estimator, gamma) == ("grpo", 0.5)
        data.batch["advantages"] = data.batch["returns"] = Tensor.of(np.full((7, LENGTH), 2.0))
        return data

    module = SimpleNamespace(compute_advantage=compute_advantage)
    mask_legacy(module, masking())
    mask_legacy(module, masking(0.0))  # a second run in the process: its settings, not both
    data = module.compute_advantage(legacy_batch(), "grpo", gamma=0.5)
    assert data.batch["advantages"][:, 0].tolist() == [2.0] * 6 + [0.0]

    mask_legacy(module, masking())
    data = module.compute_advantage(legacy_batch(), "grpo", gamma=0.5)
    assert [bool(row.any()) for row in data.batch["advantages"]] == KEEPS
    assert (data.batch["returns"] == 2.0).all()  # a critic's, where there is one

    without = legacy_batch()
    del without.non_tensor_batch["verdict"]
    with pytest.raises(NoVerdicts):
        module.compute_advantage(without, "grpo", gamma=0.5)


class Queue:
    """verl's transfer queue, of one partition, in this process."""

    def __init__(self, rows: dict[str, dict[str, Any]]) -> None:
        self.rows = rows

    def kv_batch_get(self, keys: list[str], partition_id: str, select_fields: list[str]) -> dict[str, Any]:
        assert partition_id == "train"
        columns = {name: [self.rows[key][name] for key in keys] for name in select_fields}
        for name in ("uid", "extra_fields"):
            columns[name] = [SimpleNamespace(data=value) for value in columns[name]]  # wrapped, as some versions do
        return {**columns, "responses": Nested(columns["responses"]), "advantages": Nested(columns["advantages"])}

    def kv_batch_put(self, keys: list[str], partition_id: str, fields: Any) -> Any:
        for place, key in enumerate(keys):
            self.rows[key] |= {name: column[place] for name, column in fields.items()}
        return SimpleNamespace(keys=keys, partition_id=partition_id)


def trainer_base() -> tuple[SimpleNamespace, Queue]:
    queue = Queue(
        {
            f"{uid}_{place}_0": {
                "uid": uid,
                "responses": Tensor.of(ids),
                "extra_fields": {"reward_extra_info": {"verdict": verdict, "acc": 0.0}},
            }
            for place, (uid, (ids, verdict, _)) in enumerate(zip(UIDS, ROWS, strict=True))
        }
    )

    class PPOTrainer:
        global_steps, local_trigger_step = 3, 0

        def _compute_advantage(self, batch: Any, metrics: dict[str, Any]) -> Any:
            for key in batch.keys:
                queue.rows[key]["advantages"] = Tensor.of(np.full(len(queue.rows[key]["responses"]), 2.0))
            return batch

    nested = SimpleNamespace(as_nested_tensor=lambda rows, layout: rows)
    torch = SimpleNamespace(nested=nested, jagged="jagged")
    return SimpleNamespace(
        PPOTrainer=PPOTrainer, tq=queue, torch=torch, TensorDict=lambda fields, batch_size: fields
    ), queue


def batch_of(queue: Queue, padding: int = 0) -> SimpleNamespace:
    tags = [{"status": "success"}] * (len(queue.rows) - padding) + [{"is_padding": True}] * padding
    return SimpleNamespace(keys=list(queue.rows), partition_id="train", tags=tags)


def test_rows_that_fill_a_batch_up_are_in_no_share() -> None:
    logged: list[dict[str, Any]] = []
    for padding in (0, 2):
        module, queue = trainer_base()
        mask_v1(module, masking())
        queue.rows |= {
            f"pad_{place}_0": {"uid": "pad", "responses": Tensor.of([EOS]), "extra_fields": {}}
            for place in range(padding)
        }
        logged.append({})
        module.PPOTrainer()._compute_advantage(batch_of(queue, padding), logged[-1])
        assert [bool(row["advantages"].any()) for row in queue.rows.values()] == KEEPS + [True] * padding
    assert logged[0] == logged[1]


def test_the_newer_trainer_s_advantages_are_masked_in_its_queue() -> None:
    module, queue = trainer_base()
    mask_v1(module, masking())
    mask_v1(module, masking())
    metrics: dict[str, Any] = {}
    batch = batch_of(queue)
    batch = module.PPOTrainer()._compute_advantage(batch, metrics)
    assert [bool(queue.rows[key]["advantages"].any()) for key in batch.keys] == KEEPS
    assert [len(queue.rows[key]["advantages"]) for key in batch.keys] == list(map(len, RESPONSES))
    assert set(metrics) == {
        "microcoder/mask/share",
        "microcoder/mask/truncated",
        "microcoder/not_judged",
        "microcoder/diversity/pair",
    }


def test_the_newer_trainer_draws_by_its_step_alone() -> None:
    def drawn(step: int) -> list[bool]:
        module, queue = trainer_base()
        mask_v1(module, masking(0.5))
        trainer = module.PPOTrainer()
        trainer.global_steps = step
        trainer._compute_advantage(batch_of(queue), {})
        return [bool(row["advantages"].any()) for row in queue.rows.values()]

    steps = [drawn(step) for step in range(16)]
    assert steps == [drawn(step) for step in range(16)]
    assert {keeps[0] for keeps in steps} == {True, False}


def test_the_example_says_what_the_plug_in_and_the_reward_function_read() -> None:
    config = yaml.safe_load(EXAMPLE.read_text())
    VerlConfig.model_validate(config["microcoder"])
    manager = config["actor_rollout_ref"]["rollout"]["agent"]["agent_loop_manager_class"]
    module, name = manager.rsplit(".", 1)
    assert hasattr(importlib.import_module(module), name)
    function = config["reward"]["custom_reward_function"]
    assert function["path"] == f"pkg://{rewards.__name__}"
    assert hasattr(rewards, function["name"])


def test_the_example_is_whole_with_verl_s_own_configuration() -> None:
    hydra = pytest.importorskip("hydra", reason="hydra comes with verl")
    folder = source("verl", "trainer/config/ppo_trainer.yaml").parent
    with hydra.initialize_config_dir(str(EXAMPLE.parent), version_base=None):
        config = hydra.compose(
            "microcoder", overrides=[f"hydra.searchpath=[file://{folder}]", "microcoder.probability=0.1"]
        )
    assert config.microcoder.probability == 0.1
    assert config.actor_rollout_ref.rollout.response_length == 4096
    assert config.actor_rollout_ref.actor.clip_ratio_high == 0.28
    assert config.actor_rollout_ref.rollout.agent.agent_loop_manager_class == "trainer_client.grpo.verl.AgentLoops"
    assert config.trainer.use_v1


@pytest.fixture
def verl() -> None:
    """verl and what it stands on; without a GPU, in an environment of its own."""
    for package in ("ray", "tensordict", "transfer_queue", "verl"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is there only where one trains with verl")


REWARDS = [0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0]
GROUPED = [-0.7071, 0.7071, -0.7071, 0.7071, 0.7071, -0.7071, 0.0]
"""verl's advantages of these rewards in these groups: of the sample's deviation, as ours."""
MASKED = [advantage * keep for advantage, keep in zip(GROUPED, KEEPS, strict=True)]


@pytest.mark.usefixtures("verl")
def test_verl_s_own_older_trainer_is_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch
    from verl import DataProto
    from verl.trainer.ppo import ray_trainer

    monkeypatch.setattr(ray_trainer, "compute_advantage", ray_trainer.compute_advantage)
    mask_legacy(ray_trainer, masking())
    stand_in = legacy_batch()
    tensors = {name: torch.tensor(value.tolist()) for name, value in stand_in.batch.items()}
    last = tensors["response_mask"].sum(1) - 1
    tensors["token_level_rewards"] = torch.zeros(7, LENGTH)
    tensors["token_level_rewards"][range(7), last] = torch.tensor(REWARDS)
    data = DataProto.from_dict(tensors=tensors, non_tensors=stand_in.non_tensor_batch)
    data = ray_trainer.compute_advantage(data, adv_estimator="grpo", norm_adv_by_std_in_grpo=True, config={})
    assert data.batch["advantages"][:, 0].tolist() == pytest.approx(MASKED, abs=1e-4)
    assert data.batch["returns"][:, 0].tolist() == pytest.approx(GROUPED, abs=1e-4)


@pytest.mark.usefixtures("verl")
def test_verl_s_own_newer_trainer_is_masked_in_its_own_queue() -> None:
    rows: list[list[Any]] = [list(row) for row in zip(UIDS, RESPONSES, VERDICTS, REWARDS, strict=True)]
    rows.append(["padding", [EOS], None, 0.0])
    done = subprocess.run(
        [sys.executable, "-m", "tests.grpo.verl_queue", json.dumps(rows), str(LENGTH), str(EOS)],
        cwd=EXAMPLE.parents[3],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert [row[0] for row in told["advantages"]] == pytest.approx([*MASKED, 0.0], abs=1e-4)
    assert list(map(len, told["advantages"])) == [*map(len, RESPONSES), 1]
    assert told["metrics"]["microcoder/mask/share"] == pytest.approx(2 / 7)


@pytest.mark.usefixtures("verl")
@pytest.mark.parametrize("newer", [True, False])
def test_verl_s_own_agent_loops_are_made_with_the_mask_in(
    newer: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import hydra
    from tokenizers import Tokenizer, models
    from transformers import GenerationConfig, PreTrainedTokenizerFast, Qwen3Config
    from verl.experimental.agent_loop import AgentLoopManager
    from verl.trainer.ppo import ray_trainer
    from verl.trainer.ppo.v1 import AgentLoopManagerTQ, trainer_base
    from verl.utils.import_utils import load_class_from_fqn

    words = Tokenizer(models.WordLevel({"<pad>": PAD, "<end>": EOS}, unk_token="<pad>"))
    PreTrainedTokenizerFast(tokenizer_object=words, pad_token="<pad>", eos_token="<end>").save_pretrained(tmp_path)
    Qwen3Config(num_hidden_layers=1, architectures=["Qwen3ForCausalLM"]).save_pretrained(tmp_path)
    GenerationConfig(eos_token_id=[EOS, 2]).save_pretrained(tmp_path)
    overrides = [f"actor_rollout_ref.model.path={tmp_path}", f"trainer.use_v1={newer}"]
    folder = source("verl", "trainer/config/ppo_trainer.yaml").parent
    with hydra.initialize_config_dir(str(EXAMPLE.parent), version_base=None):
        config = hydra.compose("microcoder", overrides=[f"hydra.searchpath=[file://{folder}]", *overrides])
    manager = AgentLoopManagerTQ if newer else AgentLoopManager
    owner, name = (trainer_base.PPOTrainer, "_compute_advantage") if newer else (ray_trainer, "compute_advantage")
    monkeypatch.setattr(manager, "create", lambda **options: options)
    monkeypatch.setattr(owner, name, before := getattr(owner, name))

    loops = load_class_from_fqn(config.actor_rollout_ref.rollout.agent.agent_loop_manager_class)
    assert loops.create(config=config, llm_client="client") == {"config": config, "llm_client": "client"}
    masked = getattr(owner, name)
    assert masked is not before
    [decided] = [each.cell_contents for each in masked.__closure__ if isinstance(each.cell_contents, Masking)]
    assert decided.settings == VerlConfig()
    assert (decided._max_length, decided._eos_ids) == (4096, {EOS, 2})
