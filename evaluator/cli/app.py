"""The commands of ``microcoder`` and their options. The work is done elsewhere."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

from evaluator.cli import calibrate as calibrate_command
from evaluator.cli import dataset as dataset_command
from evaluator.cli import grade as grade_command
from evaluator.cli import keys as keys_command
from evaluator.cli import score as score_command
from evaluator.cli import suggest as suggest_command
from evaluator.cli import suites as suites_command
from evaluator.cli import train as train_command
from evaluator.cli.dataset import RunStopped
from evaluator.cli.errors import BadInput, CommandFailed, server_packages
from evaluator.cli.train import TrainingStopped
from evaluator.keys import KeysUnusable
from evaluator.local import ServiceFailed
from evaluator.runtime import PACKAGES
from trainer_client import EvaluatorError, RequestRefused
from trainer_client.limits import CPU_FACTOR, CPU_FLOOR_S, LimitRule

OK, WRONG_INPUT, FAULT = 0, 2, 3

app = typer.Typer(
    name="microcoder",
    help="Runs untrusted, model-written programs under limits and answers with verdicts to rely on.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


app.add_typer(dataset_command.app, name="dataset")
app.add_typer(score_command.app, name="score")
app.add_typer(keys_command.app, name="keys")
app.add_typer(suites_command.app, name="suites")


class Policy(StrEnum):
    """Stop at the first failing test, or run all of them."""

    FIRST_FAILURE = "first_failure"
    ALL = "all"


class Detail(StrEnum):
    """Length of a report: verdict alone, each test, or each test with its outputs."""

    SUMMARY = "summary"
    TESTS = "tests"
    FULL = "full"


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
    workers: Annotated[int | None, typer.Option(help="Worker processes; by default one for each CPU.")] = None,
    fd: Annotated[int | None, typer.Option(hidden=True, help="A listening socket that was inherited.")] = None,
) -> None:
    """Start the service. Options win over MICROCODER_* variables."""
    with server_packages("serve"):
        from evaluator.cli import server
    server.serve({"host": host, "port": port, "workers": workers}, fd)


@app.command()
def worker(
    redis_url: Annotated[str | None, typer.Option(help="URL of the Redis, such as redis://host:6379/0.")] = None,
    workers: Annotated[int | None, typer.Option(help="Programs at a time; by default one for each CPU.")] = None,
) -> None:
    """Run programs on this machine for services that share a Redis. Options win over MICROCODER_* variables."""
    with server_packages("worker"):
        from evaluator.cli import server
    server.worker({"redis_url": redis_url, "workers": workers})


@app.command()
def grade(
    targets: Annotated[
        list[Path],
        typer.Argument(
            help="Programs (.py, .cpp, ...), model answers (.md, .txt), submissions (.json) or many (.jsonl)."
        ),
    ],
    suite: Annotated[Path | None, typer.Option(help="Suite for programs, and for submissions without one.")] = None,
    language: Annotated[
        str | None, typer.Option(help="Language of programs and answers; by default the file's extension says.")
    ] = None,
    policy: Annotated[Policy, typer.Option(help=Policy.__doc__)] = Policy.FIRST_FAILURE,
    detail: Annotated[Detail, typer.Option(help=Detail.__doc__)] = Detail.TESTS,
    server: Annotated[str | None, typer.Option(help="URL of a running service; without it, one is started.")] = None,
    workers: Annotated[int | None, typer.Option(help="Workers of the started service.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print reports as JSON lines.")] = False,
) -> None:
    """Grade programs against a suite. The exit code is 0 whatever the verdicts are."""
    options = grade_command.GradeOptions(suite, language, policy.value, detail.value)
    submissions = grade_command.read_targets(targets, options)
    judged = grade_command.grade(submissions, server=server, workers=workers, as_json=as_json)
    raise typer.Exit(OK if judged else FAULT)


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False) -> None:
    """Try what this host grants, and show the isolation and languages that work here."""
    with server_packages("doctor"):
        from evaluator.cli import server
    healthy = server.examine(as_json=as_json)
    raise typer.Exit(OK if healthy else FAULT)


@app.command("suggest-checker")
def suggest_checker(
    references: Annotated[list[Path], typer.Argument(help="Right programs.")],
    suite: Annotated[Path, typer.Option(help="Suite that needs a checker.")],
    wrong: Annotated[list[Path] | None, typer.Option(help="Wrong program; repeatable.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Find the strictest checker that accepts every reference solution, and show what it lets through."""
    options = grade_command.GradeOptions(suite, None, Policy.FIRST_FAILURE.value, Detail.SUMMARY.value)
    right = grade_command.read_targets(references, options)
    known_wrong = grade_command.read_targets(wrong, options) if wrong else []
    inline = right[0].suite
    assert inline is not None  # a suite is required
    raise typer.Exit(OK if suggest_command.suggest(right, known_wrong, inline, as_json=as_json) else WRONG_INPUT)


