"""The command line's part of training, with and without what training needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from evaluator.installation import install_command

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "grpo" / "cpu.yaml"


def said(*arguments: str, missing: str = "") -> tuple[int, str]:
    """Exit code and complaint; ``missing`` is a module that cannot be imported."""
    hide = f"sys.modules[{missing!r}] = None; " if missing else ""
    code = f"import sys; {hide}from evaluator.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code, "train", *arguments], cwd=ROOT, capture_output=True, text=True)
    return done.returncode, " ".join(done.stderr.split())


@pytest.mark.parametrize("module", ["trl", "yaml"])
def test_what_is_not_installed_is_named_with_what_to_do(module: str) -> None:
    code, complaint = said("--config", str(EXAMPLE), missing=module)
    assert code == 2
    assert complaint.endswith(f"which is not installed: {install_command('server,trl')}")


def test_an_unknown_key_is_refused_before_anything_heavy_is_loaded() -> None:
    code, complaint = said("--config", str(EXAMPLE), "mask.probabilty=0.1", missing="torch")
    assert code == 2
    assert "the nearest known one is 'probability'" in complaint
