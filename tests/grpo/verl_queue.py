"""Run as a program of its own where verl is installed: its newer trainer computes advantages of one batch in its real
transfer queue, on Ray, with the mask in. Prints what came of it as JSON.

Arguments: the batch as JSON, rows of [uid, token ids, verdict, reward], those of the uid "padding" to fill it up; L_max; the end-of-text token.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import hydra
import ray
import torch
import transfer_queue
import verl
from verl.trainer.ppo.v1 import PPOTrainerSync, trainer_base
from verl.utils.tensordict_utils import list_of_dict_to_tensordict

from trainer_client.grpo.verl import Masking, VerlConfig, mask_v1


def main() -> None:
    rows, length, eos = json.loads(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    example, defaults = (
        Path(__file__).parents[2] / "examples" / "grpo" / "verl",
        Path(verl.__file__).parent / "trainer/config",
    )
    with hydra.initialize_config_dir(str(example), version_base=None):
        config = hydra.compose("microcoder", overrides=[f"hydra.searchpath=[file://{defaults}]"])
    config.transfer_queue.enable = True
    config.transfer_queue.backend.SimpleStorage.num_data_storage_units = 1
    ray.init(num_cpus=8, include_dashboard=False, log_to_driver=False)  # so many actors, none of which is busy
    try:
        transfer_queue.init(config.transfer_queue)
        fields, keys = [], []
        for place, (uid, ids, verdict, reward) in enumerate(rows):
            scores = torch.zeros(len(ids))
            scores[-1] = reward
            fields.append(
                {
                    "uid": uid,
                    "responses": torch.tensor(ids),
                    "response_mask": torch.ones(len(ids), dtype=torch.int64),
                    "rm_scores": scores,
                    "extra_fields": {"reward_extra_info": {"verdict": verdict}},
                }
            )
            keys.append(f"{uid}_{place}_0")
        batch = transfer_queue.kv_batch_put(
            keys=keys,
            fields=list_of_dict_to_tensordict(fields),
            tags=[{"status": "success", "is_padding": uid == "padding"} for uid, *_ in rows],
            partition_id="train",
        )
        mask_v1(trainer_base, Masking(VerlConfig(probability=1.0, repeat_window=2), length, [eos]))
        trainer = object.__new__(PPOTrainerSync)
        trainer.config, trainer.global_steps, trainer.local_trigger_step = config, 3, 0
        metrics: dict[str, float] = {}
        after = trainer._compute_advantage(batch, metrics)
        assert after.tags == batch.tags
        told = transfer_queue.kv_batch_get(keys=after.keys, partition_id="train", select_fields=["advantages"])
        print(json.dumps({"advantages": [row.tolist() for row in told["advantages"].unbind()], "metrics": metrics}))
        transfer_queue.close()
    finally:
        ray.shutdown()


if __name__ == "__main__":
    main()
