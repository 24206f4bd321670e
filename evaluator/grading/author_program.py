"""Programs of the suite's author that decide: checkers and interactors, by testlib's protocol or the ICPC's.

They run in the sandbox under limits of their own. One that fails is ``JudgeBroken`` only if it fails without the
submission too. Else the submission is wrong: it could provoke the failure to get around its verdict.

testlib: ``checker input output answer``, exit code 0 accepts, 1, 2, 4 and 8 refuse, 3 is the checker's own failure, 7
gives points (testlib.h, ``TResult``). ICPC: ``validator input answer feedback_dir < output``, 42 accepts, all of it or
the part that ``score_multiplier.txt`` names, 43 refuses (problem package format, "output validators").
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from evaluator.checking.match import Match
from evaluator.errors import ApiError
from evaluator.grading.outcome import JudgeBroken, describe_exit, failure
from evaluator.languages import Languages
from evaluator.schema import ProgramSource, TestCase
from sandbox.build import CompileFailed
from sandbox.execution import Execution, FilesRefused, Program
from sandbox.limits import MIB, RunLimits
from sandbox.sandbox import Sandbox
from sandbox.sources import Sources
from sandbox.toolchain import Language

LIMITS = RunLimits(cpu_s=30.0, wall_s=60.0, memory_bytes=2048 * MIB, output_bytes=64 * MIB)
_INPUT, OUTPUT, _ANSWER = "input.txt", "output.txt", "answer.txt"
FEEDBACK = "feedback/"
_MESSAGE = f"{FEEDBACK}judgemessage.txt"
_ACCEPTS = {"testlib": frozenset({0}), "icpc": frozenset({42})}
_REFUSES = {"testlib": frozenset({1, 2, 4, 8}), "icpc": frozenset({43})}
_SHOWN = 300
_MULTIPLIER = f"{FEEDBACK}score_multiplier.txt"
_POINTS = 7
_POINTS_WORDS = re.compile(rb"\s*(?:points (\d+(?:\.\d*)?)(?=\s|$)|partial (\d+)/(\d+)\s)")
"""First words by which testlib says points, and checkers of COCI. What follows may quote a submission."""
_PARTIALLY = re.compile(rb"partially correct \(\d+\) ")
"""``quitf(_pc(n))`` ends with exit code n, be it that of another result; only testlib's own first words tell."""
_TRACE = b"Traceback (most recent call last):"
_ARCHIVE = "program.tar"
_BUILD = f"""
chmod -R u+x . || exit 1
if [ -n "$1" ]; then "./$1" >&2 || {{ echo "$1 ended with exit code $?" >&2; exit 1; }}; fi
[ -f "$2" ] || {{ echo "$1 left no file $2" >&2; exit 1; }}
chmod u+x "$2" && tar --exclude=./{_ARCHIVE} -cf {_ARCHIVE} .
"""
_RUN = f'tar -x -o -f {_ARCHIVE} && rm {_ARCHIVE} && exec "./$0" "$@"'
_SHELL = "sh"


@dataclasses.dataclass(frozen=True, slots=True)
class Pass:
    """One run of the program for a test, as a checker or interactor sees it: the input of that run, and what the run
    before left in the directory of feedback."""

    test: TestCase
    stdin: bytes
    feedback: Mapping[str, bytes] = dataclasses.field(default_factory=dict)
    of_several: bool = False
    """True if the judge may ask for another."""
    writes_output: bool = False
    """True if a checker reads what an interactor of testlib's wrote."""

    @classmethod
    def first(cls, test: TestCase, *, of_several: bool = False, writes_output: bool = False) -> Pass:
        return cls(test, test.stdin, {}, of_several, writes_output)


class NoDecision(Exception):
    """A checker or interactor came to no decision; the message says how, ``started`` whether it ran at all."""

    def __init__(self, message: str, *, started: bool = True) -> None:
        super().__init__(message)
        self.started = started


