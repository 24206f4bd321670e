"""AReaL: ``reward_fn="trainer_client.rewards.areal.code_reward"`` of an RLVR workflow.

AReaL runs it in a process pool, gives it 15 s and three more tries, and makes a 0 of the last one that takes longer.
So this gives up before that, with an exception: AReaL logs it, tries again, and lets the last one through. Raise
AReaL's ``timeout_seconds`` together with ``MICROCODER_AREAL_TIMEOUT_S`` (default 12) where programs may run longer.

AReaL's pool has few processes, and a sample's 15 s begin while it waits for one. ``async_code_reward`` stands in for
the pool, as a workflow's ``async_reward_fn``: it waits in the event loop, for as many samples at once as there are.

The tests are the row's column ``suite``, ``suite_id``, ``ground_truth``, ...
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from trainer_client.blocking import EvaluatorClient
from trainer_client.rewards.judge import RewardGrader, after_prompt
from trainer_client.suites import read_row

TIMEOUT_VARIABLE = "MICROCODER_AREAL_TIMEOUT_S"
_TIMEOUT_S = 12.0


def code_reward(
    prompt: Any, completions: Any, prompt_ids: Any = None, completion_ids: Any = None, **data: Any
) -> float:
    """1 if every test passed, else 0.

    Raises:
        EvaluatorError: it was not judged.
        UnknownTests: the row has no tests.
    """
    [outcome] = RewardGrader(_client()).outcomes([after_prompt(prompt, completions)], [read_row(data)])
    return outcome.certain("raise")


async def async_code_reward(
    prompt: Any, completions: Any, prompt_ids: Any = None, completion_ids: Any = None, **data: Any
) -> float:
    """Do what ``code_reward`` does in an event loop, for as long as the client waits."""
    text = after_prompt(prompt, completions)
    [outcome] = await RewardGrader().outcomes_async([text], [read_row(data)])
    return outcome.certain("raise")


@cache
def _client() -> EvaluatorClient:
    timeout_s = float(os.environ.get(TIMEOUT_VARIABLE, _TIMEOUT_S))
    return EvaluatorClient(timeout_s=timeout_s)
