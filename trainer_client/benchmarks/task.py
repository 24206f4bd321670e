"""The common form of all benchmarks: a suite, and a question for a model."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evaluator.schema import Submission, Suite
from trainer_client.limits import with_limit

# A decorator goes on in lines that are indented, close a bracket, or are empty or comments.
_DEFINITION = re.compile(r"^(?:@[^\n]*+\n(?:[ \t)\]}#][^\n]*+\n|\n)*+)*+(?:async[ \t]+)?def\b", re.MULTILINE)
_FUTURE = re.compile(r"^from[ \t]+__future__[ \t]+import\b[^\n]*\n?", re.MULTILINE)
_IMPORTS = {
    "cpp": re.compile(r"^[ \t]*(?:#[ \t]*include\b[^\n]*|using[ \t]+namespace\b[^\n]*)$", re.MULTILINE),
    "java": re.compile(r"^[ \t]*import\b[^\n]*;[ \t]*$", re.MULTILINE),
}


class BadFile(ValueError):
    """A file is not of the layout that it should have; the message says where."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question for a model. ``prompt`` is text for it to go on with, ``stop`` what ends that; ``user`` and ``system``
    are a chat's messages."""

    user: str
    system: str = ""
    prompt: str = ""
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BenchmarkProgram:
    """A program to grade, or with ``answer`` a model's whole text, of which the service finds the program. ``origin``
    is the answer that a program was taken from here."""

    text: str
    language: str = "python"
    answer: bool = False
    origin: str | None = None

    def submission(self, suite: Suite) -> Submission:
        """The program as the service takes it."""
        code, response = (None, self.text) if self.answer else (self.text, None)
        return Submission(language=self.language, code=code, response=response, suite=suite, detail="tests")


@dataclass(frozen=True, slots=True)
class BenchmarkTask:
    """One problem of a benchmark.

    ``before`` and ``after`` stand around a completion to make a program of it. ``kind`` is what scores are told by:
    a difficulty, a language. ``platform`` is where the problem comes from. ``base`` are the original tests of a task
    whose ``suite`` has more of them.
    """

    id: str
    suite: Suite
    question: Question | None = None
    language: str = "python"
    kind: str = ""
    before: str = ""
    after: str = ""
    reference: str | None = None
    buggy: str | None = None
    base: Suite | None = None
    dropped: tuple[str, ...] = ()
    """Text that is taken out of every program: imports of what the suite brings itself."""
    platform: str = ""
    head: str = ""
    """The prompt's imports and helpers, which a program in an answer may take for granted."""
    date: str = ""
    """The day on which the problem was published, as ``2025-01-31``."""

    find: Callable[[str], str] | None = None
    """Finds a sample in an answer, where samples are expressions: ``before`` and ``after`` stand around one."""

    def limited(self, cpu_s: float) -> BenchmarkTask:
        """Return the task with a CPU limit for all its suites, unless they have a lower one."""
        base = self.base and _limited(self.base, cpu_s)
        return replace(self, suite=_limited(self.suite, cpu_s), base=base)

    def completed(self, completion: str) -> BenchmarkProgram:
        """The program that a completion makes."""
        return self._program(self.before + completion + self.after)

    def answered(self, program: str) -> BenchmarkProgram:
        """Return the program that was found in an answer, with the prompt's imports and helpers before it."""
        return self.whole(behind(self.head, program))

    def whole(self, text: str, *, answer: bool = False) -> BenchmarkProgram:
        """A whole program, or with ``answer`` the program in a model's text."""
        if self.find is not None and answer:
            return replace(self.completed(self.find(text)), origin=text)
        return self._program(text, answer=answer)

    def _program(self, text: str, *, answer: bool = False) -> BenchmarkProgram:
        for each in self.dropped:
            text = text.replace(each, "")
        return BenchmarkProgram(text, self.language, answer)


def _limited(suite: Suite, cpu_s: float) -> Suite:
    return with_limit(suite, cpu_s) if cpu_s < suite.limits.cpu_s else suite


def of_authors(tasks: Sequence[BenchmarkTask], *, buggy: bool = False) -> dict[str, list[BenchmarkProgram]]:
    """Return the authors' solutions of tasks, which must be accepted, or with ``buggy`` those that must be refused.

    Raises:
        BadFile: a task has none.
    """
    texts = {task.id: task.buggy if buggy else task.reference for task in tasks}
    missing = [name for name, text in texts.items() if text is None]
    if missing:
        raise BadFile(
            f"{len(missing)} tasks have no {'buggy' if buggy else 'reference'} solution, such as {missing[0]}"
        )
    return {task.id: [task.whole(text)] for task in tasks if (text := texts[task.id]) is not None}


def check_samples(samples: Mapping[str, Sequence[object]], file: Path, *, partial: bool = False) -> None:
    """See that each problem has samples, or with ``partial`` that any has.

    Raises:
        BadFile: it is not so.
    """
    missing = [name for name, each in samples.items() if not each]
    if missing and (not partial or len(missing) == len(samples)):
        hint = "" if len(missing) == len(samples) else "; --partial scores the others alone"
        raise BadFile(
            f"{file} has no sample for {len(missing)} of {len(samples)} problems; the first is {missing[0]}{hint}"
        )


def head_of(prompt: str, language: str) -> str:
    """Return the imports of a prompt, and in Python the helpers too: what stands before the last function
    and its decorators. Elsewhere a program may define a helper again only in place of the prompt's, so that they are
    left out."""
    if language == "python":
        last = max((match.start() for match in _DEFINITION.finditer(prompt)), default=0)
        return prompt[:last]
    pattern = _IMPORTS.get(language)
    return "".join(f"{line}\n" for line in pattern.findall(prompt)) if pattern is not None else ""


def behind(head: str, program: str) -> str:
    """Return a program with a prompt's head before it; imports of ``__future__`` stay first."""
    if not head:
        return program
    futures = "".join(line if line.endswith("\n") else f"{line}\n" for line in _FUTURE.findall(program))
    return f"{futures}{head}\n{_FUTURE.sub('', program)}"
