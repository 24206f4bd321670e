"""``microcoder grade``: files in, reports out, through a service."""

from __future__ import annotations

import contextlib
import itertools
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from evaluator.cli.errors import BadInput
from evaluator.cli.reports import show
from evaluator.cli.service import client_of, service
from evaluator.cli.terminal import Terminal
from evaluator.schema import Report, Submission, Suite
from evaluator.schema.jsontext import wrong_fields
from sandbox.toolchain import languages

ANSWERS = (".md", ".txt")
STDIN = Path("-")
"""In the place of a file: a program on stdin."""
_Model = TypeVar("_Model", Suite, Submission)


@dataclass(frozen=True, slots=True)
class GradeOptions:
    """Options of the command line that hold for all targets."""

    suite: Path | None
    language: str | None
    policy: str
    detail: str


def read_targets(targets: Sequence[Path], options: GradeOptions, suite: Suite | None = None) -> list[Submission]:
    """Read the submissions that the files hold, each named by its file (and line) where it has no id. ``suite`` stands
    in the place of the options' file.

    Raises:
        BadInput: a file is missing, of an unknown kind, or not valid.
    """
    suite = read_suite(options.suite) if options.suite else suite
    submissions: list[Submission] = []
    for target in itertools.chain.from_iterable(map(_files, targets)):
        text = _read(target)
        if target.suffix == ".jsonl":
            for number, line in enumerate(text.split("\n"), 1):
                if line.strip():
                    submissions.append(_from_json(line, f"{target}:{number}", suite))
        elif target.suffix == ".json":
            submissions.append(_from_json(text, str(target), suite))
        else:
            submissions.append(_from_program(target, text, suite, options))
    if not submissions:
        raise BadInput("the files hold nothing to grade")
    return submissions


def read_suite(path: Path) -> Suite:
    """Read the suite in a file.

    Raises:
        BadInput: it is missing, or not valid.
    """
    return _parsed(Suite, _read(path), str(path))


def grade(
    submissions: Sequence[Submission], *, server: str | None, workers: int | None, as_json: bool
) -> Sequence[Report]:
    """Grade, show the reports, and return them.

    Raises:
        ServiceFailed: the service could not be started, or does not answer.
        EvaluatorError: it refused the request, or failed.
    """
    reports: list[Report] = []
    if len(submissions) == 1 and not as_json:  # the difference of its output and the expected one is shown
        submissions = [submissions[0].model_copy(update={"detail": "full"})]
    with service(server, workers) as url, progress(len(submissions), hidden=as_json) as advance:
        for report in stream_reports(url, submissions):
            reports.append(report)
            advance()
            if as_json:
                sys.stdout.write(report.model_dump_json() + "\n")
                sys.stdout.flush()
    if not as_json:
        show(reports, submissions)
    return reports


def stream_reports(url: str, submissions: Sequence[Submission]) -> Iterator[Report]:
    """Yield reports as they come, with ``index`` the submission's place.

    Raises:
        BadInput: the URL is none.
        ServiceFailed: the service does not answer.
        EvaluatorError: it refused the request, or failed.
    """
    with client_of(url) as client:
        yield from client.stream(submissions)


def _files(target: Path) -> list[Path]:
    """Return a file itself, or a folder's programs, in order of their names."""
    if not target.is_dir():
        return [target]
    extensions = {f".{language.extension}" for language in languages().values()}
    programs = sorted(file for file in target.iterdir() if file.is_file() and file.suffix in extensions)
    if not programs:
        raise BadInput(f"{target}: this folder has no programs, files such as NAME.py; its folders are not looked at")
    return programs


def _read(path: Path) -> str:
    try:
        return (sys.stdin.buffer.read() if path == STDIN else path.read_bytes()).decode()
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path}: this is not UTF-8 text ({error.reason} at byte {error.start})") from error


def _from_json(text: str, where: str, suite: Suite | None) -> Submission:
    try:
        fields = json.loads(text)
    except ValueError as error:
        raise BadInput(f"{where}: this is not JSON: {error}") from error
    if isinstance(fields, dict):
        fields.setdefault("id", where)
        if "suite" not in fields and "suite_id" not in fields and suite is not None:
            fields["suite"] = suite
    return _parsed(Submission, fields, where)


def _from_program(path: Path, text: str, suite: Suite | None, options: GradeOptions) -> Submission:
    if suite is None:
        raise BadInput(f"{path}: a program needs the suite to grade it against: --suite SUITE.json")
    name = "stdin" if path == STDIN else str(path)
    common: dict[str, Any] = {"id": name, "suite": suite, "policy": options.policy, "detail": options.detail}
    if path.suffix in ANSWERS:
        return Submission(response=text, language=options.language or "python", **common)
    by_extension = {language.extension: name for name, language in reversed(tuple(languages().items()))}
    language = options.language or ("python" if path == STDIN else by_extension.get(path.suffix.lstrip(".")))
    if language is None:
        known = ", ".join(f".{extension}" for extension in sorted(by_extension))
        raise BadInput(
            f"{path}: the extension names no language; give --language, or use one of {known}, {', '.join(ANSWERS)}"
        )
    return Submission(code=text, language=language, **common)


def _parsed(model: type[_Model], data: Any, where: str) -> _Model:
    try:
        return model.model_validate_json(data) if isinstance(data, str) else model.model_validate(data)
    except ValidationError as error:
        lines = "".join(f"\n  {line}" for line in wrong_fields(error))
        raise BadInput(f"{where}: not a valid {model.__name__.lower()}{lines}") from error


@contextlib.contextmanager
def progress(total: int, what: str = "grading", *, hidden: bool = False) -> Iterator[Any]:
    """Show a bar on stderr, and yield the function that moves it on, by one unless told otherwise."""
    console = Terminal(stderr=True)
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=hidden or total < 2) as bar:
        task = bar.add_task(what, total=total)
        yield lambda count=1: bar.advance(task, count)
