"""The row of a data set: a problem with its references, known wrong programs and proven facts.

A ``Problem`` is a value; stages make new ones with ``evolve``. It does not contain tests: ``suite_id`` names a suite in
the store. Parts whose fields differ from row to row are JSON texts in Arrow (names that end in ``_json``), since Arrow
would give each of them the fields of all others.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal, Self

if TYPE_CHECKING:
    import pyarrow as pa

IoMode = Literal["stdio", "function", "program", "interactive"]
CheckerStatus = Literal["proven", "cue_only", "inferred", "unproven"]
Relation = Literal["exact", "near", "harder_variant"]
Json = Mapping[str, Any]

RAW_TESTS_PREFIX = "raw:"
"""The prefix of a ``suite_id`` that names a source's own tests, before ``process`` makes a suite of them."""
CPU_GRID_S = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 600.0)


def cpu_bound_s(cpu_s: float) -> float:
    """Round a measured CPU time up to a step of ``CPU_GRID_S``.

    Rows contain steps, never measurements: those differ from run to run, and two runs must be equal.
    """
    return next((step for step in CPU_GRID_S if cpu_s <= step), CPU_GRID_S[-1])


@dataclass(frozen=True, slots=True)
class Sample:
    """An example of the statement. In mode function ``input`` is the list of arguments as JSON, ``output`` the value
    as JSON."""

    input: str
    output: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A program that should be accepted. ``origin`` names its source; ``verdict`` is the service's ("" before grading);
    ``cpu_s`` is a step of ``CPU_GRID_S``."""

    code: str
    language: str = "python"
    origin: str = "source"
    verdict: str = ""
    cpu_s: float | None = None


@dataclass(frozen=True, slots=True)
class KnownWrong:
    """A program that must be refused. ``label`` is the verdict that its source expects, such as
    ``time_limit_exceeded`` ("" for any); ``killed_by`` has the tests that refuse it, by their places in the suite."""

    code: str
    language: str = "python"
    origin: str = "source"
    label: str = ""
    killed_by: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PassRate:
    """The pass rate of a model: ``c`` of its ``k`` attempts were accepted."""

    model: str
    k: int
    c: int
    revision: str = ""
    sampling: str = ""
    verifier: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """The facts that the service has proven. ``output_kill`` is the share of corrupted outputs that the checker
    refuses, ``program_kill`` the share of wrong programs that the suite refuses; null if it was not tried."""

    reference_ok: bool | None = None
    second_opinion: bool | None = None
    output_kill: float | None = None
    program_kill: float | None = None
    deterministic: bool | None = None
    judge_errors: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """A row of the data set. Fields that no stage has filled yet have their defaults."""

    id: str
    source: str = ""
    source_id: str = ""
    url: str = ""
    license: str = "LicenseRef-unknown"
    """An SPDX name, or LicenseRef-…"""
    license_origin: str = ""
    platform: str = ""
    contest: str = ""
    date: str = ""
    """The date of publication by ISO 8601, such as 2024-03-01; "" if it is unknown."""
    title: str = ""
    tags: tuple[str, ...] = ()
    source_difficulty: str = ""
    """The source's own label, such as easy, or a rating."""
    language_of_statement: str = ""
    statement: str = ""
    statement_original: str = ""
    input_format: str = ""
    output_format: str = ""
    constraints: str = ""
    samples: tuple[Sample, ...] = ()
    images_missing: int = 0
    io_mode: IoMode = "stdio"
    starter_code: str = ""
    function_json: Json | None = None
    """The ``function`` of the suite."""
    suite_id: str = ""
    suite_bytes: int = 0
    """The size of the suite's canonical JSON."""
    tests_total: int = 0
    """The number of tests in the source, or after generated ones were added."""
    tests_kept: int = 0
    """The number of tests in the suite named by ``suite_id``."""
    tests_complete: bool = True
    """False if the source says or shows that tests were cut."""
    whole_suite_id: str = ""
    """The suite before it was minimised; it stays in the store."""
    checker_json: Json | None = None
    checker_status: CheckerStatus = "unproven"
    limits_json: Json | None = None
    limit_origin: str = ""
    """``stated``, ``calibrated`` or ``default``."""
    trust_json: Json | None = None
    """Program mode: the suite's trust, as the service reports it."""
    references: tuple[Reference, ...] = ()
    known_wrong: tuple[KnownWrong, ...] = ()
    difficulty_json: Json | None = None
    passes: tuple[PassRate, ...] = ()
    decontamination_json: Json | None = None
    group_id: str = ""
    relation: Relation | None = None
    verification: Verification = Verification()
    quarantine: tuple[str, ...] = ()
    """The reasons, sorted, why the row is kept apart although it is not rejected, such as ``no_second_opinion``."""
    split: str = ""
    provenance_sha256: str = ""
    """The hash of the source's row."""
    notes_json: Json = field(default_factory=dict)
    """The notes of stages, by their names; ``explain`` shows them."""

    def evolve(self, **changes: Any) -> Self:
        """Return the problem with some fields changed."""
        return replace(self, **changes)

    def note(self, stage: str, **facts: Any) -> Self:
        """Return the problem with a note about a stage's work on it. Facts must be the same in every run."""
        return replace(self, notes_json={**self.notes_json, stage: {**self.notes_json.get(stage, {}), **facts}})

    def set_apart(self, reason: str) -> Self:
        """Return the problem in quarantine for one more reason."""
        return replace(self, quarantine=tuple(sorted({*self.quarantine, reason})))

    def to_json(self) -> dict[str, Any]:
        """Return the problem as JSON, without fields at their defaults."""
        return {
            each.name: plain(value)
            for each in fields(self)
            if (value := getattr(self, each.name)) != _DEFAULTS.get(each.name, _NO_DEFAULT)
        }

    @classmethod
    def from_json(cls, row: Json) -> Self:
        """Make a problem of the JSON from ``to_json``, or of a row of Arrow, whose parts are JSON texts.

        Raises:
            TypeError: the row has other fields.
        """
        return cls(**{name: _value(name, each) for name, each in row.items()})

    def digest(self) -> str:
        """Return the SHA-256 of the problem's content."""
        return sha256(write_canonical(self.to_json())).hexdigest()


