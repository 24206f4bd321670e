"""The commands of ``microcoder`` and their options. The work is done elsewhere."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from evaluator.cli import calibrate as calibrate_command
from evaluator.cli import check as check_command
from evaluator.cli import dataset as dataset_command
from evaluator.cli import diagnose as diagnose_command
from evaluator.cli import grade as grade_command
from evaluator.cli import hosting, run_report
from evaluator.cli import jobs as jobs_command
from evaluator.cli import keys as keys_command
from evaluator.cli import languages as languages_command
from evaluator.cli import packages as packages_command
from evaluator.cli import score as score_command
from evaluator.cli import suggest as suggest_command
from evaluator.cli import suites as suites_command
from evaluator.cli import train as train_command
from evaluator.cli.errors import FAULT, OK, WRONG_INPUT, BadInput
from evaluator.cli.service import SERVER_HELP, WORKERS_HELP
from evaluator.engine import ENGINE, VERSION
from evaluator.schema import Verdict
from trainer_client.limits import CPU_FACTOR, CPU_FLOOR_S, LimitRule

app = typer.Typer(name="microcoder", no_args_is_help=True, pretty_exceptions_enable=False)


def _print_version(flag: bool) -> None:
    """End by printing the version, and the engine that kept reports name."""
    if flag:
        typer.echo(f"microcoder {VERSION}, engine {ENGINE}")
        raise typer.Exit


@app.callback()
def common(
    _: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version, and end.")
    ] = False,
) -> None:
    """Runs untrusted, model-written programs under limits and answers with verdicts to rely on."""


app.add_typer(hosting.app)
app.add_typer(dataset_command.app, name="dataset")
app.add_typer(score_command.app, name="score")
app.add_typer(keys_command.app, name="keys")
app.add_typer(jobs_command.app, name="jobs")
app.add_typer(languages_command.app, name="languages")
app.add_typer(suites_command.app, name="suites")
app.command("report")(run_report.report_command)


class MaskReading(StrEnum):
    """Completions that the mask may take."""

    NOT_JUDGED_WRONG = "not_judged_wrong"
    ACCEPTED_ONLY = "accepted_only"
    ANY = "any"


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
def grade(
    targets: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Programs (.py, .cpp, ..., or - for one on stdin), folders of programs, model answers (.md, .txt), "
            "submissions (.json) or many (.jsonl)."
        ),
    ] = None,
    suite: Annotated[Path | None, typer.Option(help="Suite for programs, and for submissions without one.")] = None,
    package: Annotated[
        Path | None,
        typer.Option(
            help="Problem package, in the place of a suite; without programs, its own submissions are graded."
        ),
    ] = None,
    time_limit: Annotated[
        float | None, typer.Option(help="With --package: CPU limit in seconds, in the place of the package's own.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="Language of programs and answers; by default the file's extension says.")
    ] = None,
    policy: Annotated[
        Policy | None,
        typer.Option(help=f"{Policy.__doc__} By default first_failure, and all for a package's own submissions."),
    ] = None,
    detail: Annotated[Detail, typer.Option(help=Detail.__doc__)] = Detail.TESTS,
    server: Annotated[str | None, typer.Option(help=SERVER_HELP)] = None,
    workers: Annotated[int | None, typer.Option(help=WORKERS_HELP)] = None,
    check: Annotated[
        bool, typer.Option("--check", help="End with exit code 2 unless every program is accepted.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print reports as JSON lines.")] = False,
) -> None:
    """Grade programs against a suite, or the submissions of a problem package beside what its author expects. The exit
    code is 0 whatever the verdicts are, but 2 if a package's submission is not judged as expected, and with --check."""
    if package is not None and suite is not None:
        raise BadInput("give --suite or --package, not both")
    if package is None and not targets:
        raise BadInput("Missing argument 'TARGETS...': name programs to grade, or a --package with its own")
    if package is not None and not targets:
        chosen = packages_command.PackageOptions(
            time_limit, (policy or Policy.ALL).value, server, workers, as_json=as_json
        )
        all_judged, as_expected = packages_command.grade_package(package, chosen)
        raise typer.Exit(FAULT if not all_judged else OK if as_expected else WRONG_INPUT)
    chosen_policy = (policy or Policy.FIRST_FAILURE).value
    options = grade_command.GradeOptions(suite, language, chosen_policy, detail.value)
    of_package = None if package is None else packages_command.suite_of_package(package, time_limit, server)
    submissions = grade_command.read_targets(targets or [], options, of_package)
    reports = grade_command.grade(submissions, server=server, workers=workers, as_json=as_json)
    if not all(report.verdict.is_score for report in reports):
        raise typer.Exit(FAULT)
    accepted = all(report.verdict is Verdict.ACCEPTED for report in reports)
    raise typer.Exit(WRONG_INPUT if check and not accepted else OK)


