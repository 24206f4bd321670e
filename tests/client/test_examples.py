"""The examples for trainers run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from evaluator.local import LocalService

EXAMPLES = Path(__file__).parents[2] / "examples" / "trainers"


@pytest.mark.parametrize("script", ["trl_reward.py", "verl_reward.py"])
def test_an_example_gives_the_verdicts_that_it_expects(service: LocalService, script: str) -> None:
    environment = {**os.environ, "MICROCODER_URL": service.url, "PYTHONPATH": str(EXAMPLES.parents[1])}
    command = [sys.executable, str(EXAMPLES / script)]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True, timeout=60)
    assert "accepted" in done.stdout
