"""Suites of mode program as they are judged: made of their text and their reference once, before any submission is
seen, and kept.

Authors are strangers too: a jail takes their texts apart (``judging.preparation``), and what is here is JSON of bounded
size.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections import OrderedDict
from collections.abc import Callable
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from evaluator.judging.plain import PlainConditions
from evaluator.schema import Policy, ProgramSpec, Trust
from evaluator.sealing.sealed import Sealed
from sandbox.store import HashStore

_log = logging.getLogger(__name__)
_MEMORY_SUITES = 512
"""Number of suites that each worker has at hand; the others it reads from disk."""

_IMPORTED = re.compile(r"^\s*(?:from|import)\s+(\w+)", re.MULTILINE)
_LARGE = frozenset(["unittest", "asyncio"])
"""Modules of the standard library that take long to import."""
_VALUE_LIBRARIES = frozenset(["numpy", "pandas"])
"""Tests that import one of these are likely to send its values."""

_SEALED = TypeAdapter(Sealed)

Way = Literal["apart", "sealed"]


class _StoredModel(BaseModel):
    model_config = ConfigDict(frozen=True)


class ReferenceFacts(_StoredModel):
    """Findings of a reference's runs about one test code."""

    opened: tuple[int, ...] = ()
    required: tuple[tuple[int, tuple[int, ...]], ...] = ()
    """Each site, by its number, with each row of constants, by theirs, that both runs reached."""
    outcomes: dict[str, str] = {}
    """The tests that ended alike in both runs."""
    unsteady: tuple[str, ...] = ()
    """The others, and assertions of tests apart that did not hold in the second run, as their author wrote them."""

    @cached_property
    def expectation(self) -> bytes:
        """The expectation as the outer judge reads it."""
        return json.dumps({"required": self.required, "outcomes": self.outcomes}).encode()


class ConditionData(_StoredModel):
    """Conditions by the numbers of their sites, and constants by theirs, as ``judging.expressions`` has them. None: it
    is no data."""

    conditions: tuple[list[Any] | None, ...] = ()
    constants: tuple[list[Any] | None, ...] = ()


class StepData(_StoredModel):
    """The steps of one test, as ``judging.calls`` has them."""

    name: str
    line: int
    steps: tuple[list[Any], ...]


class CallData(_StoredModel):
    """Tests that are calls, as ``judging.calls.Calls`` has them."""

    names: tuple[str, ...]
    collisions: tuple[str, ...]
    tests: tuple[StepData, ...]


class PreparedTest(_StoredModel):
    """One test code, ready to judge by; or the ``reason`` why it cannot be."""

    sealed: dict[str, Any] = {}
    """``Sealed.to_json()``. Never beside a submission: it has the conditions."""
    way: Way = "sealed"
    why: str = ""
    data: ConditionData = ConditionData()
    calls: CallData | None = None
    """The calls of tests apart, where these do no more than call and compare what they get."""
    reference: ReferenceFacts | None = None
    reason: str | None = None
    reference_failed: bool = False
    """The ``reason`` is that it does not pass."""

    @cached_property
    def judge_runtime(self) -> str:
        """Name the slots that evaluate the conditions of a run: small ones, where they need little to import."""
        has_mocks = any(site["form"] == "mock" for site in self.sealed["sites"])
        has_arrays = not _VALUE_LIBRARIES.isdisjoint(_IMPORTED.findall(self.sealed["text"]))
        needs_libraries = has_mocks or has_arrays or _needs_libraries("\n".join(self.sealed["imports"]))
        return "tests" if needs_libraries else "judge"

    @cached_property
    def apart_runtime(self) -> str:
        """Name of the slots that run the tests apart: small ones, if they are a script that imports little."""
        light = self.sealed["framework"] in ("check", "script") and not _needs_libraries(self.sealed["text"])
        return "judge" if light else "tests"

    @cached_property
    def suite(self) -> Sealed:
        """``sealed``, as it was before it became JSON.

        Raises:
            ValidationError: it never was.
        """
        return _SEALED.validate_python(self.sealed)

    def require_suite(self) -> None:
        """Raises as ``suite``: whoever prepared it in a jail may have written anything."""
        _SEALED.validate_python(self.sealed)

    @cached_property
    def plain_conditions(self) -> PlainConditions:
        """The conditions that are data."""
        return PlainConditions(self.data.conditions, self.data.constants)

    @cached_property
    def conditions(self) -> bytes:
        """The conditions of all test codes, as the outer judge reads them."""
        return json.dumps(self.sealed).encode()

    def delivered(self, spec: ProgramSpec, policy: Policy) -> bytes:
        """The part that the submission's process gets: no condition, and no constant that the text does not show."""
        form = {name: self.sealed[name] for name in ("text", "framework", "separate", "module_names")}
        form |= {"tests": list(self.sealed["tests"]), "tokens": len(self.sealed["tokens"])}
        form |= {"entry_point": spec.entry_point, "prelude": spec.prelude, "policy": policy}
        return json.dumps(form).encode()


def _needs_libraries(text: str) -> bool:
    """Return whether a text imports more than the standard library, or much of it."""
    return not set(_IMPORTED.findall(text)) <= sys.stdlib_module_names - _LARGE


class PreparedSuite(_StoredModel):
    """All test codes of a suite. ``trust`` is None where one of them cannot be used."""

    tests: tuple[PreparedTest, ...]
    trust: Trust | None
    cpu_s: float = 0.0
    """Cost of preparing."""


class PreparedSuites:
    """Suites that were prepared, in memory and on disk; the workers of a host share them. A file that cannot be read
    counts as absent."""

    def __init__(self, files: HashStore) -> None:
        self._files = files
        self._memory: OrderedDict[str, PreparedSuite] = OrderedDict()

    def get(self, key: str, prepare: Callable[[], PreparedSuite]) -> PreparedSuite:
        """The suite of that key, prepared now where it is not here.

        Raises:
            Exception: what ``prepare`` raises.
        """
        suite = self._memory.get(key) or self._read(key)
        if suite is None:
            suite = prepare()
            self._write(key, suite)
        self._memory[key] = suite
        self._memory.move_to_end(key)
        if len(self._memory) > _MEMORY_SUITES:
            self._memory.popitem(last=False)
        return suite

    def _read(self, key: str) -> PreparedSuite | None:
        try:
            data = self._files.get(key)
            # Nothing was spent on it now.
            return None if data is None else PreparedSuite.model_validate_json(data).model_copy(update={"cpu_s": 0.0})
        except (OSError, ValidationError) as error:
            _log.error("a prepared suite cannot be read", extra={"reason": str(error)})
            return None

    def _write(self, key: str, suite: PreparedSuite) -> None:
        try:
            self._files.put(key, suite.model_dump_json().encode())
        except OSError as error:
            _log.error("a prepared suite cannot be kept", extra={"reason": str(error)})
