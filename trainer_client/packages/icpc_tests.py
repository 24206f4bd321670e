"""Tests of ICPC and Kattis packages: ``data/sample``, ``data/secret``, their groups and how these count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trainer_client.packages.files import PackageFault, PackageFiles
from trainer_client.packages.icpc_scores import Counting, draft_counting, legacy_counting
from trainer_client.packages.package import wire_text
from trainer_client.packages.yaml_file import mapping, read_yaml, words

_PARTS = ("sample", "secret")
_LEGACY_SETTINGS, _DRAFT_SETTINGS = "testdata.yaml", "test_group.yaml"


@dataclass(frozen=True, slots=True)
class PackageTests:
    """The tests as a suite's fields, and the points of all of them."""

    fields: Mapping[str, Any]
    points: float


def read_tests(files: PackageFiles, legacy: bool, scoring: bool, *, needs_answers: bool) -> PackageTests:
    """Read all tests, in order.

    Raises:
        PackageFault: one lacks its answer, or there is what a suite cannot say.
    """
    data = files.below("data")
    names = [name.removesuffix(".in") for name in data if name.endswith(".in") and name.partition("/")[0] in _PARTS]
    names.sort(key=lambda name: name.split("/"))
    if not names:
        raise PackageFault(f"{data.where}: has no tests (sample/*.in, secret/*.in)")
    settings = _Settings(data, legacy)
    counting = Counting.of_all(names)
    if scoring:
        counting = (legacy_counting if legacy else draft_counting)(names, settings.group, data.where)
    tests = [{**_test(data, name, needs_answers), **settings.arguments(name), **counting.of(name)} for name in names]
    return PackageTests({"tests": tests, **counting.fields}, counting.points)


def _test(data: PackageFiles, name: str, needs_answers: bool) -> dict[str, Any]:
    answer = f"{name}.ans"
    if needs_answers and answer not in data:
        raise PackageFault(f"{data.where}/{answer}: the answer of a test is missing")
    output = wire_text(data.read(answer)) if answer in data else ""
    beside = data.below(f"{name}.files")
    files = {each: wire_text(beside.read(each)) for each in beside}
    test = {"name": name, "input": wire_text(data.read(f"{name}.in")), "output": output}
    return {**test, **({"files": files} if files else {})}


class _Settings:
    """The YAML files of groups and tests."""

    def __init__(self, data: PackageFiles, legacy: bool) -> None:
        self._data, self._legacy = data, legacy
        self._file = _LEGACY_SETTINGS if legacy else _DRAFT_SETTINGS
        self._read: dict[str, dict[str, Any] | None] = {}

    def group(self, folder: str) -> dict[str, Any] | None:
        """Return the settings in a folder of the data ("" for the whole), None if it has none."""
        if folder not in self._read:
            name = f"{folder}/{self._file}".lstrip("/")
            self._read[folder] = read_yaml(self._data, name) if name in self._data else None
            self._require_sayable(folder)
        return self._read[folder]

    def arguments(self, name: str) -> dict[str, Any]:
        """Return a test's own arguments of the checker and of the program, as fields of its test."""
        args = self._legacy_arguments(name) if self._legacy else self._draft_arguments(name)
        own = self._program_arguments(name)
        return {**({} if args is None else {"checker_args": args}), **({"args": own} if own else {})}

    def _program_arguments(self, name: str) -> list[str]:
        """Read the arguments of a test's run: its file ``NAME.args``, or the nearest settings that have ``args``."""
        if f"{name}.args" in self._data:
            return words(self._data.text(f"{name}.args"), f"{self._data.where}/{name}.args")
        if self._legacy:
            return []
        args = next((each["args"] for each in self._nearest(name) if "args" in each), None)
        return words(args, f"{self._data.where}/{name}: args")

    def _legacy_arguments(self, name: str) -> list[str] | None:
        """Read the flags of the nearest group with settings."""
        settings = next((each for folder in _above(name) if (each := self.group(folder)) is not None), {})
        flags = settings.get("output_validator_flags")
        where = f"{self._data.where}: {self._file}: output_validator_flags"
        if isinstance(flags, dict):
            raise PackageFault(f"{where}: chooses one of several validators; a suite has one")
        return words(flags, where) or None

    def _draft_arguments(self, name: str) -> list[str] | None:
        key = "output_validator_args"
        args = next((each[key] for each in self._nearest(name) if each.get(key) is not None), None)
        return words(args, f"{self._data.where}/{name}: {key}") or None

    def _nearest(self, name: str) -> Iterator[Mapping[str, Any]]:
        """Yield the settings of a test, of its group, of those above."""
        yield read_yaml(self._data, f"{name}.yaml") if f"{name}.yaml" in self._data else {}
        yield from (self.group(folder) or {} for folder in _above(name))

    def _require_sayable(self, folder: str) -> None:
        settings = self._read[folder] or {}
        where = f"{self._data.where}/{folder}: {self._file}"
        if settings.get("static_validation"):
            raise PackageFault(f"{where}: static_validation: a suite judges outputs, not sources")
        if settings.get("grading") == "custom":
            raise PackageFault(
                f"{where}: grading: custom: a grader of the package adds the points up; a suite has none"
            )
        mapping(settings.get("scoring"), f"{where}: scoring")


def _above(name: str) -> Iterator[str]:
    """Yield the folders that a test lies in, the nearest first, and the whole data at last."""
    while "/" in name:
        name = name.rpartition("/")[0]
        yield name
    yield ""
