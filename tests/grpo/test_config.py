"""Configurations of a training run, and the errors of those that it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainer_client.grpo.config import BadConfig, load
from trainer_client.grpo.mask import Eligible

EXAMPLES = Path(__file__).parents[2] / "examples" / "grpo"
LEAST = "model: m\ntemperature: 1.0\ndata: {train: {files: [a.jsonl]}}\ntrainer: {output_dir: out}\n"


def written(folder: Path, text: str = LEAST) -> Path:
    file = folder / "run.yaml"
    file.write_text(text)
    return file


def test_what_is_not_said_is_the_papers(tmp_path: Path) -> None:
    config = load(written(tmp_path))
    preset = config.algorithm()
    assert (preset.name, preset.clip_low, preset.clip_high, preset.aggregation) == ("microcoder", 0.2, 0.28, "token")
    assert preset.mask is not None
    assert (preset.mask.probability, preset.mask.eligible) == (0.2, Eligible.NOT_JUDGED_WRONG)
    assert preset.mask.repeat_window == 128


def test_overrides_win_and_their_values_are_yaml(tmp_path: Path) -> None:
    overrides = ["mask.probability=0.1", "mask.eligible=any", "trainer.learning_rate=1e-6", "trainer.bf16=true"]
    config = load(written(tmp_path), [*overrides, "data.train.files=[b.jsonl, c.jsonl]", "evaluation.lengths=[8, 16]"])
    assert config.trainer == {"output_dir": "out", "learning_rate": 1e-6, "bf16": True}
    assert config.mask is not None
    assert (config.mask.probability, config.mask.eligible) == (0.1, Eligible.ANY)
    assert config.data.train.files == (Path("b.jsonl"), Path("c.jsonl"))
    assert config.evaluation.lengths == (8, 16)


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("mask.probabilty=0.1", "mask: unknown key 'probabilty'; the nearest known one is 'probability'"),
        ("pre_set=dapo", "unknown key 'pre_set'; the nearest known one is 'preset'"),
        ("data.train.fromat=jsonl", "data.train: unknown key 'fromat'; the nearest known one is 'format'"),
        ("mask.probability=1.5", "mask.probability: Input should be less than or equal to 1"),
        ("mask.eligible=accepted", "mask.eligible: Input should be 'not_judged_wrong', 'accepted_only' or 'any'"),
        ("preset=ppo", "preset: Input should be 'grpo', 'dapo', 'dapo_mask_all' or 'microcoder'"),
        ("temperature=0", "temperature"),
        ("temperature=null", "temperature: is required"),
        ("stages={temperatures: [1.0, 1.2], floor: 0.5}", "the stages begin with theirs"),
        ("trainer={}", "trainer.output_dir is required"),
        ("nonsense", "write KEY=VALUE, such as trainer.learning_rate=1e-6"),
        ("mask={", "not YAML"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(tmp_path: Path, override: str, said: str) -> None:
    with pytest.raises(BadConfig) as caught:
        load(written(tmp_path), [override])
    assert said in str(caught.value)


def test_a_mask_needs_the_preset_that_has_one(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match='preset "dapo" has none'):
        load(written(tmp_path), ["preset=dapo", "mask.probability=0.1"])
    assert load(written(tmp_path), ["preset=dapo", "mask=null"]).algorithm().mask is None


def test_stages_that_fall_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match="must rise"):
        load(written(tmp_path), ["temperature=null", "stages={temperatures: [1.2, 0.6], floor: 0.5}"])


def test_a_file_that_is_not_there_or_no_mapping_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match="No such file"):
        load(tmp_path / "none.yaml")
    with pytest.raises(BadConfig, match="a configuration is a mapping"):
        load(written(tmp_path, "- a\n- b\n"))


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.yaml")), ids=lambda file: file.name)
@pytest.mark.parametrize("preset", ["grpo", "dapo", "dapo_mask_all", "microcoder"])
def test_the_examples_are_valid_with_every_preset(file: Path, preset: str) -> None:
    overrides = [] if preset == "microcoder" else ["mask=null"]
    assert load(file, [f"preset={preset}", *overrides]).algorithm().name == preset
