"""NeMo-Gym: a resources server for code. ``POST /verify``, and what its agents ask for around it: ``/seed_session``,
``/close_session``, ``/aggregate_metrics``, ``GET /reverify_mode``. The models are those of nemo_gym's
base_resources_server.py and of resources_servers/code_gen/app.py.

A fault of ours is an error of the request. Newer versions of NeMo-Gym could mask the sample; older ones would train on
its reward of 0.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from pydantic import Field, JsonValue

from evaluator.api import body
from evaluator.api.compat import shared
from evaluator.api.compat.labels import LabelSuites
from evaluator.api.disconnect import cancel_on_disconnect
from evaluator.api.documentation import takes
from evaluator.api.problems import JsonAnswer
from evaluator.errors import ApiError, JudgeFault
from evaluator.schema import Submission, Verdict

_TASK = "_ng_task_index"
_RESULT = ("reward", "verdict", "passed", "total")


class NemoGymSession(shared.Foreign):
    resources_session_id: str | None = None


class NemoGymResponse(shared.Foreign, extra="allow"):
    """A model's response, as OpenAI's Responses API has it."""

    output: tuple[dict[str, JsonValue], ...] = ()

    @property
    def text(self) -> str:
        """The model's messages, without its reasoning and its calls of tools."""
        messages = (item.get("content") for item in self.output if item.get("type") == "message")
        parts = (part for content in messages if isinstance(content, list) for part in content)
        return "".join(_text(part) for part in parts if isinstance(part, dict))


class NemoGymRollout(shared.Foreign, extra="allow"):
    """A row of a data set, with the response to it. The tests are ``verifier_metadata.unit_tests``, or
    ``verifier_metadata`` or the row itself in a shape that ``evaluator.schema.shapes`` knows."""

    response: NemoGymResponse
    verifier_metadata: dict[str, JsonValue] | None = None


class NemoGymResponses(shared.Foreign):
    verify_responses: tuple[dict[str, JsonValue], ...] = Field(...)


def _refusal(error: ApiError) -> Response:
    return JsonAnswer({"detail": error.detail}, error.status)


router = shared.router("NeMo-Gym", _refusal)
_suites = LabelSuites(name="verifier_metadata")


@router.post("/seed_session", openapi_extra=takes(NemoGymSession))
async def seed_session(request: Request) -> Response:
    """Begin a rollout, of which nothing is kept here."""
    return JsonAnswer((await shared.read_body(request, NemoGymSession)).model_dump(exclude_none=True))


@router.post("/close_session", openapi_extra=takes(NemoGymSession))
async def close_session(request: Request) -> Response:
    """End a rollout, of which nothing is kept here."""
    return JsonAnswer((await shared.read_body(request, NemoGymSession)).model_dump(exclude_none=True))


@router.get("/reverify_mode")
async def reverify_mode() -> str:
    """Tell that a stored rollout can be judged again."""
    return "stateless"


@router.post("/verify", openapi_extra=takes(NemoGymRollout))
async def verify(request: Request) -> Response:
    """Judge a rollout: its body, with ``reward`` 1 if every test passed, else 0, and ``verdict``, ``passed`` and
    ``total``. A program that was not judged is an error, never a number."""
    rollout = await shared.read_body(request, NemoGymRollout)
    text = rollout.response.text
    body.check_size(request, text)
    label, fields = _label(rollout)
    suite, language = _suites.ready(request, label, "python", **fields)
    submission = Submission(response=text, language=language, suite_id=suite.id, detail="summary")
    [report] = await cancel_on_disconnect(request, shared.grade(request, [submission]))
    if report.score is None:
        raise JudgeFault(f"the program was not judged ({report.verdict}): {report.reason or 'the log says why'}")
    counted = (float(report.verdict is Verdict.ACCEPTED), report.verdict, report.passed, report.total)
    return JsonAnswer({**rollout.model_dump(exclude_unset=True), **dict(zip(_RESULT, counted, strict=True))})


@router.post("/aggregate_metrics", openapi_extra=takes(NemoGymResponses))
async def aggregate_metrics(request: Request) -> Response:
    """Mean rewards, of all rollouts and of each task."""
    responses = (await shared.read_body(request, NemoGymResponses)).verify_responses
    tasks: dict[int, list[float]] = defaultdict(list)
    for each in responses:
        task, reward = each.get(_TASK, 0), each.get("reward")
        if isinstance(task, int) and isinstance(reward, int | float):
            tasks[task].append(reward)
    means = {task: statistics.fmean(rewards) for task, rewards in sorted(tasks.items())}
    groups = [{_TASK: task, "mean/reward": mean} for task, mean in means.items()]
    rewards = [reward for each in tasks.values() for reward in each]
    overall = {"mean/reward": statistics.fmean(rewards)} if rewards else {}
    return JsonAnswer({"group_level_metrics": groups, "agent_metrics": overall, "key_metrics": overall})


def _label(rollout: NemoGymRollout) -> tuple[Mapping[str, Any], dict[str, Any]]:
    """Return what holds a row's tests, and fields of their suite."""
    metadata = rollout.verifier_metadata or {}
    unit_tests = metadata.get("unit_tests")
    if isinstance(unit_tests, dict):
        return unit_tests, {"checker": {"kind": "lcb"}}
    row = rollout.model_extra or {}
    return metadata or {name: value for name, value in row.items() if name != "responses_create_params"}, {}


def _text(part: Mapping[str, Any]) -> str:
    text = part.get("text") if part.get("type") == "output_text" else None
    return text if isinstance(text, str) else ""