class AuthorProgram:
    """One checker or interactor, ready to run."""

    def __init__(self, sandbox: Sandbox, program: Program, source: ProgramSource) -> None:
        self._sandbox, self._program, self._source = sandbox, program, source

    def check(self, test: TestCase, output: bytes) -> Match:
        """Have the checker decide about an output. One on which it fails is wrong, unless it fails on the test's own
        output too. An empty ``output`` of the test is not tried: many suites have it where no answer is known.

        Raises:
            JudgeBroken: the checker failed on both, or does not parse.
            SlotFailed: a fault of ours.
        """
        return self.check_pass(Pass.first(test), output)[0]

    def check_pass(self, run: Pass, output: bytes) -> tuple[Match, Execution | None]:
        """Check one run of several for a test. Returns the checker's execution too, None if it failed."""
        test = run.test
        try:
            return self._checked(run, output)
        except NoDecision as error:
            reference = _reference(test)
            if (reference and output == reference) or self._fails_on(run, reference):
                raise JudgeBroken(str(error)) from error
            return Match.no(str(error)), None

    def _checked(self, run: Pass, output: bytes) -> tuple[Match, Execution]:
        icpc = self._source.protocol == "icpc"
        program = self.with_files(run, output)
        try:
            execution = self._sandbox.run(program, LIMITS, output if icpc else b"")
        except FilesRefused as error:
            raise NoDecision(f"the checker's files do not fit: {error}", started=False) from error
        return self.decision(execution, "checker", run.test), execution

    def _fails_on(self, run: Pass, reference: bytes) -> bool:
        """Try the checker on the test's own output. Returns whether it fails; on an empty one, if it cannot start."""
        try:
            self._checked(run, reference)
        except NoDecision as error:
            return bool(reference) or not error.started
        return False

    def with_files(self, run: Pass, output: bytes) -> Program:
        """Return the program with a test's files beside it. It hands back its message, or all that it left for the
        next pass, and by testlib's protocol what it wrote for a checker."""
        test, icpc = run.test, self._source.protocol == "icpc"
        files = {_INPUT: run.stdin, _ANSWER: _reference(test)}
        extra = self._source.args if test.checker_args is None else test.checker_args
        if icpc:
            files |= {f"{FEEDBACK}.keep": b"", **run.feedback}
            arguments = (_INPUT, _ANSWER, FEEDBACK, *extra)
        else:
            files[OUTPUT] = output
            arguments = (_INPUT, OUTPUT, _ANSWER, *extra)
        left = (_MESSAGE, OUTPUT) if run.writes_output else (_MESSAGE, _MULTIPLIER) if icpc else (_MESSAGE,)
        collect = (FEEDBACK,) if run.of_several else left
        return dataclasses.replace(self._program.with_files(files, arguments), collect=collect)

    def decision(self, execution: Execution, role: str, test: TestCase) -> Match:
        """Return what the program's end says of a test's output.

        Raises:
            NoDecision: it says nothing.
        """
        if execution.refused:
            where = min(execution.refused)
            raise NoDecision(f"the {role} left something other than a file at {where}, or a link on the way")
        if self.accepts(execution):
            text = None if self._source.points == "none" else execution.collected.get(_MULTIPLIER)
            return self._worth(_multiplier(text, role), "")
        if self._gives_points(execution):
            return self._worth(self._points(execution, role, test), _beginning(execution.stderr))
        message = _beginning(execution.collected.get(_MESSAGE) or execution.stderr)
        if self.refuses(execution):
            return Match.no(message or f"the {role} refused the output")
        if execution.syntax_error is not None:
            raise NoDecision(f"the {role} does not parse: {execution.syntax_error}", started=False)
        if (failed := failure(execution)) is None:
            raise NoDecision(
                f"the {role} ended with exit code 0, which means nothing in protocol {self._source.protocol}"
            )
        reason = (failed.reason if execution.stopped_by else None) or describe_exit(execution)
        raise NoDecision(f"the {role} failed: {reason}{f' ({message})' if message not in reason else ''}")

    def _worth(self, share: float, message: str) -> Match:
        """Return the decision for an output that is worth a share of its test's weight."""
        if share == 1:
            return Match.by(f"program: {self._source.protocol}")
        return Match(accepted=False, reason=message or f"worth {share:g} of the points", points=share)

    def _points(self, execution: Execution, role: str, test: TestCase) -> float:
        """Return the share of a test's weight that the points of a testlib checker stand for.

        Raises:
            NoDecision: it says none, or more than the test has.
        """
        match, unit = _POINTS_WORDS.match(execution.stderr + b"\n"), self._source.points
        message = _beginning(execution.stderr)
        if match is None or unit == "none":
            raise NoDecision(f"the {role} gives points that mean nothing here: end with _ok or _wa ({message})")
        if match[1] is None:
            total, points = float(match[3]), float(match[2])
        else:
            total, points = test.weight if unit == "weight" else 1.0, float(match[1])
        if points > total or not total:
            raise NoDecision(f"the {role} gives {points:g} points of {total:g} ({message})")
        return points / total

    def accepts(self, execution: Execution) -> bool:
        ended_well = execution.stopped_by is None and not self._gives_points(execution)
        return ended_well and execution.exit_code in _ACCEPTS[self._source.protocol]

    def refuses(self, execution: Execution) -> bool:
        ended_well = execution.stopped_by is None and execution.syntax_error is None
        if self._gives_points(execution):
            return False
        # Python ends with 1, which testlib calls a wrong answer, when it fails itself.
        return ended_well and execution.exit_code in _REFUSES[self._source.protocol] and _TRACE not in execution.stderr

    def _gives_points(self, execution: Execution) -> bool:
        points = execution.exit_code == _POINTS or _PARTIALLY.match(execution.stderr) is not None
        return self._source.protocol == "testlib" and execution.stopped_by is None and points


