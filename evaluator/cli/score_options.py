"""Options that the commands of ``microcoder score`` share, and the spreading of them into a command's signature."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from evaluator.cli.service import SERVER_HELP, WORKERS_HELP
from trainer_client.benchmarks.endpoint import Sampling
from trainer_client.benchmarks.task import BadFile


@dataclass(frozen=True, slots=True)
class Asking:
    """Options of a model that writes the samples that a file lacks."""

    model: Annotated[str | None, typer.Option(help="Model that writes the missing samples.")] = None
    base_url: Annotated[
        str,
        typer.Option(
            envvar="OPENAI_BASE_URL", help="The model's OpenAI-compatible endpoint; its key in OPENAI_API_KEY."
        ),
    ] = "http://127.0.0.1:8000/v1"
    n: Annotated[int, typer.Option("--n", min=1, help="Samples for each problem.")] = 1
    temperature: Annotated[float, typer.Option(min=0.0, help="Sampling temperature.")] = 0.2
    top_p: Annotated[float, typer.Option(min=0.0, max=1.0, help="Nucleus sampling's probability.")] = 0.95
    top_k: Annotated[
        int | None, typer.Option(help="Most likely tokens to sample from, where the endpoint takes top_k.")
    ] = None
    min_p: Annotated[
        float | None,
        typer.Option(min=0.0, max=1.0, help="Least probability of a token, as a share of the most likely one's."),
    ] = None
    seed: Annotated[
        int | None, typer.Option(help="Seed of sampling; a problem's later samples get the numbers behind it.")
    ] = None
    extra_body: Annotated[
        str | None,
        typer.Option(
            help='JSON object of further fields of each request, such as {"chat_template_kwargs": '
            '{"enable_thinking": false}}.'
        ),
    ] = None
    max_tokens: Annotated[
        int, typer.Option(min=1, help="Most tokens of an answer, unless --max-response is given.")
    ] = 2000
    completions: Annotated[bool, typer.Option(help="Ask /completions to continue the prompt, as base models do.")] = (
        False
    )
    concurrency: Annotated[int, typer.Option(min=1, help="Requests at a time.")] = 16
    patience_s: Annotated[float, typer.Option(help="Give up once the endpoint has failed for this many seconds.")] = (
        600.0
    )

    def sampling(self, max_tokens: int, *, boundaries: bool) -> Sampling:
        """Return the requests' sampling, with an upper bound of tokens.

        Raises:
            BadFile: --extra-body is no object, or has a field that another option sets.
        """
        assert self.model is not None
        try:
            return Sampling(
                self.model, self.temperature, self.top_p, max_tokens, chat=not self.completions, boundaries=boundaries,
                seed=self.seed, top_k=self.top_k, min_p=self.min_p, extra_body=_object(self.extra_body),
            )  # fmt: skip
        except ValueError as error:
            raise BadFile(f"--extra-body: {error}") from error

    def facts(self) -> dict[str, Any]:
        """The sampling, as a run's record has it."""
        always = ("n", "temperature", "top_p", "max_tokens")
        optional = ("top_k", "min_p", "seed", "extra_body")
        return {name: getattr(self, name) for name in always} | {
            name: value for name in optional if (value := getattr(self, name)) is not None
        }


def _object(text: str | None) -> dict[str, Any]:
    """Raises:
    ValueError: the text is not JSON, or no object."""
    value = json.loads(text) if text else {}
    if not isinstance(value, dict):
        raise ValueError(f"a JSON object is needed, not {text}")
    return value


@dataclass(frozen=True, slots=True)
class Grading:
    """Options of what is graded, and where."""

    limit: Annotated[int | None, typer.Option(min=1, help="Only the first so many problems.")] = None
    partial: Annotated[
        bool, typer.Option(help="Score the problems that have samples, where some have none; else that is refused.")
    ] = False
    max_response: Annotated[
        str | None,
        typer.Option(help="Response lengths in tokens, such as 4096,8192: one generation, a score for each."),
    ] = None
    grade: Annotated[bool, typer.Option(help="Grade the samples; --no-grade only generates.")] = True
    server: Annotated[str | None, typer.Option(help=SERVER_HELP)] = None
    workers: Annotated[int | None, typer.Option(help=WORKERS_HELP)] = None

    def lengths(self) -> tuple[int, ...]:
        """The lengths of --max-response, ascending.

        Raises:
            BadFile: they are no positive numbers.
        """
        try:
            lengths = tuple(sorted({int(part) for part in (self.max_response or "").split(",") if part.strip()}))
        except ValueError as error:
            raise BadFile(
                f"--max-response takes numbers of tokens, such as 4096,8192, not {self.max_response!r}"
            ) from error
        if lengths and lengths[0] < 1:
            raise BadFile("--max-response takes positive numbers of tokens")
        return lengths


@dataclass(frozen=True, slots=True)
class ScoreOutput:
    """Options of what is made of the scores."""

    compare: Annotated[
        Path | None, typer.Option(help="Another run's .score.json or _eval_all.json to compare with.")
    ] = None
    report: Annotated[
        Path | None, typer.Option(help="HTML file for a report that shows each program, or a folder for it.")
    ] = None
    export: Annotated[
        list[Path] | None, typer.Option(help="File of a row for each sample: .jsonl, .csv or .parquet; repeatable.")
    ] = None
    tensorboard: Annotated[
        Path | None, typer.Option(help="Folder of TensorBoard's files, to which the scores are added.")
    ] = None
    wandb: Annotated[str | None, typer.Option(help="Project of Weights & Biases, to which the scores are logged.")] = (
        None
    )
    step: Annotated[int, typer.Option(min=0, help="Step of the training, on the curves of these two.")] = 0
    as_json: Annotated[bool, typer.Option("--json", help="Print the scores as JSON, one line for each run.")] = False


def shared(command: Callable[..., None]) -> Callable[..., None]:
    """Spread out the parameters of a command that are data classes: each field becomes an option of its own."""
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {name: kind for name, kind in hints.items() if dataclasses.is_dataclass(kind)}
    signature = inspect.signature(command)
    parameters = [
        parameter.replace(annotation=hints[name])
        for name, parameter in signature.parameters.items()
        if name not in groups
    ]
    fields = {name: get_type_hints(kind, include_extras=True) for name, kind in groups.items()}
    for name, kind in groups.items():
        parameters += [
            inspect.Parameter(
                field.name, inspect.Parameter.KEYWORD_ONLY, default=field.default, annotation=fields[name][field.name]
            )
            for field in dataclasses.fields(kind)
        ]

    @functools.wraps(command)
    def spread(**values: Any) -> None:
        instances = {
            name: kind(**{field: values.pop(field) for field in fields[name]}) for name, kind in groups.items()
        }
        command(**values, **instances)

    keyword = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]
    spread.__signature__ = signature.replace(parameters=keyword)  # type: ignore[attr-defined]
    spread.__annotations__ = {parameter.name: parameter.annotation for parameter in keyword}
    return spread
