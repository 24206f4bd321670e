"""The mask and the stages inside TRL's own training loop: a tiny model of random weights, on a GPU if there is one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("HF_HUB_OFFLINE", "1")
trl = pytest.importorskip("trl", reason="TRL is there only where one trains")
import torch  # noqa: E402
from datasets import Dataset  # noqa: E402
from tokenizers import Tokenizer, models, pre_tokenizers  # noqa: E402
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM  # noqa: E402

from tests.forked import local_service  # noqa: E402
from trainer_client import EvaluatorClient, Suite  # noqa: E402
from trainer_client.grpo import trl as adapter  # noqa: E402
from trainer_client.grpo.controller import Stages  # noqa: E402
from trainer_client.grpo.mask import NoVerdicts, TruncationMask  # noqa: E402
from trainer_client.grpo.presets import DAPO, GRPO, MICROCODER, Preset  # noqa: E402
from trainer_client.grpo.torch_loss import policy_loss  # noqa: E402
from trainer_client.grpo.trl_internals import (  # noqa: E402
    TrlChanged,
    temperature_cells,
    thoughts_of,
    tokenizer_of,
)
from trainer_client.rewards.trl import CodeReward  # noqa: E402

LENGTH = 6
PROMPTS = ["ab", "cd", "efg", "h", "ijk", "lm", "no", "p", "ac", "eg", "ik", "mo"]
ALWAYS = Preset("always", 0.2, 0.28, "token", TruncationMask(1.0))
DEFAULTS = {
    "temperature": 1.0,
    "learning_rate": 1e-2,
    "save_strategy": "no",
    "use_cpu": not torch.cuda.is_available(),
}
SUITE = Suite.model_validate({"mode": "stdio", "tests": [{"input": "", "output": "1\n"}]}).model_dump_json()


def tokenizer() -> PreTrainedTokenizerFast:
    characters = ["<pad>", "<end>", *"abcdefghijklmnop"]
    words = Tokenizer(models.WordLevel({token: number for number, token in enumerate(characters)}, unk_token="<pad>"))
    words.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    return PreTrainedTokenizerFast(tokenizer_object=words, pad_token="<pad>", eos_token="<end>")


def model(sharpness: float = 1.0) -> Qwen3ForCausalLM:
    """Random, and the same each time; the sharper, the more a temperature matters."""
    torch.manual_seed(0)
    config = Qwen3Config(
        vocab_size=18,
        hidden_size=32,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=2,
        head_dim=16,
        max_position_embeddings=64,
        tie_word_embeddings=False,
        eos_token_id=1,
        pad_token_id=0,
        bos_token_id=None,
    )
    made = Qwen3ForCausalLM(config)
    with torch.no_grad():
        made.lm_head.weight.mul_(sharpness)
    return made


def letters(prompts: list[Any], completions: list[str], log_extra: Any, **_: Any) -> list[float | None]:
    """A reward that differs within groups, and a verdict that says nothing against anyone."""
    log_extra(adapter.VERDICTS, ["no_code"] * len(completions))
    return [sum(map(ord, text)) % 7 / 6 for text in completions]


def trainer(folder: Path, *, reward: Any = letters, sharpness: float = 1.0, steps: int = 4, **options: Any) -> Any:
    preset, arguments = options.pop("preset", MICROCODER), options.pop("arguments", {})
    config = trl.GRPOConfig(
        output_dir=str(folder),
        max_steps=steps,
        per_device_train_batch_size=8,
        num_generations=4,
        max_completion_length=LENGTH,
        logging_steps=1,
        report_to=[],
        bf16=False,
        gradient_checkpointing=False,
        disable_tqdm=True,
        seed=3,
        **(adapter.options(preset) | DEFAULTS | arguments),
    )
    rows = Dataset.from_list([{"prompt": text, "suite": SUITE} for text in PROMPTS])
    return adapter.MicroCoderTrainer(
        model(sharpness),
        reward_funcs=[reward],
        args=config,
        train_dataset=rows,
        processing_class=tokenizer(),
        preset=preset,
        **options,
    )


def logged(run: Any, name: str) -> list[float]:
    return [entry[name] for entry in run.state.log_history if name in entry]


def test_what_was_cut_and_not_judged_wrong_loses_its_advantage_and_nothing_else_does(tmp_path: Path) -> None:
    run, seen = trainer(tmp_path, preset=ALWAYS), []
    whole = run._generate_and_score_completions

    def watched(inputs: Any) -> Any:
        seen.append(whole(inputs))
        return seen[-1]

    run._generate_and_score_completions = watched
    run.train()
    cut = full = 0
    for output in seen:
        for ids, there, advantage in zip(
            output["completion_ids"], output["completion_mask"], output["advantages"], strict=True
        ):
            truncated = there.sum() == LENGTH and ids[-1] != 1
            cut, full = cut + int(truncated), full + int(not truncated and advantage != 0)
            assert not truncated or advantage == 0
        assert output["num_items_in_batch"] == output["completion_mask"].sum(), "masked tokens count below"
    assert cut
    assert full
    assert logged(run, "mask/share")[0] > 0


def test_the_weight_of_short_and_of_long_completions_is_logged(tmp_path: Path) -> None:
    run = trainer(tmp_path)
    tokens = (torch.arange(LENGTH) < torch.tensor([[1], [2], [4], [6]])).long()
    for ratios in (
        torch.tensor([[1.0], [0.5], [0.5], [0.25]]),
        torch.tensor([[1.0], [0.5], [0.5], [0.25]]).expand(4, LENGTH),
    ):
        run._note_weights({"importance_sampling_ratio": ratios, "completion_mask": tokens})
    run._note_weights({"completion_mask": tokens})
    assert run._metrics["train"]["weight/shortest_quarter"] == [1.0, 1.0]
    assert run._metrics["train"]["weight/longest_quarter"] == [0.25, 0.25]


def test_means_are_of_what_there_is(tmp_path: Path) -> None:
    run = trainer(tmp_path)
    for values in ([], [1.0, 3.0], []):
        run._note_mean("mask/advantage", torch.tensor(values))
    assert run._metrics["train"]["mask/advantage"] == [2.0]


THINKING = "{% for m in messages %}{{ m['content'] }}{% endfor %}{% if add_generation_prompt %}<think>{% endif %}"


def test_a_template_that_opens_a_thought_is_seen_in_the_prompt(tmp_path: Path) -> None:
    """Whatever a tag's letters are to the tokenizer: its words are what is looked at."""
    run = trainer(tmp_path, reward=_thoughtful, steps=1)
    tokenizer_of(run).add_tokens(["<think>"])
    tokenizer_of(run).chat_template = run.processing_class.chat_template = THINKING
    run.model.resize_token_embeddings(len(tokenizer_of(run)))
    chat = [{"role": "user", "content": PROMPTS[0]}]
    assert thoughts_of(run, [chat, chat]) == ["<think>", "<think>"]
    assert thoughts_of(run, [PROMPTS[0], f"{PROMPTS[0]}<think>"]) == ["", "<think>"]


