"""One process of two that train under DeepSpeed on the CPU; what it saw goes into a file. Started by test_trl.py.

Arguments: the run's folder, ZeRO's stage, steps, and the checkpoint to resume from, if any.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.grpo.test_trl import logged, trainer

if __name__ == "__main__":
    folder, stage, steps, *checkpoint = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:]
    sizes = ("train_batch_size", "train_micro_batch_size_per_gpu", "gradient_accumulation_steps", "gradient_clipping")
    deepspeed = {
        "zero_optimization": {"stage": stage},
        "zero_allow_untested_optimizer": True,
        **dict.fromkeys(sizes, "auto"),
    }
    arguments = {"use_cpu": True, "deepspeed": deepspeed, "save_strategy": "steps", "save_steps": 1}
    run = trainer(folder, steps=steps, arguments=arguments | {"optim": "adamw_torch"})
    run.train(resume_from_checkpoint=checkpoint[0] if checkpoint else None)
    seen = {name: logged(run, name) for name in ("reward", "mask/share", "temperature")}
    seen["processes"] = run.accelerator.num_processes
    (folder / f"seen_{run.accelerator.process_index}.json").write_text(json.dumps(seen))
    # The first to leave would cut the other's connections.
    run.accelerator.wait_for_everyone()
    run.accelerator.end_training()
