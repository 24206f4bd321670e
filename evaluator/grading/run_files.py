"""Files and arguments of a suite's runs, and files that a program reads and writes in the place of stdin and stdout."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from evaluator.grading.outcome import TestOutcome
from evaluator.schema import Suite, TestCase, Verdict
from sandbox.execution import Execution, Input, Program
from sandbox.sources import Sources
from sandbox.toolchain import Language, canonical, languages

_SOLUTION = "solution"
"""Name of a program's text beside a file of the suite's that starts it."""
_DEFAULT = "default"


def input_of(suite: Suite, test: TestCase, stdin: bytes) -> Input:
    """Return the input of one run."""
    if suite.input_file is None:
        return Input(stdin, test.file_bytes)
    return Input(b"", {**test.file_bytes, suite.input_file: stdin})


def collecting(suite: Suite, program: Program) -> Program:
    """Return a program that hands back the file that the suite wants its output in."""
    return program if suite.output_file is None else replace(program, collect=(suite.output_file,))


def from_file(suite: Suite, judge: Callable[[int, Execution], TestOutcome]) -> Callable[[int, Execution], TestOutcome]:
    """Return ``judge`` with the file that the suite wants the output in as stdout. A program that leaves none is
    wrong."""
    name = suite.output_file
    if name is None:
        return judge

    def judged(number: int, execution: Execution) -> TestOutcome:
        missing = _missing(name, execution)
        return judge(number, with_output(suite, execution)) if missing is None else missing

    return judged


def with_output(suite: Suite, execution: Execution) -> Execution:
    """Return a run with what it left in the suite's output file as its stdout."""
    if suite.output_file is None:
        return execution
    return execution._replace(stdout=execution.collected.get(suite.output_file, b""))


def _missing(name: str, execution: Execution) -> TestOutcome | None:
    """Return the outcome of a program that ended well without the file, None if there is one, or if it did not."""
    if not execution.clean or execution.syntax_error is not None or name in execution.collected:
        return None
    if name in execution.oversize:
        return TestOutcome(Verdict.OUTPUT_LIMIT_EXCEEDED, execution, f"{name} is larger than the limit of output")
    return TestOutcome(Verdict.WRONG_ANSWER, execution, f"the program left no file {name}")


def with_included(suite: Suite, language: Language, sources: Mapping[str, bytes] | bytes) -> Sources:
    """Return a program of one text, or of several files, with those that the suite adds to each of its language."""
    included = _included(suite, language)
    if isinstance(sources, bytes):
        if not included:
            return Sources(sources)
        stem = language.source.rpartition(".")[0] if language.source not in included else _SOLUTION
        sources = {f"{stem}.{language.extension}": sources}
    return Sources.of_texts(language, {**sources, **included})


def _included(suite: Suite, language: Language) -> Mapping[str, bytes]:
    """Return the sources for a language: its own, else those for another standard of it, else the default's."""
    texts = suite.include.get(language.name)
    if texts is None:
        texts = next(
            (texts for name, texts in suite.include.items() if _is_kin(canonical(name), language)),
            suite.include.get(_DEFAULT, {}),
        )
    return {name: text.encode("utf-8", "surrogatepass") for name, text in texts.items()}


def _is_kin(name: str | None, language: Language) -> bool:
    return name is not None and languages()[name].source == language.source