def _thoughtful(prompts: list[Any], completions: list[str], log_extra: Any, prompt_thought: list[str], **_: Any) -> Any:
    assert prompt_thought == [""] * len(completions)
    return letters(prompts, completions, log_extra)


def test_no_mask_takes_no_advantage(tmp_path: Path) -> None:
    run = trainer(tmp_path, preset=DAPO)
    run.train()
    assert not logged(run, "mask/share")


@pytest.fixture
def client(tmp_path: Path) -> Iterator[EvaluatorClient]:
    settings = {"MICROCODER_DATA_DIR": str(tmp_path / "data")}
    with local_service(workers=1, settings=settings) as service, EvaluatorClient(service.url) as made:
        yield made


def test_verdicts_come_from_the_service(tmp_path: Path, client: EvaluatorClient) -> None:
    run = trainer(tmp_path / "out", reward=CodeReward(client=client), preset=ALWAYS, steps=2)
    run.train()
    # Random letters are no program: no_code, so that whatever was cut is masked.
    assert logged(run, "mask/share") == pytest.approx(logged(run, "mask/truncated"))
    assert logged(run, "mask/share")[0] > 0
    assert logged(run, "reward") == [0.0, 0.0]


def test_a_reward_function_without_verdicts_is_refused(tmp_path: Path) -> None:
    run = trainer(tmp_path, reward=lambda completions, **_: [0.0] * len(completions))
    with pytest.raises(NoVerdicts, match="8 completions need as many verdicts"):
        run.train()


