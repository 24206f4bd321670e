"""``microcoder`` in a process whose DeepSpeed communicates on the CPU. Started by test_sharded.py.

accelerate begins this for GPUs alone. On the CPU DeepSpeed would begin when the trainer is made, which is too late for
ZeRO-3: it loads a model in parts.
"""

from __future__ import annotations

import deepspeed

from evaluator.cli import main

if __name__ == "__main__":
    deepspeed.init_distributed("gloo", auto_mpi_discovery=False)
    main()
