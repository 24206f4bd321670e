"""``microcoder jobs``: the jobs of a running service."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Annotated

import typer
from rich.table import Table

from evaluator.cli.terminal import Terminal
from evaluator.schema import JobStatus
from trainer_client import EvaluatorClient

app = typer.Typer(help="List, show and cancel the jobs of a running service.", no_args_is_help=True)
_Server = Annotated[str | None, typer.Option(help="URL of the service; by default MICROCODER_URL.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON lines.")]
_Id = Annotated[str, typer.Argument(metavar="JOB", help="Id of the job.")]


@app.command("list")
def list_jobs(
    server: _Server = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="Jobs to list, at most.")] = 20,
    as_json: _Json = False,
) -> None:
    """List the newest jobs; where keys are asked for, those of your key (MICROCODER_API_KEY)."""
    with EvaluatorClient(server) as client:
        _show(client.jobs(limit), as_json=as_json)


@app.command()
def show(
    job: _Id,
    server: _Server = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until the job is over.")] = False,
    as_json: _Json = False,
) -> None:
    """Show how a job fares."""
    with EvaluatorClient(server) as client:
        _show([client.job(job).wait() if wait else client.job(job).status()], as_json=as_json)


@app.command()
def cancel(job: _Id, server: _Server = None, as_json: _Json = False) -> None:
    """Cancel the submissions of a job that have no report."""
    with EvaluatorClient(server) as client:
        _show([client.job(job).cancel()], as_json=as_json)


def _show(jobs: Iterable[JobStatus], *, as_json: bool) -> None:
    if as_json:
        for job in jobs:
            print(json.dumps(job.model_dump(mode="json", exclude={"reports"})))
        return
    table = Table("job", "state", "done", "created", "verdicts", box=None, pad_edge=False)
    for job in jobs:
        verdicts = ", ".join(f"{verdict.value} {count}" for verdict, count in job.verdicts.items())
        created = f"{job.created_at:%Y-%m-%d %H:%M:%S}"
        table.add_row(job.job_id, job.state, f"{job.done}/{job.total}", created, verdicts)
    Terminal().print_table(table)