@app.command()
def calibrate(
    suites: Annotated[list[Path], typer.Argument(help="Suites (.json) that need a CPU limit.")],
    reference: Annotated[
        list[Path],
        typer.Option(help="Right program; repeatable. With several suites: named as its suite."),
    ],
    too_slow: Annotated[list[Path] | None, typer.Option(help="Program that must stay too slow; repeatable.")] = None,
    floor: Annotated[float, typer.Option(help="Lowest limit, in CPU seconds.")] = CPU_FLOOR_S,
    factor: Annotated[float, typer.Option(help="Limit as a multiple of the slowest accepted reference.")] = CPU_FACTOR,
    repeats: Annotated[int, typer.Option(min=1, help="Runs of each reference.")] = 3,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the suites; by default NAME.calibrated.json beside each.")
    ] = None,
    server: Annotated[
        str | None, typer.Option("--service", "--server", help="URL of a running service; without it, one is started.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON lines.")] = False,
) -> None:
    """Write suites with the CPU limits that right programs need, and show which verdicts may flip."""
    holds = calibrate_command.calibrate(
        suites,
        reference,
        too_slow or [],
        rule=LimitRule(floor, factor),
        repeats=repeats,
        folder=out,
        server=server,
        as_json=as_json,
    )
    raise typer.Exit(OK if holds else WRONG_INPUT)


@app.command()
def train(
    config: Annotated[Path, typer.Option(help="YAML file of the run; docs/grpo.md has its keys.")],
    overrides: Annotated[
        list[str] | None,
        typer.Argument(help="key.sub=value, which win over the file: trainer.learning_rate=1e-6 preset=dapo"),
    ] = None,
    server: Annotated[
        str | None, typer.Option("--service", "--server", help="URL of a running service; without it, one is started.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue from the last checkpoint, if there is one.")
    ] = False,
) -> None:
    """Train a model by MicroCoder-GRPO, GRPO or DAPO with rewards from the service. Needs the extra `trl`."""
    train_command.train(config, overrides or [], server=server, resume=resume)


@app.command()
def runtime(
    packages: Annotated[
        list[str] | None, typer.Argument(help=f"Packages, as pip takes them; by default {', '.join(PACKAGES)}.")
    ] = None,
    python: Annotated[str | None, typer.Option(help="Make it anew, based on this interpreter.")] = None,
) -> None:
    """Make the environment of Python submissions, or add packages to it. Restart running services to use it."""
    with server_packages("runtime"):
        from evaluator.cli import server
    interpreter = server.make_runtime(tuple(packages or ()), python)
    Console().print(f"Python submissions run under {interpreter}", highlight=False)


def run() -> None:
    """Run the command line, and turn an error into a sentence and an exit code."""
    try:
        app()
    except (BadInput, KeysUnusable, RequestRefused, ValidationError) as error:
        _complain(str(error), WRONG_INPUT)
    except (
        CommandFailed,
        EvaluatorError,
        RunStopped,
        ServiceFailed,
        TrainingStopped,
        OSError,
    ) as error:
        _complain(str(error), FAULT)


def _complain(sentence: str, code: int) -> None:
    Console(stderr=True).print(f"[red]error:[/red] {escape(sentence)}", highlight=False, soft_wrap=True)
    sys.exit(code)
