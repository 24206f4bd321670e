"""Checkers: a suite's specification of how outputs are compared."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from evaluator.schema.base import Argument, FileName, Utf8, Wire, check_names

_PROTOCOL_FILES = ("input.txt", "output.txt", "answer.txt")
"""Files that the service puts beside a checker or interactor."""


class TokensChecker(Wire):
    """Equal sequences of blank-separated tokens; the default for stdio."""

    kind: Literal["tokens"]


class LinesChecker(Wire):
    """Equal lines. Trailing blanks, CRLF, a BOM and the final newline do not count."""

    kind: Literal["lines"]


class ExactChecker(Wire):
    """Equal bytes."""

    kind: Literal["exact"]


class JsonChecker(Wire):
    """Equal JSON values of the same types: integers, floats and booleans differ. The default for functions."""

    kind: Literal["json"]


class FloatChecker(Wire):
    """Compares as ``tokens`` (in mode function ``json``), with a tolerance where the expected value is a decimal."""

    kind: Literal["float"]
    abs: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1e-9
    rel: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1e-6


class UnorderedChecker(Wire):
    """The same lines, tokens or elements, each as often as expected, in any order."""

    kind: Literal["unordered"]
    of: Literal["lines", "tokens", "elements"] | None = None
    """By default lines in mode stdio, elements in mode function."""
    nested: bool = False
    """Mode function: lists inside the list may be in any order too."""


class IcpcDefaultChecker(Wire):
    """The ICPC default output validator (problem package format): tokens, in any case unless ``case_sensitive``."""

    kind: Literal["icpc_default"]
    args: tuple[str, ...] = ()

    @field_validator("args")
    @classmethod
    def _known(cls, args: tuple[str, ...]) -> tuple[str, ...]:
        words = iter(args)
        for word in words:
            if word in ("float_tolerance", "float_relative_tolerance", "float_absolute_tolerance"):
                try:
                    valid = 0 <= float(next(words)) < float("inf")
                except (StopIteration, ValueError):
                    valid = False
                if not valid:
                    raise ValueError(f"{word} needs a number that is not negative")
            elif word not in ("case_sensitive", "space_change_sensitive"):
                raise ValueError(
                    f"{word!r} is no flag of the default validator: case_sensitive, space_change_sensitive, "
                    "float_tolerance E, float_relative_tolerance E, float_absolute_tolerance E"
                )
        return args


class LcbChecker(Wire):
    """LiveCodeBench's own acceptance rule, for scores that are comparable with published ones."""

    kind: Literal["lcb"]


class MicroCoderLooseChecker(Wire):
    """The fallbacks of the MicroCoder paper (arXiv 2603.07777): one that accepts is enough. For ablation only: it
    accepts wrong answers."""

    kind: Literal["microcoder_loose"]


class ProgramSource(Wire):
    """A program of the suite's author: one source, or several files, one of them the main one."""

    language: Utf8 = "python"
    code: Utf8 | None = None
    files: dict[FileName, Utf8] = Field({}, max_length=256)
    """Relative paths and texts, compiled or run together. If the language has a main file, it comes first."""
    build: FileName | None = None
    """A script among ``files`` that makes the program: it runs once, in the jail, and leaves the file ``run``."""
    run: FileName | None = None
    """The file to execute, one of ``files`` or one that ``build`` leaves. The language has no meaning then."""
    args: Annotated[tuple[Argument, ...], Field(max_length=256)] = ()
    protocol: Literal["testlib", "icpc"] = "testlib"
    points: Literal["share", "weight", "none"] = "share"
    """Meaning of the points that testlib's ``quitp`` gives: the share of the test's weight that an output is worth,
    from 0 to 1, as in an ICPC validator's ``score_multiplier.txt``; or a part of that weight; or none, so that one that
    gives any has failed, and the file is not read."""

    @property
    def executable(self) -> str | None:
        """The file to execute where scripts make the program, None where its language does."""
        return self.run or ("run" if self.build is not None else None)

    @model_validator(mode="after")
    def _scripts_are_there(self) -> Self:
        if self.build is not None and self.build not in self.files:
            raise ValueError(f"build: {self.build!r} is none of the files")
        if self.build is None and self.run is not None and self.run not in self.files:
            raise ValueError(f"run: {self.run!r} is none of the files, and there is no build that could make it")
        return self

    @model_validator(mode="after")
    def _some_source(self) -> Self:
        if (self.code is None) == (not self.files):
            raise ValueError('give either "code" (one source) or "files" (paths and texts)')
        if self.protocol == "icpc" and "feedback" in self.files:
            raise ValueError("files: 'feedback' is the directory that an ICPC validator writes to")
        check_names(self.files, _PROTOCOL_FILES)
        return self


class ProgramChecker(ProgramSource):
    """A program that reads input, output and answer, and decides: a testlib checker or an ICPC output validator."""

    kind: Literal["program"]


_OneChecker = (
    TokensChecker
    | LinesChecker
    | ExactChecker
    | JsonChecker
    | FloatChecker
    | UnorderedChecker
    | IcpcDefaultChecker
    | LcbChecker
    | MicroCoderLooseChecker
)
OneChecker = Annotated[_OneChecker, Field(discriminator="kind")]
"""A checker that compares an output with one expected output. ``evaluator.checking.registry`` has its function."""


class AnyOfChecker(Wire):
    """Each test's ``output`` is a list of outputs, one of which must match by ``checker`` (by default the mode's)."""

    kind: Literal["any_of"]
    checker: OneChecker | None = None


CheckerSpec = Annotated[_OneChecker | AnyOfChecker | ProgramChecker, Field(discriminator="kind")]

TEXT_ONLY_CHECKERS = (TokensChecker, LinesChecker, ExactChecker, IcpcDefaultChecker, ProgramChecker)
"""The checkers that cannot compare the values of mode function."""
