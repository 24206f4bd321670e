"""Requests to the service, and its answers."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, model_validator

from evaluator.schema.base import (
    Argument,
    FileName,
    Label,
    Limits,
    Mode,
    PlainFileName,
    Text,
    Utf8,
    Verdict,
    Wire,
    check_names,
    size_of,
)
from evaluator.schema.suite import Suite

IsolationName = Literal["namespaces", "landlock", "process"]
Policy = Literal["first_failure", "all"]
Detail = Literal["summary", "tests", "full"]
StoppedBy = Literal["cpu", "wall", "memory", "output", "processes"]


class Submission(Wire):
    """A program to grade, as code, as several files or as a model's whole answer, with a suite or a suite's id."""

    id: Label | None = None
    language: Label = "python"
    code: Text | None = None
    response: Text | None = None
    files: dict[FileName, Utf8] = Field(default={}, max_length=256)
    """Sources by their paths, compiled or run together, in modes ``stdio`` and ``interactive``. The main one has the
    name that the language expects (``main.py``), else it is the first of its kind."""
    suite: Suite | None = None
    suite_id: Label | None = None
    policy: Policy = "first_failure"
    detail: Detail = "tests"

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if [self.code is None, self.response is None, not self.files].count(False) != 1:
            raise ValueError('give either "code" (a program), "files" or "response" (a model\'s whole text)')
        check_names(self.files)
        if (self.suite is None) == (self.suite_id is None):
            raise ValueError('give either "suite" or "suite_id"')
        return self

    @property
    def size(self) -> int:
        """Length of the program: in characters, or in bytes if it is not UTF-8."""
        return size_of(self.code or self.response or "") + sum(map(len, self.files.values()))


class TestReport(Wire):
    """The result of one test."""

    __test__ = False

    index: int
    name: str | None = None
    verdict: Verdict
    cpu_s: float | None = None
    wall_s: float | None = None
    memory_bytes: int | None = None
    reason: str | None = None
    matched_by: str | None = None
    strict: bool | None = None
    """True if an exact comparison accepts the output too; null if nothing was compared."""
    points: float | None = None
    """The share of the test's weight that a checker gave for an output that is not right, between 0 and 1."""
    stdout: Text | None = None
    stderr: Text | None = None
    result: str | None = None
    """With detail ``full`` in mode function: the result as JSON, with tags for types that JSON lacks; null if there is
    none, or if it has more than 64 KiB."""


class FirstFailure(Wire):
    """The first test, by index among those that were run, that was not accepted. Long texts are shortened."""

    index: int
    verdict: Verdict
    reason: str | None = None
    input: JsonValue = None
    expected: JsonValue = None
    output: JsonValue = None
    stderr: Text | None = None


class CompileReport(Wire):
    """The result of compiling, or for Python of parsing, the program."""

    ok: bool
    log: str = ""
    cpu_s: float = 0.0
    stopped_by: StoppedBy | None = None
    """The limit that stopped the compiler, if one did."""
    compiler: str | None = None
    """Version of the compiler that refused the program, as ``/v1/languages`` has it."""


class Trust(Wire):
    """The trust that an ``accepted`` of mode program deserves; it depends on the suite alone. ``bits`` measures the
    values that a program which computes nothing would have to guess; a suite with less than 8 is ``weak``."""

    way: Literal["apart", "sealed", "compiled"]
    """``apart``: the tests run in a process of their own. ``sealed``: they run in the program's process, and their
    conditions are evaluated outside of it. ``compiled``: they are compiled with a program in another language than
    Python, and its process is believed."""
    sealed: int = 0
    """Assertions whose condition is evaluated outside of the program's process."""
    open: int = 0
    """Assertions that are evaluated inside of it: the program could forge them, so they prove nothing."""
    bits: float = 0
    level: Literal["weak", "strong"] = "weak"
    flags: tuple[str, ...] = ()
    """Further properties of the tests: they read the ``clock``, ``chance`` or their ``own name``."""


class Report(Wire):
    """The result of one submission. ``score`` is null whenever the program was not judged."""

    id: str | None = None
    index: int | None = None
    """The submission's place in its batch."""
    verdict: Verdict
    score: float | None
    passed: int
    total: int
    tests: tuple[TestReport, ...] = ()
    first_failure: FirstFailure | None = None
    compile: CompileReport | None = None
    reason: str | None = None
    isolation: IsolationName | None = None
    cached: bool = False
    wall_only: bool = False
    """True if the verdict depends on wall time alone, as for a program that slept: another run may end differently."""
    beside_others: bool = False
    """True if the verdict depends on CPU time that was measured beside other programs: a run ended a little over its
    limit, and was not repeated alone. Another run may end differently."""
    trust: Trust | None = None
    """Mode program only; null in other modes, and if the suite cannot be used."""
    otherwise: tuple[str, ...] = ()
    """A suite's ``rules`` only: why the evaluator that they follow may judge this submission otherwise."""
    queued_s: float = 0.0
    run_s: float = 0.0
    engine: str

    @property
    def repeatable(self) -> bool:
        """True if another run would give the same verdict."""
        return not (self.verdict is Verdict.JUDGE_ERROR or self.wall_only or self.beside_others)