@app.command()
def check(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="DATASET", help="Files of rows, .jsonl, .json or .parquet, or folders of such."),
    ],
    grade: Annotated[
        bool, typer.Option("--grade", help="Grade the right program that a row has, against the row's tests.")
    ] = False,
    column: Annotated[
        str | None, typer.Option(help="Column that holds the tests; by default the shape of the row says.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Rows to read, at most.")] = None,
    shown: Annotated[int, typer.Option(min=0, help="Bad rows to name, at most.")] = 20,
    server: Annotated[str | None, typer.Option(help=f"With --grade: {SERVER_HELP}")] = None,
    workers: Annotated[int | None, typer.Option(help=WORKERS_HELP)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found in each row as JSON lines.")] = False,
) -> None:
    """Look a data set over before training: the shapes of its rows, and every row whose tests cannot be used. The exit
    code is 2 if there is one, or a reference that is not accepted."""
    options = check_command.CheckOptions(column, limit, grade, shown, as_json)
    raise typer.Exit(check_command.check(files, options, server=server, workers=workers))


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
        list[Path], typer.Option(help="Right program; repeatable. With several suites: named as its suite.")
    ],
    too_slow: Annotated[list[Path] | None, typer.Option(help="Program that must stay too slow; repeatable.")] = None,
    floor: Annotated[float, typer.Option(help="Lowest limit, in CPU seconds.")] = CPU_FLOOR_S,
    factor: Annotated[float, typer.Option(help="Limit as a multiple of the slowest accepted reference.")] = CPU_FACTOR,
    repeats: Annotated[int, typer.Option(min=1, help="Runs of each reference.")] = 3,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the suites; by default NAME.calibrated.json beside each.")
    ] = None,
    server: Annotated[str | None, typer.Option("--service", "--server", help=SERVER_HELP)] = None,
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
    config: Annotated[Path, typer.Option(help="YAML file of the run; docs/train.md has its keys.")],
    overrides: Annotated[
        list[str] | None,
        typer.Argument(help="key.sub=value, which win over the file: trainer.learning_rate=1e-6 preset=dapo"),
    ] = None,
    server: Annotated[str | None, typer.Option("--service", "--server", help=SERVER_HELP)] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue from the last checkpoint, if there is one.")
    ] = False,
) -> None:
    """Train a model by MicroCoder-GRPO, GRPO or DAPO with rewards from the service. Needs the extra `trl`."""
    train_command.train(config, overrides or [], server=server, resume=resume)


@app.command()
def diagnose(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="LOG", help="Logs of a run, or folders of such, by TRL, verl, prime-rl or in our form."),
    ],
    rho: Annotated[
        float | None, typer.Option(min=0, max=1, help="The truncation mask's probability, where the run has a mask.")
    ] = None,
    eligible: Annotated[MaskReading, typer.Option(help=MaskReading.__doc__)] = MaskReading.NOT_JUDGED_WRONG,
    max_length: Annotated[
        int | None, typer.Option(min=1, help="Maximum length of a completion, in tokens: longer ones are cut there.")
    ] = None,
    target_length: Annotated[
        int | None, typer.Option(min=1, help="Maximum length that is to be reached in the end, in tokens.")
    ] = None,
    band: Annotated[
        tuple[float, float] | None, typer.Option(help="Diversities that training converges to; 0.60 0.75 by default.")
    ] = None,
    tokenizer: Annotated[
        Path | None, typer.Option(help="A tokenizer.json, for logs that hold texts; without it, words are counted.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write the run as one HTML page.")] = None,
    follow: Annotated[
        bool, typer.Option("--follow", help="Go on reading while the trainer writes, and tell alarms at once.")
    ] = False,
    idle: Annotated[float, typer.Option(min=0, help="Seconds without a new row after which --follow ends.")] = 3600.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print figures and alarms as JSON.")] = False,
) -> None:
    """Show how a run goes, and warn of what the paper found to end badly. The exit code is 2 if an alarm is raised."""
    options = diagnose_command.DiagnoseOptions(
        rho, eligible.value, max_length, target_length, band, tokenizer, html, follow, idle, as_json
    )
    raise typer.Exit(diagnose_command.diagnose(files, options))
