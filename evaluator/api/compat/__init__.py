"""Endpoints of other judges, so that their clients work against this service unchanged.

All of them hold a connection while the queue is full: these clients take an answer of 429 for a wrong program.
"""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter

from evaluator.api.compat import execeval, judge0, piston, reward_urls, sandbox_fusion
from evaluator.settings import System

ROUTERS: Mapping[System, APIRouter] = {
    "execeval": execeval.router,
    "judge0": judge0.router,
    "piston": piston.router,
    "reward_urls": reward_urls.router,
    "sandbox_fusion": sandbox_fusion.router,
}
