"""``microcoder dataset``: from public problem sets to proven training data; ``trainer_client.dataset`` does it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from evaluator.cli.errors import BadInput, CommandFailed, missing_package
from evaluator.cli.service import SERVER_HELP
from evaluator.cli.service import service as service_at
from evaluator.cli.terminal import Terminal, visible

if TYPE_CHECKING:
    from trainer_client.dataset.config import DatasetConfig

app = typer.Typer(help="Make training data whose tests are proven.", no_args_is_help=True)

Config = Annotated[Path, typer.Option("--config", help="YAML file of the data set; docs/dataset.md has its keys.")]
Overrides = Annotated[
    list[str] | None, typer.Argument(help="key.sub=value, which win over the file: verify.tests_max=30")
]
Server = Annotated[str | None, typer.Option("--service", "--server", help=SERVER_HELP)]

_HERE = ("run=", "dataset=", "service.", "llm.url=", "llm.key_variable=")
"""Overrides that say where something is on this machine: the card does not repeat them."""
_DEFAULT = Path("dataset.yaml")
_EXAMPLE = """\
# A data set's run; docs/dataset.md has all keys. Then: microcoder dataset run
run: run
dataset: dataset
collect:
  sources:
    - format: leetcodedataset   # or own, folders, livecodebench, apps, taco, codecontests, open_r1, prime, kodcode …
      files: [LeetCodeDataset-v0.3.1-test.jsonl.gz]
      name: lc
      license: LicenseRef-unknown
      license_origin: the repository's licence (MIT) is not the problems'
verify:
  tests_max: 15
export:
  formats: [problems, trl]
card:
  title: My data set
"""


class RunStopped(CommandFailed):
    """A run cannot go on; the message says why and what to do."""


class _Bars:
    """A ``Progress``: a bar for each stage, with rates and the time that is left."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._bars = Progress(
            TextColumn("{task.description:14}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]:>9}"),
            TextColumn("{task.fields[rejected]} rejected"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=terminal,
            transient=True,
        )
        self._task: TaskID | None = None
        self._rejected = 0

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show the bars for as long as the block lasts."""
        with self._bars:
            yield

    def begin(self, stage: str, total: int | None, done: int) -> None:
        self._rejected = 0
        self._task = self._bars.add_task(stage, total=total, completed=done, rejected=0, rate="")

    def advance(self, rejected: int) -> None:
        assert self._task is not None
        self._rejected += rejected
        speed = self._bars.tasks[self._bars.task_ids.index(self._task)].speed
        self._bars.update(self._task, advance=1, rejected=self._rejected, rate=f"{speed:.1f}/s" if speed else "")

    def end(self, stage: str, problems_out: int, rejected: int) -> None:
        if self._task is not None:
            self._bars.remove_task(self._task)
            self._task = None
        remark = f", {rejected} rejected" if rejected else ""
        self._terminal.print(f"{stage:14} {problems_out} problems{remark}")


@app.command()
def init(file: Annotated[Path, typer.Argument(help="The file to write.")] = _DEFAULT) -> None:
    """Write a first configuration."""
    if file.exists():
        raise BadInput(f"{file} exists already; name another file")
    file.write_text(_EXAMPLE, encoding="utf-8")
    Terminal().print(f"{file} is written: name your files in it, then run: microcoder dataset run --config {file}")


def _step(name: str, summary: str) -> None:
    """Add the command that runs all steps up to this one."""

    @app.command(name, help=summary)
    def command(config: Config = _DEFAULT, overrides: Overrides = None, server: Server = None) -> None:
        _run(name, config, overrides, server)


_step("collect", "Read the sources.")
_step("process", "Clean statements and tests, after the steps before.")
_step("verify", "Prove problems by running their references, after the steps before.")
_step("filter", "Deduplicate, decontaminate and choose by difficulty, after the steps before.")
_step("export", "Write the files for trainers, after the steps before.")
_step("card", "Write everything with the card, as `run` does.")


@app.command()
def run(
    config: Config = _DEFAULT,
    overrides: Overrides = None,
    server: Server = None,
    until: Annotated[
        str,
        typer.Option(help="Last step: collect, process, verify, deduplicate, decontaminate, filter, export or card."),
    ] = "card",
) -> None:
    """Make the data set. Nothing is done twice."""
    _run(until, config, overrides, server)


@app.command()
def status(config: Config = _DEFAULT, overrides: Overrides = None) -> None:
    """Show how far a run is, and why problems were rejected."""
    with _errors():
        from trainer_client.dataset.journal import lines
        from trainer_client.dataset.pipeline import STAGES, stage_folder

        settings = _config(config, overrides, None)
        table = Table("stage", "in", "out", "rejected", "kept apart")
        for name in STAGES:
            folder = stage_folder(settings, name)
            count = folder.count()
            if count is None:
                done = sum(1 for _ in lines(folder.journal))
                table.add_row(name, "", f"{done} so far" if done else "not run", "", "")
                break
            reasons = ", ".join(f"{number} {reason}" for reason, number in count.rejections.items())
            apart = ", ".join(f"{number} {reason}" for reason, number in count.quarantine.items())
            table.add_row(name, str(count.problems_in), str(count.problems_out), reasons or "-", apart or "-")
        Terminal().print_table(table)


@app.command()
def explain(
    problem: Annotated[str, typer.Argument(help="Id of the problem, such as lc/two-sum.")],
    config: Config = _DEFAULT,
    overrides: Overrides = None,
) -> None:
    """Show what each stage made of a problem, and why it was rejected if it was."""
    with _errors():
        from trainer_client.dataset.story import explain as story

        for line in story(_config(config, overrides, None), problem):
            print(visible(line))


@app.command("push-suites")
def push_suites(
    dataset: Annotated[Path, typer.Argument(help="Folder of a finished data set.")],
    url: Annotated[str | None, typer.Option(help="URL of the service; by default MICROCODER_URL.")] = None,
) -> None:
    """Upload a data set's suites to a service, so that rows may name them by id."""
    with _errors():
        from trainer_client import EvaluatorClient
        from trainer_client.dataset.store import push_suites as push

        with EvaluatorClient(url) as client:
            count = push(dataset, client)
        Terminal(stderr=True).print(f"{count} suites are at {client.settings.url}")