def test_a_stage_changes_sampling_and_scoring_within_training(tmp_path: Path) -> None:
    # So sharp a model writes one text again and again when it is cold, and anything when it is hot.
    stages = Stages((0.01, 50.0), floor=0.5, patience=2, dwell=2, memory=0.0)
    run = trainer(
        tmp_path, sharpness=100.0, stages=stages, steps=4, arguments={"temperature": 0.01, "learning_rate": 0}
    )
    run.train()
    assert logged(run, "temperature") == [0.01, 0.01, 50.0, 50.0]
    cold, hot = logged(run, "diversity/pair")[:2], logged(run, "diversity/pair")[2:]
    assert max(cold) < 0.1 < 0.8 < min(hot)
    entropy = logged(run, "entropy")
    assert max(entropy[:2]) < 0.1 < 2.0 < min(entropy[2:]), "log(18) = 2.9 is the most there is"


def test_a_temperature_that_does_not_reach_the_scoring_is_noticed(tmp_path: Path) -> None:
    run = trainer(tmp_path, sharpness=30.0)
    run.begin()
    run.set_temperature(0.5)
    scored = run._get_per_token_logps_and_entropies
    run._get_per_token_logps_and_entropies = lambda *inputs: _at_temperature(run, 1.0, scored, inputs)
    with pytest.raises(TrlChanged, match=r"off by .* at temperature 0\.5"):
        run.check_scoring()


def _at_temperature(run: Any, temperature: float, score: Any, inputs: Any) -> Any:
    """Score at a temperature that the trainer does not know of."""
    cells, known = list(temperature_cells(run.model)), run.temperature
    run.temperature = temperature
    for cell in cells:
        cell.cell_contents = temperature
    try:
        return score(*inputs)
    finally:
        run.temperature = known
        for cell in cells:
            cell.cell_contents = known


@pytest.mark.parametrize("preset", [GRPO, DAPO], ids=lambda preset: preset.name)
def test_trl_s_loss_is_ours(tmp_path: Path, preset: Preset) -> None:
    run = trainer(tmp_path, preset=preset, sharpness=10.0, arguments={"temperature": 0.8})
    run.current_gradient_accumulation_steps = 1
    torch.manual_seed(1)
    tokens = (torch.arange(LENGTH) < torch.tensor([[6], [2], [4], [1]])).long()
    inputs = {
        "prompt_ids": torch.randint(2, 18, (4, 3)),
        "prompt_mask": torch.ones(4, 3, dtype=torch.long),
        "completion_ids": torch.randint(2, 18, (4, LENGTH)),
        "completion_mask": tokens,
        "advantages": torch.tensor([1.0, -1.0, 0.0, 0.5]),
        "num_items_in_batch": tokens.sum(),
    }
    inputs = {name: value.to(run.accelerator.device) for name, value in inputs.items()}
    tokens = inputs["completion_mask"]
    ids = torch.cat([inputs["prompt_ids"], inputs["completion_ids"]], dim=1)
    here = torch.cat([inputs["prompt_mask"], tokens], dim=1)
    with torch.no_grad():
        scored = run.model(input_ids=ids, attention_mask=here).logits[:, 2:-1] / 0.8
    log_probs = scored.log_softmax(-1).gather(2, ids[:, 3:, None]).squeeze(2)
    inputs["old_per_token_logps"] = log_probs + torch.randn_like(log_probs) * 0.3
    expected = policy_loss(
        log_probs,
        inputs["old_per_token_logps"],
        inputs["advantages"],
        tokens,
        clip_low=preset.clip_low,
        clip_high=preset.clip_high,
        aggregation=preset.aggregation,
    )
    assert run._compute_loss(run.model.train(), inputs).item() == pytest.approx(expected.item(), abs=1e-5)


