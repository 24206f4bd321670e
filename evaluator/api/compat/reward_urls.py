"""Reward URLs: ``POST /get_reward`` as OpenRLHF calls it, ``POST /slime/get_reward`` as slime does.

By openrlhf/utils/remote_rm_utils.py and slime/rollout/rm_hub. A label names the suite: its id, the suite itself as
JSON (an object or its text), or a list of tests ``[{"input": ..., "output": ...}]``. What was not judged is 503: both
clients ask again, and at last leave the sample out instead of taking it for wrong.
"""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import JsonValue, ValidationError

from evaluator.api import body
from evaluator.api.compat.running import Lenient
from evaluator.api.documentation import takes
from evaluator.api.waiting import drop, held
from evaluator.errors import InvalidRequest, NotReady, UnknownSuite
from evaluator.schema import Policy, Report, Submission, Suite

router = APIRouter(tags=["Reward URLs"])


class GetReward(Lenient):
    """Texts of prompt and response together, the prompts, and what names each one's suite."""

    query: list[str] | str
    prompts: list[str] | str = ""
    labels: list[JsonValue] | JsonValue = None


class Sample(Lenient):
    """slime's: one response."""

    response: str
    label: JsonValue
    prompt: JsonValue = None


@router.post("/get_reward", openapi_extra=takes(GetReward))
async def get_reward(request: Request, reward: str = "score") -> Response:
    """OpenRLHF: rewards of some responses; of one, plain numbers, since its client makes a tensor of each.

    ``?reward=fraction`` gives the share of tests that pass, else all must.
    """
    wanted = body.parse(GetReward, await body.read(request, body.JSON))
    queries, prompts, labels = (_listed(part) for part in (wanted.query, wanted.prompts, wanted.labels))
    if len(labels) != len(queries):
        raise InvalidRequest(f"{len(queries)} texts in query and {len(labels)} labels: give one label for each")
    prompts = prompts if len(prompts) == len(queries) else [""] * len(queries)
    responses = [query.removeprefix(prompt) for query, prompt in zip(queries, prompts, strict=True)]
    rewards = await _rewards(request, responses, labels, reward)
    told: Any = rewards[0] if len(rewards) == 1 else rewards
    return JSONResponse({"rewards": told, "scores": told, "extra_logs": {}})


@router.post("/slime/get_reward", openapi_extra=takes(Sample))
async def slime_reward(request: Request, reward: str = "score") -> Response:
    """slime: the body is the reward of one response."""
    sample = body.parse(Sample, await body.read(request, body.JSON))
    return JSONResponse((await _rewards(request, [sample.response], [sample.label], reward))[0])


async def _rewards(request: Request, responses: list[str], labels: list[JsonValue], reward: str) -> list[float]:
    """
    Raises:
        InvalidRequest, UnknownSuite: a label names no suite.
        NotReady: one of them was not judged.
    """
    policy: Policy = "all" if reward == "fraction" else "first_failure"
    if reward not in ("score", "fraction"):
        raise InvalidRequest(f"reward: {reward[:40]!r} is neither score nor fraction")
    submissions = [
        Submission(response=response, policy=policy, detail="summary", **_suite(request, label))
        for response, label in zip(responses, labels, strict=True)
    ]
    waited_for = await held(lambda: request.app.state.queue.grade(submissions))
    try:
        reports: list[Report] = [await each for each in waited_for]
    finally:
        drop(waited_for)
    scores = [report.score for report in reports]
    unjudged = [report.reason for report in reports if report.score is None]
    if unjudged:
        raise NotReady(f"not judged: {unjudged[0]}")
    return [score for score in scores if score is not None]


def _suite(request: Request, label: JsonValue) -> dict[str, Any]:
    """The suite that a label names, as a submission has it."""
    if isinstance(label, str):
        if label in request.app.state.suites:
            return {"suite_id": label}
        name = label
        try:
            label = json.loads(name)
        except ValueError:
            raise UnknownSuite(name) from None
    if isinstance(label, list):
        label = {"mode": "stdio", "tests": label}
    try:
        return {"suite": Suite.model_validate(label)}
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise InvalidRequest(f"label: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
