"""Calls the reward as verl does: by keyword, one sample at a time, alone and many at once from the reward loop."""

from __future__ import annotations

import asyncio

from rows import SUITE, completions, service

from trainer_client.rewards.verl import compute_score, compute_score_async


async def reward_loop(texts: list[str]) -> list:
    calls = [
        compute_score_async(data_source="code", solution_str=text, ground_truth=SUITE, extra_info={"num_turns": 1})
        for text in texts
    ]
    return await asyncio.gather(*calls)


def main() -> None:
    written = completions()
    with service():
        first = compute_score("code", next(iter(written.values())), SUITE, {})
        scores = asyncio.run(reward_loop(list(written.values())))
    assert scores[0] == first
    for expected, score in zip(written, scores, strict=True):
        print(score)
        assert score["verdict"] == expected, expected


if __name__ == "__main__":
    main()