def test_a_run_that_is_resumed_goes_on_as_if_it_had_never_stopped(tmp_path: Path) -> None:
    saving = {"save_strategy": "steps", "save_steps": 3}
    stages = Stages((1.0, 1.5), floor=1.0, patience=2, dwell=4, memory=0.5)
    half = Preset("half", 0.2, 0.28, "token", TruncationMask(0.5))

    def done(folder: Path, steps: int, checkpoint: Path | None = None) -> Any:
        # Its beginning seeds the generators that the process shares, so one is made when the one before is done.
        arguments = saving | {"lr_scheduler_type": "constant"}
        run = trainer(folder, preset=half, stages=stages, steps=steps, sharpness=30.0, arguments=arguments)
        run.train(resume_from_checkpoint=checkpoint and str(checkpoint))
        return run

    whole = done(tmp_path / "whole", 6)
    done(tmp_path / "cut", 3)
    second = done(tmp_path / "cut", 6, tmp_path / "cut" / "checkpoint-3")
    for name in ("reward", "entropy", "mask/share", "diversity/pair", "temperature", "grad_norm"):
        assert logged(second, name) == pytest.approx(logged(whole, name), abs=1e-5), name
    assert second.controller.state == whole.controller.state
    assert logged(whole, "temperature")[-1] == 1.5
    assert json.loads((tmp_path / "cut" / "checkpoint-6" / "microcoder_0.json").read_text())["controller"]["stage"] == 1


def test_a_run_without_stages_resumes_one_of_another_temperature(tmp_path: Path) -> None:
    saving = {"save_strategy": "steps", "save_steps": 1}
    trainer(tmp_path, steps=1, arguments=saving).train()
    hotter = trainer(tmp_path, steps=2, arguments=saving | {"temperature": 1.5})
    hotter.train(resume_from_checkpoint=str(tmp_path / "checkpoint-1"))
    assert logged(hotter, "temperature") == [1.0, 1.5]
    staged = trainer(tmp_path, steps=3, stages=Stages((1.0, 1.5), floor=0.5), arguments=saving)
    with pytest.raises(ValueError, match="stages None are not"):
        staged.train(resume_from_checkpoint=str(tmp_path / "checkpoint-2"))
    (tmp_path / "checkpoint-2" / "microcoder_0.json").unlink()
    with pytest.raises(ValueError, match="not saved by MicroCoderTrainer, or not to its end"):
        hotter.train(resume_from_checkpoint=str(tmp_path / "checkpoint-2"))


def test_processes_change_their_temperature_together(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    script = Path(__file__).with_name("two_processes.py")
    root = script.parents[2]
    subprocess.run(
        [*command, script, tmp_path], cwd=root, env=os.environ | {"PYTHONPATH": "."}, check=True, timeout=300
    )
    first, second = (json.loads((tmp_path / f"seen_{rank}.json").read_text()) for rank in range(2))
    assert first == second
    assert first["processes"] == 2
    assert set(first["temperature"]) == {1.0, 2.0}
    assert {each.name for each in tmp_path.glob("checkpoint-4/microcoder_*")} == {
        "microcoder_0.json",
        "microcoder_1.json",
    }


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"arguments": {"epsilon_high": 0.5}}, "needs epsilon_high=0.28"),
        ({"arguments": {"loss_type": "grpo"}}, "needs loss_type='dapo'"),
        (
            {"arguments": {"vllm_importance_sampling_mode": "sequence_mask"}},
            "needs vllm_importance_sampling_mode='token",
        ),
        ({"stages": Stages((0.6, 1.0), floor=0.5)}, "first stage is 0.6"),
    ],
)
def test_settings_that_disagree_are_refused(tmp_path: Path, options: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        trainer(tmp_path, **options)
