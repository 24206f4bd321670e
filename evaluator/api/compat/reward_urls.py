"""Reward URLs of trainers: OpenRLHF's ``--reward.remote_url`` and slime's ``--rm-url``.

A label is the tests: the id of a stored suite, a suite, or another shape that ``evaluator.schema.shapes`` knows, as
JSON or as JSON text. ``?language=cpp`` says what the programs are written in whose label names no language,
``?reward=fraction`` that each test counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field, JsonValue, model_validator

from evaluator.api import body
from evaluator.api.compat import shared
from evaluator.api.compat.labels import LabelSuites
from evaluator.api.disconnect import cancel_on_disconnect
from evaluator.api.documentation import takes
from evaluator.api.problems import JsonAnswer
from evaluator.errors import InvalidRequest, JudgeFault
from evaluator.schema import Policy, Submission, Verdict
from evaluator.schema.thoughts import response_in, thought_opened_by, with_thought
from evaluator.written_report import WrittenReport

router = APIRouter(tags=["drop-in: reward URLs"])
Counted = Literal["score", "fraction"]
_Language = Annotated[str, Query(max_length=100)]
_labels = LabelSuites()


class OpenRlhfQueries(shared.Foreign):
    """``query`` is a prompt with its response; all of shape (B,), or three single values."""

    query: list[str]
    prompts: list[str]
    labels: list[JsonValue]

    @model_validator(mode="before")
    @classmethod
    def _lists(cls, fields: object) -> object:
        if isinstance(fields, dict) and isinstance(fields.get("query"), str):
            return {name: [fields[name]] for name in ("query", "prompts", "labels") if name in fields}
        return fields


class SlimeSample(shared.Foreign):
    """``response`` is the model's text alone; ``prompt`` is what it follows, with the chat template applied."""

    prompt: JsonValue = None
    response: str
    label: JsonValue = Field(...)


@router.post("/get_reward", openapi_extra=takes(OpenRlhfQueries))
async def get_reward(request: Request, language: _Language = "python", reward: Counted = "score") -> Response:
    """Rewards in [0, 1]: numbers where there is one query, as OpenRLHF's code asks, else lists. A program that was
    not judged is an error of the whole request, never a number."""
    queries = await shared.read_body(request, OpenRlhfQueries)
    if not len(queries.query) == len(queries.prompts) == len(queries.labels) > 0:
        raise InvalidRequest("query, prompts and labels must be lists of one length, of one element or more")
    texts = []
    for number, (query, prompt) in enumerate(zip(queries.query, queries.prompts, strict=True)):
        try:
            texts.append(response_in(query, prompt))
        except ValueError as error:
            raise InvalidRequest(f"query[{number}]: {error}") from error
    reports = await cancel_on_disconnect(request, _graded(request, texts, queries.labels, language, reward))
    rewards = [report.score for report in reports]
    no_code = [float(report.verdict is Verdict.NO_CODE) for report in reports]
    one = len(rewards) == 1
    return JsonAnswer(
        {
            "rewards": rewards[0] if one else rewards,
            "scores": rewards[0] if one else rewards,
            "extra_logs": {"no_code": no_code[0] if one else no_code},
        }
    )


@router.post("/slime/get_reward", openapi_extra=takes(SlimeSample))
async def slime_reward(request: Request, language: _Language = "python", reward: Counted = "score") -> Response:
    """The reward in [0, 1], as the whole of the body."""
    sample = await shared.read_body(request, SlimeSample)
    opener = thought_opened_by(sample.prompt) if isinstance(sample.prompt, str) else ""
    text = with_thought(opener, sample.response)
    reports = await cancel_on_disconnect(request, _graded(request, [text], [sample.label], language, reward))
    return JsonAnswer(reports[0].score)


async def _graded(
    request: Request, texts: Sequence[str], labels: Sequence[JsonValue], language: str, reward: Counted
) -> list[WrittenReport]:
    submissions = []
    for text, label in zip(texts, labels, strict=True):
        suite, named = _labels.ready(request, label, language)
        policy: Policy = "all" if reward == "fraction" else "first_failure"
        submissions.append(
            Submission(response=text, language=named, suite_id=suite.id, policy=policy, detail="summary")
        )
    for text in texts:
        body.check_size(request, text)
    reports = await shared.grade(request, submissions)
    for report in reports:
        if report.score is None:
            raise JudgeFault(f"a program was not judged ({report.verdict}): {report.reason or 'the log says why'}")
    return reports
