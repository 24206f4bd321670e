"""``microcoder train`` under ZeRO-2 and ZeRO-3 with two processes on the CPU: three steps, evaluated and resumed.

DeepSpeed compiles a helper in its first run, which takes minutes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

pytest.importorskip("trl", reason="TRL is there only where one trains")
pytest.importorskip("deepspeed", reason="make trainers installs it")
from transformers import AutoModelForCausalLM

from tests.grpo.test_training import ROOT, command, environment, history, start, url  # noqa: F401
from trainer_client.grpo.trl import processes_of

DEADLINE_S = 900.0
SMALL = ("trainer.per_device_train_batch_size=8", "trainer.steps_per_generation=1", "evaluation.lengths=[23]")
SAVED = (
    "trainer.save_strategy=steps",
    "trainer.save_steps=1",
    "trainer.logging_steps=1",
    "trainer.use_cpu=true",
    "trainer.optim=adamw_torch",
)


def deepspeed(folder: Path, stage: int) -> str:
    """Write DeepSpeed's configuration, and return the override that names it."""
    sizes = ("train_batch_size", "train_micro_batch_size_per_gpu", "gradient_accumulation_steps", "gradient_clipping")
    zero = {"stage": stage, "stage3_gather_16bit_weights_on_model_save": True}
    file = folder / f"zero{stage}.json"
    file.write_text(
        json.dumps({"zero_optimization": zero, "zero_allow_untested_optimizer": True, **dict.fromkeys(sizes, "auto")})
    )
    return f"trainer.deepspeed={file}"


def launch(folder: Path, processes: int, arguments: list[str]) -> tuple[int, str]:
    """Run the command in so many processes; return its exit code, and what it wrote."""
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    script = str(Path(__file__).with_name("deepspeed_cpu.py"))
    seen = {"DS_ACCELERATOR": "cpu", "CUDA_VISIBLE_DEVICES": "", "PYTHONFAULTHANDLER": "1", "HF_HUB_OFFLINE": "1"}
    output = folder / "output.txt"
    with output.open("wb") as file:
        done = subprocess.run(
            [sys.executable, *launcher, script, *arguments],
            env=os.environ | environment(folder) | seen,
            cwd=ROOT,
            stdout=file,
            stderr=subprocess.STDOUT,
            timeout=DEADLINE_S,
        )
    return done.returncode, output.read_text(errors="replace")


@pytest.mark.parametrize("stage", [2, 3])
def test_two_processes_train_evaluate_and_resume_under_zero(
    start: Path,  # noqa: F811
    tmp_path: Path,
    url: str,  # noqa: F811
    stage: int,
) -> None:
    out, sharded = tmp_path / "out", deepspeed(tmp_path, stage)
    _, _, _, *arguments = command(start, out, *SMALL, *SAVED, "evaluation.every=1", f"service.url={url}", sharded)
    for more in (["trainer.max_steps=2"], ["trainer.max_steps=3", "--resume"]):
        code, written = launch(tmp_path, 2, [*arguments, *more])
        assert code == 0, written[-20_000:]
    assert processes_of(out / "checkpoint-3") == 2
    assert len(list(out.glob("checkpoint-3/global_step3/*zero_pp_rank_[01]_*optim_states.pt"))) == 2, (
        "DeepSpeed has trained"
    )
    by_step = history(out)
    assert [step for step, entry in by_step.items() if "reward" in entry] == [1, 2, 3]
    assert [step for step, entry in by_step.items() if "eval_pass@1@23" in entry] == [0, 1, 2, 3]
    assert AutoModelForCausalLM.from_pretrained(out / "final").num_parameters() > 0

    before = digests(out)
    _, written = launch(tmp_path, 1, [*arguments, "trainer.max_steps=4", "--resume"])
    assert "exitcode  : 2" in written, written[-20_000:]
    assert "checkpoint-3, saved by 2 processes, and this run has 1" in " ".join(written.split())
    assert digests(out) == before


def digests(folder: Path) -> dict[Path, str]:
    return {file: sha256(file.read_bytes()).hexdigest() for file in folder.rglob("*") if file.is_file()}
