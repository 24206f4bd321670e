"""The parts of a suite: its tests, their groups, and what says how a mode judges them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, JsonValue, SerializeAsAny

from evaluator.schema.base import Argument, FileName, Text, Utf8, Wire, bytes_of, to_bytes
from evaluator.schema.checkers import ProgramSource


class TestCase(Wire):
    """One input with its expected output. The bytes are cached, since a suite judges many programs.

    In modes stdio and interactive both are text; in mode function ``input`` is the list of arguments (or an object of
    named ones) and ``output`` the value; in mode program a test is a ``test_code``.
    """

    __test__ = False  # tells pytest that this is no class of tests

    # Serialised as any value: to check it against JsonValue again would take three times as long.
    input: SerializeAsAny[JsonValue] = None
    output: SerializeAsAny[JsonValue] = None
    test_code: Utf8 | None = None
    weight: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1.0
    """Share of the score. A test of weight 0 has to pass too, but counts nothing by itself."""
    name: Utf8 | None = None
    group: Utf8 | None = None
    """Tests of one group count together: their weight is part of the score once all of them pass. The suite's
    ``groups`` may say otherwise."""
    checker_args: Annotated[tuple[Argument, ...], Field(max_length=256)] | None = None
    """Arguments of the suite's checker or interactor for this test, in the place of its own."""
    args: Annotated[tuple[Argument, ...], Field(max_length=256)] = ()
    """Arguments of the program."""
    files: dict[FileName, Text] = Field(default={}, max_length=256)
    """Files that lie beside the program, by their paths. None takes the place of one of its own."""

    @cached_property
    def stdin(self) -> bytes:
        """The input in stdio mode."""
        return bytes_of(self.input)

    @cached_property
    def arguments(self) -> bytes:
        """The input in function mode, as JSON."""
        return json.dumps(self.input).encode()

    @cached_property
    def returned(self) -> bytes:
        """The expected value in function mode, as JSON."""
        return json.dumps(self.output).encode()

    @cached_property
    def file_bytes(self) -> Mapping[str, bytes]:
        """The files beside the program."""
        return {name: to_bytes(text) for name, text in self.files.items()}

    @property
    def expected(self) -> bytes:
        """The expected output in stdio mode."""
        return bytes_of(self.output)

    @cached_property
    def alternatives(self) -> tuple[bytes, ...]:
        """The expected outputs in stdio mode with checker ``any_of``: one that matches is enough."""
        output = self.output
        return tuple(map(bytes_of, output)) if isinstance(output, list) else (bytes_of(output),)


class TestGroup(Wire):
    """The share of the score that tests of one group have. The group passes if all of them do."""

    __test__ = False

    each_test: bool = False
    """Each test counts by itself; else they count together, once the group passes."""
    requires: tuple[Utf8, ...] = ()
    """Other groups that must pass before this one counts."""


class FunctionTypes(Wire):
    """The types of arguments and result that JSON lacks: ``ListNode``, ``TreeNode``, ``list[ListNode]``, ``RandomNode``
    (a list with random pointers), ``NaryNode``, ``GraphNode``; of arguments in Python also ``dict[int, ...]``. Any
    other name leaves the value as it is."""

    params: tuple[Utf8, ...] = ()
    returns: Utf8 | None = None


class FunctionSpec(Wire):
    """The function of the submission to call, and the way to call it."""

    name: Annotated[str, Field(pattern=r"^[^\W\d]\w*$", max_length=200)]
    types: FunctionTypes | None = None
    """By default the function's own type hints."""
    style: Literal["call", "operations"] = "call"
    """``operations``: ``name`` is a class. A test's input is ``[[names], [arguments]]``: the first pair creates the
    object, the others call its methods. The output has one value for each pair."""
    answer: Annotated[int, Field(ge=0)] | None = None
    """The number of the argument, from 0, that holds the answer after the call. By default the answer is the value that
    the function returns."""
    prelude: bool = True
    """Give the program the imports that LiveCodeBench supplies."""


class ProgramSpec(Wire):
    """Test code of the suite's author: assertions, ``check(candidate)``, unittest or pytest functions."""

    test_code: Utf8 | None = None
    """If it is left out, each test has its own."""
    entry_point: Annotated[Utf8, Field(max_length=200)] | None = None
    apart: Literal["auto"] | bool = "auto"
    """Python only. ``true``: the tests run in a process of their own and call the program's functions with plain
    values. ``false``: they run in the program's process, and the values that they compare are judged outside of it
    (sealed). ``auto``: the first if the tests' text allows it, else the second."""
    prelude: bool = False
    """Python only: give the program the imports that LiveCodeBench supplies."""
    reference: Utf8 | None = None
    """Python only: a program that passes these tests. Its runs determine, before any submission, which assertions a
    program must reach."""


class Interactor(ProgramSource):
    """The author's program with which a submission communicates."""
