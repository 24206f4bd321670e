"""Calls the reward function as TRL's GRPOTrainer does: every column of the data set as a list, rewards as a list."""

from __future__ import annotations

from rows import PROMPT, SUITE, completions, service

from trainer_client.rewards.trl import code_reward


def main() -> None:
    written = completions()
    columns: dict[str, list[str]] = {}
    with service():
        rewards = code_reward(
            prompts=[PROMPT] * len(written),
            completions=list(written.values()),
            completion_ids=[[0]] * len(written),
            suite=[SUITE] * len(written),  # the data set's column
            trainer_state=None,
            log_extra=lambda name, values: columns.update({name: values}),
            log_metric=lambda name, value: print(f"{name}: {value}"),
        )
    for expected, verdict, reward in zip(written, columns["verdict"], rewards, strict=True):
        print(f"{verdict:24} {reward}")
        assert verdict == expected, expected


if __name__ == "__main__":
    main()