class SiteCheck(Wire):
    """One assertion of a test code."""

    line: int
    text: str
    kind: Literal["sealed", "truth", "open", "raises"]
    """``sealed``: the value is judged outside of the program's process. ``truth``: only its truth value is. ``raises``:
    the class of an exception is. ``open``: the program's process is believed."""
    test: str = ""
    """The name of the test function around it; empty at the top level."""
    required: bool = False
    """True if a program must reach it to be accepted."""
    why: str | None = None
    """The reason why the assertion is open; or, for another kind, why it needs a reference, if it does."""


class ReferenceCheck(Wire):
    """The result of two runs of ``program.reference``, with different orders of sets."""

    accepted: bool
    opened: int = 0
    """Assertions that became open: sealed, they do not hold for the reference, or do not compare a plain value."""
    required: int = 0
    """Pairs of an assertion and a row of its table that a program must reach."""
    unsteady: tuple[str, ...] = ()
    """Tests whose outcome differed between the two runs, and assertions of tests apart that did not hold in the second
    run. Nothing is required of them."""
    reason: str | None = None


class TestCodeCheck(Wire):
    """The way in which one test code is judged. If it cannot be used, ``reason`` says why."""

    __test__ = False

    index: int = 0
    name: str | None = None
    framework: str | None = None
    way: Literal["apart", "sealed"] | None = None
    why: str | None = None
    """The reason for that way."""
    sites: tuple[SiteCheck, ...] = ()
    reference: ReferenceCheck | None = None
    reason: str | None = None


class SuiteCheck(Wire):
    """The answer of ``/v1/suites/check`` about a suite of mode program, before any submission."""

    suite_id: str
    usable: bool
    trust: Trust | None
    tests: tuple[TestCodeCheck, ...]
    cpu_s: float
    """CPU seconds that preparing the suite took, with the runs of the reference; 0 if it was prepared before."""
    isolation: IsolationName
    engine: str


class Batch(Wire):
    """Many submissions; a submission's ``suite_id`` may be a key of ``suites``."""

    submissions: tuple[Submission, ...]
    suites: dict[str, Suite] = Field({})


class Reports(Wire):
    """One report for each submission of a batch, in order."""

    reports: tuple[Report, ...]


class RunRequest(Wire):
    """One run without grading. ``files`` are put into the program's working directory. ``sources`` are compiled
    together with the program, or put into the working directory if the language is not compiled. ``collect`` names
    files of the working directory to return after the run."""

    language: Label = "python"
    code: Text
    stdin: Text = ""
    args: Annotated[tuple[Argument, ...], Field(max_length=256)] = ()
    files: dict[FileName, Text] = Field({}, max_length=4096)
    sources: dict[FileName, Text] = Field({}, max_length=4096)
    collect: Annotated[tuple[PlainFileName, ...], Field(max_length=16)] = ()
    runtime_options: Annotated[tuple[Argument, ...], Field(max_length=16)] = ()
    """Options for the runtime instead of the program, such as Java's ``-ea``; for languages that a command starts."""
    limits: Limits = Limits()


class RunReport(Wire):
    """The result of one run. ``stopped_by`` names the limit that stopped it, if one did. ``files`` has those of
    ``collect`` that the program left, as far as they fit into ``output_mb`` together."""

    exit_code: int | None
    signal: int | None
    cpu_s: float
    wall_s: float
    memory_bytes: int
    stdout: Text
    stderr: Text
    truncated: bool = False
    stopped_by: StoppedBy | None
    files: dict[str, Text] = Field(default={})
    compile: CompileReport | None = None
    isolation: IsolationName
    engine: str


class LanguageInfo(Wire):
    """A language that works on this host."""

    name: str
    aliases: tuple[str, ...]
    version: str
    extension: str
    compiled: bool
    modes: tuple[Mode, ...]
    packages: dict[str, str] = Field({})
    """Versions of the packages that programs can import, by name; of Python alone."""


class LanguageList(Wire):
    """The answer of ``/v1/languages``."""

    languages: tuple[LanguageInfo, ...]


class Readiness(Wire):
    """The answer of ``/readyz``. ``queued`` counts submissions that wait or run; ``slots_discarded`` sandbox slots that
    broke, or were not provably clean after a run, and were replaced; ``workers_lost`` workers that ended without being
    told to. ``oldest_s`` is the longest time, in seconds, that a submission has been waiting for a worker."""

    workers_ready: int
    workers: int
    queued: int
    slots_discarded: int
    workers_lost: int = 0
    oldest_s: float = 0.0
    isolation: str
    engine: str


class Mechanism(Wire):
    """A mechanism of the kernel, or a tier that consists of several; ``works`` is the result of trying it."""

    name: str
    works: bool
    detail: str = ""


class Isolation(Wire):
    """The answer of ``/v1/isolation`` and ``microcoder doctor`` about a host. Without a tier the service cannot
    start."""

    engine: str
    tier: str | None
    min_isolation: IsolationName
    tiers: tuple[Mechanism, ...]
    mechanisms: tuple[Mechanism, ...]
    languages: dict[str, str]
    packages: dict[str, str] = Field({})
    user: str
    cpus: int
    memory_mb: int
    kernel: str
    python: str
    data_dir: str