def _multiplier(text: bytes | None, role: str) -> float:
    """Return the share of a test's points that an ICPC validator gives to what it accepts: all, where it does not say.

    Raises:
        NoDecision: it is no number from 0 to 1.
    """
    try:
        share = 1.0 if text is None else float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise NoDecision(f"the {role} left {_beginning(text or b'')!r} as score_multiplier.txt, no number from 0 to 1")
    return share


def _reference(test: TestCase) -> bytes:
    """Return the answer that the test has; empty if it has none."""
    return test.expected if isinstance(test.output, str | dict) else b""


def _beginning(message: bytes) -> str:
    """Cut what a judge says: it may be as long as an output, and hold one."""
    return message.lstrip()[: 4 * _SHOWN].decode(errors="replace").strip()[:_SHOWN]


def sources_of(language: Language, source: ProgramSource) -> Sources:
    """Return the files to compile. Those of scripts all keep their names."""
    if source.executable is None:
        return Sources.of(language, source.code, source.files)
    return Sources(b"", {name: text.encode("utf-8", "surrogatepass") for name, text in source.files.items()})


@contextmanager
def build(
    sandbox: Sandbox, languages: Languages, source: ProgramSource, testlib: Path | None
) -> Iterator[AuthorProgram]:
    """A judge's program, compiled where its language asks for it.

    Raises:
        JudgeBroken: it does not compile, or its language is not offered here.
        SlotFailed: a fault of ours.
    """
    try:
        language = (
            languages.require(source.language)
            if source.executable is None
            else scripts(source.build, source.executable)
        )
    except ApiError as error:
        raise JudgeBroken(f"the checker's language: {error.detail}") from error
    sources = sources_of(language, source)
    if testlib is not None and sources.mention(b"testlib.h"):
        sources = sources.beside({"testlib.h": testlib.read_bytes()})
    with ExitStack() as open_program:
        try:
            ready = open_program.enter_context(
                sandbox.build(language, sources.main, LIMITS, sources.others, sources.units)
            )
        except CompileFailed as error:
            hint = "; give testlib.h in its files, or MICROCODER_TESTLIB" if "testlib.h" in error.log else ""
            raise JudgeBroken(f"the checker does not compile{hint}: {error.log[:_SHOWN]}") from error
        yield AuthorProgram(sandbox, ready.program, source)


def scripts(build: str | None, run: str) -> Language:
    """Return the language of programs that a script makes: compiled by ``build``, if there is one, and started as
    ``run``. Both are those of the problem package format ("programs"). What ``build`` leaves is kept as one archive,
    which is unpacked beside each run's files."""
    return Language(
        name="scripts",
        source=f"{_ARCHIVE}.txt",
        version=(_SHELL,),
        compile=(_SHELL, "-c", _BUILD, _SHELL, build or "", run),
        run=(_SHELL, "-c", _RUN, run),
        artefact=_ARCHIVE,
    )