def _run(until: str, file: Path, overrides: list[str] | None, server: str | None) -> None:
    terminal = Terminal(stderr=True)
    with _errors():
        from trainer_client.dataset.pipeline import Pipeline

        config = _config(file, overrides, server)
        bars = _Bars(terminal)
        settings = [each for each in overrides or [] if not each.startswith(_HERE)]
        command = ["microcoder", "dataset", "run", "--config", file.name, *settings]
        pipeline = Pipeline(
            config, lambda: service_at(config.service.url, config.service.workers), progress=bars, command=command
        )
        with bars.shown():
            pipeline.run(until)
    if until in ("export", "card"):
        terminal.print(f"The data set is in {config.dataset}; its whole story in {config.run}.")


def _config(file: Path, overrides: list[str] | None, server: str | None) -> DatasetConfig:
    from trainer_client.dataset.config import read_config

    return read_config(file, [*(overrides or []), *([f"service.url={server}"] if server else [])])


@contextmanager
def _errors() -> Iterator[None]:
    """Turn what a run can end with into what the command line says."""
    try:
        yield
    except ModuleNotFoundError as error:
        if str(error.name).split(".")[0] in ("trainer_client", "evaluator"):
            raise
        raise missing_package("data sets need", error.name, "server,dataset") from error
    except Exception as error:
        from trainer_client.configuration import BadConfig
        from trainer_client.dataset.files import RunError
        from trainer_client.errors import EvaluatorError

        if isinstance(error, BadConfig):
            raise BadInput(str(error)) from error
        if isinstance(error, EvaluatorError):
            where = "".join(f" ({note})" for note in getattr(error, "__notes__", ()))
            raise RunStopped(f"{type(error).__name__}: {error}{where}; what is done is kept") from error
        if isinstance(error, RunError):
            raise RunStopped(str(error)) from error
        raise
