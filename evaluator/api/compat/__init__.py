"""Endpoints of other systems, so that their clients work here unchanged: a file per system, its wire models beside it.

``shared`` has what all do: their errors, their runs, and that a request is held where ours would be told 429, which
those clients take for a wrong answer. docs/compat.md says what differs from the originals.
"""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter

from evaluator.api.compat import execeval, judge0, nemo_gym, open_instruct, piston, reward_urls, sandbox_fusion
from evaluator.settings import System

ROUTERS: Mapping[System, APIRouter] = {
    "sandbox_fusion": sandbox_fusion.router,
    "piston": piston.router,
    "judge0": judge0.router,
    "reward_urls": reward_urls.router,
    "execeval": execeval.router,
    "nemo_gym": nemo_gym.router,
    "open_instruct": open_instruct.router,
}
