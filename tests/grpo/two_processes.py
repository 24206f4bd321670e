"""One process of two that train together; what it saw goes into a file. Started by test_trl.py."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.grpo.test_trl import logged, trainer
from trainer_client.grpo.controller import Stages

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    stages = Stages((1.0, 2.0), floor=1.0, patience=2, dwell=2, memory=0.0)
    arguments = {"save_strategy": "steps", "save_steps": 4, "use_cpu": True}
    run = trainer(folder, sharpness=30.0, steps=4, stages=stages, arguments=arguments)
    run.train()
    seen = {name: logged(run, name) for name in ("temperature", "diversity/pair", "mask/share", "reward")}
    weights = {name: value.sum().item() for name, value in run.model.state_dict().items()}
    seen |= {"processes": run.accelerator.num_processes, "weights": weights}
    (folder / f"seen_{run.accelerator.process_index}.json").write_text(json.dumps(seen))
    # The first to leave would cut the other's connections.
    run.accelerator.wait_for_everyone()
    run.accelerator.end_training()
