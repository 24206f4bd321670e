"""GRPO with TRL: needs `pip install trl` and a GPU. The data set has the columns `prompt` and `suite` (JSON text)."""

from datasets import Dataset
from rows import PROMPT, SUITE
from trl import GRPOConfig, GRPOTrainer

from trainer_client.rewards.trl import CodeReward

trainer = GRPOTrainer(
    model="Qwen/Qwen2.5-Coder-0.5B-Instruct",
    args=GRPOConfig(output_dir="out", num_generations=8, max_completion_length=1024, log_completions=True),
    train_dataset=Dataset.from_list([{"prompt": PROMPT, "suite": SUITE}] * 64),
    reward_funcs=[CodeReward(shape="fraction")],
)
trainer.train()
