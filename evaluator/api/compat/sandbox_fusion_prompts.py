"""SandboxFusion's questions about a data set: ``POST /list_ids``, ``/get_prompts``, ``/get_prompt_by_id``.

The data set is what the request brings in ``config.provided_data``: none is stored here.
"""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.responses import Response
from pydantic import Field, Json

from evaluator.api.compat import shared
from evaluator.api.compat.sandbox_fusion_wire import missing_data, refusal
from evaluator.api.documentation import takes
from evaluator.api.problems import JsonAnswer


class FusionRow(shared.Foreign):
    """A row of a CommonOJ data set, as far as prompts are made of it."""

    id: int | str
    content: str = ""
    labels: Json[dict[str, Any]] | dict[str, Any] = Field(default={})


class PromptsConfig(shared.Foreign):
    """The data, of all the options of a data set."""

    provided_data: FusionRow | tuple[FusionRow, ...] | None = None

    @property
    def rows(self) -> tuple[FusionRow, ...]:
        return (self.provided_data,) if isinstance(self.provided_data, FusionRow) else self.provided_data or ()


class PromptsRequest(shared.Foreign):
    dataset: str
    config: PromptsConfig
    offset: int = Field(0, ge=0)
    limit: int = Field(1_000_000, ge=0)


class PromptRequest(shared.Foreign):
    dataset: str
    config: PromptsConfig
    id: int | str


class Prompt(shared.Foreign):
    id: int | str
    prompt: str
    labels: dict[str, Any] = Field(default={})


router = shared.router("SandboxFusion", refusal)


@router.post("/list_ids", response_model=list[int | str], openapi_extra=takes(PromptsRequest))
async def list_ids(request: Request) -> Response:
    """List the ids of the rows."""
    return JsonAnswer([row.id for row in _chosen(await shared.read_body(request, PromptsRequest))])


@router.post("/get_prompts", response_model=list[Prompt], openapi_extra=takes(PromptsRequest))
async def get_prompts(request: Request) -> Response:
    """Show the prompts of the rows."""
    rows = _chosen(await shared.read_body(request, PromptsRequest))
    return JsonAnswer([_prompt(row).model_dump() for row in rows])


@router.post("/get_prompt_by_id", response_model=Prompt, openapi_extra=takes(PromptRequest))
async def get_prompt_by_id(request: Request) -> Response:
    """Show the prompt of one row."""
    body = await shared.read_body(request, PromptRequest)
    for row in body.config.rows:
        if row.id == body.id:
            return JsonAnswer(_prompt(row).model_dump())
    raise missing_data(f"there is no row of id {body.id!r}")


def _chosen(body: PromptsRequest) -> tuple[FusionRow, ...]:
    if not body.config.rows:
        raise missing_data(f"data set {body.dataset[:100]!r} is not here")
    return body.config.rows[body.offset : body.offset + body.limit]


def _prompt(row: FusionRow) -> Prompt:
    return Prompt(id=row.id, prompt=row.content, labels=row.labels)
