"""Tests that a package's generator makes: run in the service's jail, once, before there is a suite."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from evaluator.schema import Limits, RunReport, RunRequest, to_bytes
from trainer_client.packages.files import PackageFault

Run = Callable[[RunRequest], RunReport]
"""Runs a program once, as ``EvaluatorClient.run`` does."""
_LIMITS = Limits(cpu_s=60, memory_mb=2048, output_mb=256)
_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Generator:
    """A program that writes a test's input to stdout, and its answer to stderr."""

    name: str
    language: str
    code: str
    sources: Mapping[str, str]

    def request(self, args: tuple[str, ...], stdin: Any) -> RunRequest:
        """Return the run for one test."""
        fields = {"language": self.language, "code": self.code, "sources": self.sources, "limits": _LIMITS}
        return RunRequest.model_validate({**fields, "args": args, "stdin": stdin})


@dataclass(frozen=True, slots=True)
class GeneratedTest:
    """A test by its number, and how it is made. ``has_answer``: the package has its output as a file."""

    number: int
    generator: Generator
    args: tuple[str, ...]
    stdin: Any
    has_answer: bool

    def fields(self, run: Run) -> dict[str, Any]:
        """Return the fields of the test that the generator makes.

        Raises:
            PackageFault: the generator failed.
        """
        report = run(self.generator.request(self.args, self.stdin))
        if report.exit_code != 0 or report.stopped_by is not None:
            raise PackageFault(f"{self.generator.name} {' '.join(self.args)}: {_failure(report)}")
        fields = {"input": _plain_lines(report.stdout)}
        return fields if self.has_answer else {**fields, "output": _plain_lines(report.stderr)}


def _failure(report: RunReport) -> str:
    if report.compile is not None and not report.compile.ok:
        return f"the generator does not compile: {report.compile.log[:_SHOWN]}"
    end = report.stopped_by or (f"signal {report.signal}" if report.signal else f"exit code {report.exit_code}")
    message = to_bytes(report.stderr).decode(errors="replace").strip()
    return f"the generator failed: {end}: {message[-_SHOWN:]}"


def _plain_lines(text: Any) -> Any:
    """Return a text with LF at the ends of its lines, as DMOJ has it."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if isinstance(text, str) else text.model_dump()