@dataclass(frozen=True, slots=True)
class Rejection:
    """A problem that a stage rejects; none is dropped silently. ``reason`` is one of the stage's words; ``evidence`` is
    JSON by which a person can check it: file and row, the test, the report."""

    id: str
    stage: str
    reason: str
    evidence: Json = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the row as JSON values."""
        return {"id": self.id, "stage": self.stage, "reason": self.reason, "evidence": dict(self.evidence)}


def write_canonical(value: Any) -> bytes:
    """Write JSON with sorted keys and no blanks, so that equal values have equal bytes.

    Raises:
        ValueError: a number is not finite.
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "surrogatepass")


def plain(value: Any) -> Any:
    """Convert a field's value to JSON."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    return value


_PARTS: dict[str, Any] = {
    "samples": Sample,
    "references": Reference,
    "known_wrong": KnownWrong,
    "passes": PassRate,
    "verification": Verification,
}
"""The class of the parts of each field that has parts."""
_NO_DEFAULT = object()
"""A default that no value equals, for ``to_json``."""
_DEFAULTS: dict[str, Any] = {
    each: getattr(Problem(""), each) for each in (f.name for f in fields(Problem)) if each != "id"
}


def _value(name: str, value: Any) -> Any:
    if name.endswith("_json"):
        return json.loads(value) if isinstance(value, str) else value
    if name in _PARTS:
        return (
            _part(_PARTS[name], value)
            if isinstance(value, Mapping)
            else tuple(_part(_PARTS[name], each) for each in value)
        )
    return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else value


def _part(kind: Any, value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return kind(**{name: tuple(each) if isinstance(each, list) else each for name, each in value.items()})


def to_arrow(problem: Problem) -> dict[str, Any]:
    """Convert a problem to a row of ``problem_schema``. Parts whose fields differ become canonical JSON texts."""
    return {
        each.name: _text(value) if each.name.endswith("_json") else plain(value)
        for each in fields(problem)
        for value in [getattr(problem, each.name)]
    }


def _text(value: Any) -> str | None:
    return None if value is None else write_canonical(value).decode("utf-8", "surrogatepass")


def problem_schema() -> pa.Schema:
    """Return the columns of problems. Always pass them to Arrow, which would otherwise infer them from the rows."""
    import pyarrow as pa

    return pa.schema(_columns(Problem))


def _columns(kind: Any) -> list[pa.Field[Any]]:
    import pyarrow as pa

    return [pa.field(each.name, _arrow_type(str(each.type))) for each in fields(kind)]


def _arrow_type(annotation: str) -> pa.DataType:
    """Return Arrow's type for a field of a row. Texts are ``large_string``, since those of a column may exceed 2 GiB
    together; parts whose fields differ are texts too."""
    import pyarrow as pa

    if annotation.startswith("tuple["):
        return pa.list_(_arrow_type(annotation.removeprefix("tuple[").removesuffix(", ...]")))
    for part in _PARTS.values():
        if annotation == part.__name__:
            return pa.struct(_columns(part))
    numbers: dict[str, pa.DataType] = {"int": pa.int64(), "float": pa.float64(), "bool": pa.bool_()}
    return numbers.get(annotation.removesuffix(" | None"), pa.large_string())


def rejection_schema() -> pa.Schema:
    """Return the columns of rejections; ``evidence`` is JSON text."""
    import pyarrow as pa

    return pa.schema([pa.field(each, pa.large_string()) for each in ("id", "stage", "reason", "evidence")])
