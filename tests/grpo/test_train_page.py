"""The page of ``microcoder train`` says what is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.keys import table, table_in
from tests.grpo.test_config import LEAST
from trainer_client.configuration import load
from trainer_client.grpo.config import TrainConfig

PAGE = Path(__file__).parents[2] / "docs" / "train.md"
RUNS = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)


def test_the_table_of_keys_is_complete() -> None:
    assert table_in(PAGE) == table(TrainConfig)


@pytest.mark.parametrize("shown", RUNS, ids=[run.partition(":")[0] for run in RUNS])
def test_the_configurations_shown_are_valid(tmp_path: Path, shown: str) -> None:
    """A part of one stands for those keys of a whole one."""
    file = tmp_path / "run.yaml"
    whole = LEAST.replace("temperature: 1.0\n", "") if "temperature" in shown else LEAST
    parts = [f"{line}\n" for line in whole.splitlines() if not re.search(f"^{line.partition(':')[0]}:", shown, re.M)]
    file.write_text(shown + "".join(parts))
    assert load(TrainConfig, file).data.train
