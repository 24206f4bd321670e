"""Test cases of a DMOJ package: a list, batches, or all files that are named as such, and how they count."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from trainer_client.packages.dmoj_checkers import DmojCheckers
from trainer_client.packages.dmoj_generator import DmojGenerators
from trainer_client.packages.files import MAX_FILES, PackageFault, PackageFiles
from trainer_client.packages.package import wire_text
from trainer_client.packages.yaml_file import mapping, number

_NUMBERS = r".*?(?:(?:^|\W)(?P<batch>\d+)[^\d\s]+)?(?P<case>\d+)[^\d\s]*$"
_INPUT, _OUTPUT = re.compile(rf"^(?=.*?\.in|in){_NUMBERS}"), re.compile(rf"^(?=.*?\.out|out){_NUMBERS}")
"""The names that DMOJ takes for inputs and outputs where a package does not say (problem format, "regexes")."""
_MAX_NAME = 255
_Numbers = tuple[int | None, int]
"""The numbers of batch and case in a name."""
_WITHOUT_SUITE = ("time_limit", "memory_limit", "custom_judge", "file_io")
"""Settings that a suite has for all tests alike."""


@dataclass(frozen=True, slots=True)
class _Case:
    """A test, the name of what it counts with, and its weight there."""

    name: str
    input: str | None
    output: str | None
    group: str
    weight: float
    checker_args: list[str] | None


class DmojTests:
    """The cases of ``test_cases``."""

    def __init__(
        self, data: PackageFiles, facts: Mapping[str, Any], checkers: DmojCheckers, generators: DmojGenerators
    ) -> None:
        self._data, self._facts, self._checkers, self._generators = data, facts, checkers, generators
        self._count = 0
        self._requires: dict[str, list[str]] = {}
        self._pretests: list[str] = []
        """Groups worth nothing: with one that fails, judging ends."""
        self._batches: list[str] = []
        self._cases = [*self._part("pretest_test_cases"), *self._part("test_cases")]
        if not self._cases:
            raise PackageFault("init.yml: there are no test cases")
        self.points = sum(case.weight for case in self._cases)
        if not self.points:
            raise PackageFault("init.yml: no test case is worth any points")

    @property
    def case_names(self) -> list[str]:
        """The tests' names, in order."""
        return [case.name for case in self._cases]

    def fields(self) -> dict[str, Any]:
        """Return the fields of the suite."""
        groups = {group: {"requires": others} for group, others in self._requires.items() if others}
        return {"tests": [self._test(case) for case in self._cases], **({"groups": groups} if groups else {})}

    def _test(self, case: _Case) -> dict[str, Any]:
        return {
            "name": case.name,
            "input": self._read(case.input),
            "output": self._read(case.output),
            "weight": case.weight,
            "group": case.group,
            **({} if case.checker_args is None else {"checker_args": case.checker_args}),
        }

    def _read(self, name: str | None) -> str | dict[str, str]:
        return "" if name is None else wire_text(self._data.read(name))

    def _part(self, key: str) -> Iterator[_Case]:
        written = self._facts.get(key)
        if written is None and key == "pretest_test_cases":
            return
        entries = written if isinstance(written, list) else self._entries_by_name(mapping(written, f"init.yml: {key}"))
        if len(entries) > MAX_FILES:
            raise PackageFault(f"init.yml: {key}: has more than {MAX_FILES} cases")
        label = "pretest " if key != "test_cases" else ""
        for place, entry in enumerate(entries, 1):
            where = f"init.yml: {key}[{place}]"
            yield from self._of_entry(mapping(entry, where), f"{label}{place}", where, label != "")

    def _of_entry(self, entry: Mapping[str, Any], group: str, where: str, pretest: bool) -> Iterator[_Case]:
        _require_sayable(entry, where)
        points = number(entry.get("points", self._facts.get("points", 0 if pretest else 1)), f"{where}: points") or 0.0
        batch = entry.get("batched")
        cases = [(group, entry)] if batch is None else self._batch(batch, group, where)
        required = [*self._pretests, *self._dependencies(entry, where)]
        if required:
            self._requires[group] = required
        if batch is not None:
            self._batches.append(group)
        if not points:
            self._pretests.append(group)
        common = {key: self._facts[key] for key in ("in", "out") if key in self._facts}
        for name, own in cases:
            case = {**common, **entry, **own}
            written = case.get("checker")
            args = None if written is None else self._checkers.of_case(written, where)
            self._generators.add(case, where, self._count)
            self._count += 1
            yield _Case(name, _name(case, "in"), _name(case, "out"), group, points / len(cases), args)

    def _batch(self, batch: Any, group: str, where: str) -> list[tuple[str, Mapping[str, Any]]]:
        if not isinstance(batch, list) or not batch:
            raise PackageFault(f"{where}: batched: must be a list of cases")
        cases = [mapping(each, f"{where}: batched") for each in batch]
        for case in cases:
            _require_sayable(case, f"{where}: batched")
        return [(f"{group}.{number_in}", case) for number_in, case in enumerate(cases, 1)]

    def _dependencies(self, entry: Mapping[str, Any], where: str) -> list[str]:
        """Return the groups of the batches that a batch depends on, which are counted from 1."""
        numbers = entry.get("dependencies") or []
        if not isinstance(numbers, list) or not all(isinstance(each, int) for each in numbers):
            raise PackageFault(f"{where}: dependencies: must be a list of numbers of batches")
        if wrong := next((each for each in numbers if not 0 < each <= len(self._batches)), None):
            raise PackageFault(f"{where}: dependencies: there is no batch {wrong} before this one")
        return [self._batches[each - 1] for each in numbers]

    def _entries_by_name(self, settings: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the cases of files that are named as inputs and outputs, as DMOJ finds them where none are listed."""
        for key in ("input_format", "output_format"):
            if settings.get(key):
                raise PackageFault(f"init.yml: test_cases: {key}: a pattern of its own; list the cases instead")
        inputs, outputs = _by_numbers(self._data, _INPUT), _by_numbers(self._data, _OUTPUT)
        batches: dict[int, list[dict[str, Any]]] = {}
        is_batch: dict[int, bool] = {}
        for (batch, case), name in sorted(inputs.items(), key=_sort_key):
            number_of = case if batch is None else batch
            is_batch[number_of] = batch is not None
            batches.setdefault(number_of, []).append({"in": name, "out": outputs.get((batch, case))})
        points = settings.get("case_points")
        points = points if isinstance(points, list) else []
        return [
            {**({"batched": cases} if is_batch[key] else cases[0]), **({} if worth is None else {"points": worth})}
            for (key, cases), worth in zip_longest(sorted(batches.items()), points[: len(batches)])
        ]


def _by_numbers(data: PackageFiles, pattern: re.Pattern[str]) -> dict[_Numbers, str]:
    """Return the names that match a pattern, by the numbers of batch and case in them."""
    names: dict[_Numbers, str] = {}
    for name in data:
        match = pattern.match(name) if len(name) <= _MAX_NAME else None
        if match is not None:
            names[None if match["batch"] is None else int(match["batch"]), int(match["case"])] = name
    return names


def _sort_key(entry: tuple[_Numbers, str]) -> tuple[int, int]:
    """Sort a case without a batch as if its own number were that of its batch."""
    batch, case = entry[0]
    return (case if batch is None else batch, case)


def _require_sayable(entry: Mapping[str, Any], where: str) -> None:
    for key in _WITHOUT_SUITE:
        if entry.get(key) is not None:
            raise PackageFault(f"{where}: {key}: of one case; a suite has it for all tests")
    if dynamic := next((key for key in entry if key.endswith("++") or "." in key), None):
        raise PackageFault(f"{where}: {dynamic}: a dynamic key; write the cases out")


def _name(case: Mapping[str, Any], key: str) -> str | None:
    name = case.get(key)
    return None if name is None else str(name)
