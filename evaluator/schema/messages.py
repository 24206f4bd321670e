"""What is asked of the service and what it answers."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, model_validator

from evaluator.schema.base import Argument, FileName, Label, Limits, Mode, PlainFileName, Text, Verdict, Wire
from evaluator.schema.suite import Suite

IsolationName = Literal["namespaces", "landlock", "process"]
Policy = Literal["first_failure", "all"]
Detail = Literal["summary", "tests", "full"]
StoppedBy = Literal["cpu", "wall", "memory", "output", "processes"]


class Submission(Wire):
    """A program to grade, as code or as a model's whole answer, with a suite or the name of one."""

    id: Label | None = None
    language: Label = "python"
    code: Text | None = None
    response: Text | None = None
    suite: Suite | None = None
    suite_id: Label | None = None
    policy: Policy = "first_failure"
    detail: Detail = "tests"

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if (self.code is None) == (self.response is None):
            raise ValueError('give either "code" (a program) or "response" (a model\'s whole text)')
        if (self.suite is None) == (self.suite_id is None):
            raise ValueError('give either "suite" or "suite_id"')
        return self


class TestReport(Wire):
    """How one test went."""

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
    """What exact comparison would have said; null where nothing was compared."""
    stdout: Text | None = None
    stderr: Text | None = None
    result: str | None = None
    """Detail ``full``, mode function: the value as JSON, tagged where JSON has no such type; null where there is none,
    or more than 64 KiB of it."""


class FirstFailure(Wire):
    """The first test, by index among those run, that was not accepted. Long texts are cut."""

    index: int
    verdict: Verdict
    reason: str | None = None
    input: JsonValue = None
    expected: JsonValue = None
    output: JsonValue = None
    stderr: Text | None = None


class CompileReport(Wire):
    """What the compiler, or the parser, said."""

    ok: bool
    log: str = ""
    cpu_s: float = 0.0
    stopped_by: StoppedBy | None = None
    """The limit that ended the compiler, if any did."""


class Trust(Wire):
    """How far an ``accepted`` of mode program can be relied on, by the suite alone. ``bits``: what a program that
    computes nothing has to guess, by the values that the tests demand of it; below 8 a suite is ``weak``."""

    way: Literal["apart", "sealed", "compiled"]
    """``apart``: tests in a process of their own; ``sealed``: with the program, their conditions outside of it;
    ``compiled``: joined with a program of another language than Python, and believed."""
    sealed: int = 0
    """Assertions whose condition is evaluated out of the program's reach."""
    open: int = 0
    """Assertions that are evaluated in its reach, and prove nothing."""
    bits: float = 0
    level: Literal["weak", "strong"] = "weak"
    flags: tuple[str, ...] = ()
    """What else to know of the tests: they read the ``clock``, ``chance`` or their ``own name``."""


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
    """Some of it rests on the wall clock alone, as of a program that slept: another run may go otherwise."""
    beside_others: bool = False
    """Some of it rests on CPU time beside other programs: one ended a little over its limit, and was not run again
    alone. Another run may go otherwise."""
    trust: Trust | None = None
    """Mode program; null in others, and where the suite cannot be used."""
    queued_s: float = 0.0
    run_s: float = 0.0
    engine: str

    @property
    def repeatable(self) -> bool:
        """Whether another run would come to the same."""
        return not (self.verdict is Verdict.JUDGE_ERROR or self.wall_only or self.beside_others)


class SiteCheck(Wire):
    """One assertion of a test code."""

    line: int
    text: str
    kind: Literal["sealed", "truth", "open", "raises"]
    """``sealed``: the value is judged outside of the program's process; ``truth``: so is its truth alone; ``raises``:
    the class of an exception; ``open``: the program's process is believed."""
    test: str = ""
    """The function that it stands in; empty at the top level."""
    required: bool = False
    """It must be reached for a program to be accepted."""
    why: str | None = None
    """Of one that is open: why it is. Of another one: why it needs a reference, where it does."""


class ReferenceCheck(Wire):
    """What ``program.reference`` showed when it was run, twice, with different orders of sets."""

    accepted: bool
    opened: int = 0
    """Assertions that were opened since sealed they do not hold for the reference, or compare no plain value."""
    required: int = 0
    """Pairs of an assertion and a row of its table that must be reached."""
    unsteady: tuple[str, ...] = ()
    """Tests whose outcome differed between the two runs, and assertions of tests apart that did not hold in the second:
    of them nothing is required."""
    reason: str | None = None


class TestCodeCheck(Wire):
    """How one test code is judged. ``reason`` says why it cannot be used, where it cannot."""

    __test__ = False

    index: int = 0
    name: str | None = None
    framework: str | None = None
    way: Literal["apart", "sealed"] | None = None
    why: str | None = None
    """Why it is judged that way."""
    sites: tuple[SiteCheck, ...] = ()
    reference: ReferenceCheck | None = None
    reason: str | None = None


class SuiteCheck(Wire):
    """What ``/v1/suites/check`` says of a suite of mode program before any submission is seen."""

    suite_id: str
    usable: bool
    trust: Trust | None
    tests: tuple[TestCodeCheck, ...]
    cpu_s: float
    """What preparing it took, runs of the reference included; 0 where it was prepared before."""
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
    """One run without grading. ``files`` lie in the program's working directory; ``sources`` do where nothing is
    compiled, and beside the program when it is. Of the working directory, ``collect`` is handed back after the run."""

    language: Label = "python"
    code: Text
    stdin: Text = ""
    args: Annotated[tuple[Argument, ...], Field(max_length=256)] = ()
    files: dict[FileName, Text] = Field({}, max_length=4096)
    sources: dict[FileName, Text] = Field({}, max_length=4096)
    collect: Annotated[tuple[PlainFileName, ...], Field(max_length=16)] = ()
    runtime_options: Annotated[tuple[Argument, ...], Field(max_length=16)] = ()
    """For the runtime and not the program, such as Java's ``-ea``; of languages that are started by a command."""
    limits: Limits = Limits()


class RunReport(Wire):
    """What one run did. ``stopped_by`` names the limit that ended it, if any did. ``files`` are those asked for that
    the program left, as far as all of them together fit into ``output_mb``."""

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
    """A language that was found to work here."""

    name: str
    aliases: tuple[str, ...]
    version: str
    extension: str
    compiled: bool
    modes: tuple[Mode, ...]


class LanguageList(Wire):
    """What ``/v1/languages`` answers."""

    languages: tuple[LanguageInfo, ...]


class Readiness(Wire):
    """What ``/readyz`` answers. ``queued`` counts submissions that wait or run; ``slots_discarded`` the sandbox slots
    that broke, or could not prove themselves clean after a run, and were replaced; ``workers_lost`` workers that went
    away without being told to. ``oldest_s`` is for how many seconds the submission that has waited longest for a worker
    has done so."""

    workers_ready: int
    workers: int
    queued: int
    slots_discarded: int
    workers_lost: int = 0
    oldest_s: float = 0.0
    isolation: str
    engine: str


class Mechanism(Wire):
    """A mechanism of the kernel, or a tier made of them, and whether it worked when it was tried."""

    name: str
    works: bool
    detail: str = ""


class Isolation(Wire):
    """What ``/v1/isolation`` and ``microcoder doctor`` say of a host. No tier: the service cannot start."""

    engine: str
    tier: str | None
    min_isolation: IsolationName
    tiers: tuple[Mechanism, ...]
    mechanisms: tuple[Mechanism, ...]
    languages: dict[str, str]
    user: str
    cpus: int
    memory_mb: int
    kernel: str
    python: str
    data_dir: str
