"""Scoring groups of ICPC and Kattis packages, as weights of tests and groups of a suite.

A suite adds up tests, and groups that count once all of their tests pass. So a group of a package is one of two things:
a unit that is worth something as a whole, or a sum of what is in it. What is neither is a ``PackageFault``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trainer_client.packages.files import PackageFault
from trainer_client.packages.yaml_file import mapping, number, words

GroupSettings = Callable[[str], Mapping[str, Any] | None]
"""Returns the settings of a folder of the data, None if it has none."""
_MODES = ("sum", "avg", "min", "max")
_ALWAYS = ("always_accept", "accept_if_any_accepted")
_DEFAULT_SCORE = 100.0


@dataclass(slots=True)
class Counting:
    """The weight of each test, and the groups in which they count."""

    weights: dict[str, float]
    points: float = 1.0
    groups: dict[str, str] = field(default_factory=dict)
    """Of a test, the group that counts as a whole."""
    requires: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of_all(cls, names: Sequence[str]) -> Counting:
        """Return the counting of a problem without scores."""
        return cls(dict.fromkeys(names, 1.0))

    def of(self, name: str) -> dict[str, Any]:
        """Return the fields of a test."""
        group = {"group": self.groups[name]} if name in self.groups else {}
        weight = self.weights.get(name, 0.0)
        return group if weight == 1.0 else {"weight": weight, **group}

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of the suite."""
        return (
            {"groups": {name: {"requires": others} for name, others in self.requires.items()}} if self.requires else {}
        )

    def add_unit(self, folder: str, tests: Sequence[str], score: float) -> None:
        """Let tests count together for a score."""
        for name in tests:
            self.weights[name] = score / len(tests)
            self.groups[name] = folder

    def require_of_all(self, group: str, tests: Sequence[str]) -> None:
        """Let all other tests count only once those of a group pass."""
        for name in self.weights:
            if name in tests:
                self.groups[name] = group
            else:
                self.requires[self.groups.setdefault(name, name)] = [group]


@dataclass(frozen=True, slots=True)
class _Node:
    """A folder of the data: the tests directly in it, and the folders."""

    folder: str
    tests: tuple[str, ...]
    nodes: tuple[_Node, ...]

    @classmethod
    def of(cls, folder: str, names: Sequence[str]) -> _Node:
        prefix = f"{folder}/" if folder else ""
        inside = [name.removeprefix(prefix) for name in names if name.startswith(prefix)]
        direct = tuple(f"{prefix}{name}" for name in inside if "/" not in name)
        folders = dict.fromkeys(name.partition("/")[0] for name in inside if "/" in name)
        return cls(folder, direct, tuple(cls.of(f"{prefix}{name}", names) for name in folders))

    def all_tests(self) -> list[str]:
        return [*self.tests, *(name for node in self.nodes for name in node.all_tests())]


def legacy_counting(names: Sequence[str], settings: GroupSettings, where: str) -> Counting:
    """Return how tests count by the default grader of the legacy format.

    Raises:
        PackageFault: a suite cannot count so.
    """
    counting = Counting(dict.fromkeys(names, 0.0))
    reader = _LegacyGroups(settings, where)
    root = _Node.of("", names)
    nodes = {node.folder: node for node in root.nodes}
    sample = nodes.pop("sample", None)
    for node in nodes.values():
        reader.count(node, counting)
    if sample is not None and not reader.ignores_sample():
        reader.count(sample, counting)
        if not reader.accepts_anyway(""):
            counting.require_of_all("sample", sample.all_tests())
    counting.points = sum(counting.weights.values())
    if not counting.points:
        raise PackageFault(f"{where}: testdata.yaml: no test is worth any points")
    return counting


class _LegacyGroups:
    """Groups as ``testdata.yaml`` describes them: the nearest one above a folder holds."""

    def __init__(self, settings: GroupSettings, where: str) -> None:
        self._settings, self._where = settings, where

    def ignores_sample(self) -> bool:
        """Tell whether the samples count nothing."""
        return "ignore_sample" in self._flags("")

    def count(self, node: _Node, counting: Counting) -> None:
        """Let a group's tests count: by themselves where the group accepts whatever happens, else all together."""
        if self.accepts_anyway(node.folder):
            if self._mode(node.folder) == "max" and len(node.tests) + len(node.nodes) > 1:
                raise self._fault(node.folder, "max: the best of several counts; a suite adds them up")
            if self._mode(node.folder) == "min":
                self._count_together(node, counting)
                return
            share = len(node.tests) + len(node.nodes) if self._mode(node.folder) == "avg" else 1
            for name in node.tests:
                counting.weights[name] = self._worth(node.folder) / share
            if share > 1 and node.nodes:
                raise self._fault(node.folder, "avg: the average of groups; a suite adds them up")
            for inner in node.nodes:
                self.count(inner, counting)
        else:
            self._count_together(node, counting)

    def _count_together(self, node: _Node, counting: Counting) -> None:
        counting.add_unit(node.folder, node.all_tests(), self._whole(node))

    def _whole(self, node: _Node) -> float:
        """Return what a group is worth once all of it is accepted."""
        scores = [*(self._worth(node.folder) for _ in node.tests), *map(self._whole_of_inner, node.nodes)]
        match self._mode(node.folder):
            case "min":
                return min(scores)
            case "max":
                return max(scores)
            case "avg":
                return sum(scores) / len(scores)
            case _:
                return sum(scores)

    def _whole_of_inner(self, node: _Node) -> float:
        if self.accepts_anyway(node.folder):
            raise self._fault(node.folder, "a group that accepts anything, in one that accepts only as a whole")
        return self._whole(node)

    def _worth(self, folder: str) -> float:
        """Return the points of an accepted test in a group."""
        settings = self._nearest(folder)
        rejected = number(settings.get("reject_score"), f"{self._where}/{folder}: reject_score") or 0.0
        if rejected:
            raise self._fault(folder, f"reject_score {rejected:g}: a test that fails is worth nothing in a suite")
        score = number(settings.get("accept_score"), f"{self._where}/{folder}: accept_score")
        score = 1.0 if score is None else score
        if score < 0:
            raise self._fault(folder, f"accept_score {score:g}: a suite has no negative points")
        return score

    def accepts_anyway(self, folder: str) -> bool:
        """Tell whether a group is accepted whatever its tests get."""
        return any(flag in _ALWAYS for flag in self._flags(folder))

    def _mode(self, folder: str) -> str:
        return next((flag for flag in reversed(self._flags(folder)) if flag in _MODES), "sum")

    def _flags(self, folder: str) -> list[str]:
        return words(self._nearest(folder).get("grader_flags"), f"{self._where}/{folder}: grader_flags")

    def _nearest(self, folder: str) -> Mapping[str, Any]:
        while (settings := self._settings(folder)) is None and folder:
            folder = folder.rpartition("/")[0]
        return settings or {}

    def _fault(self, folder: str, reason: str) -> PackageFault:
        return PackageFault(f"{self._where}/{folder}: testdata.yaml: {reason}")


def draft_counting(names: Sequence[str], settings: GroupSettings, where: str) -> Counting:
    """Return how tests count by the ``scoring`` of 2023-07.

    Raises:
        PackageFault: a suite cannot count so.
    """
    counting = Counting(dict.fromkeys(names, 0.0))
    secret = _Node.of("secret", names)
    if not secret.all_tests():
        raise PackageFault(f"{where}/secret: has no tests")
    groups = _DraftGroups(settings, where, {"sample": _Node.of("sample", names).all_tests()})
    counting.points = groups.score(secret.folder, _DEFAULT_SCORE)
    groups.count(secret, counting.points, counting)
    groups.add_requirements(counting)
    return counting


class _DraftGroups:
    """Groups as ``test_group.yaml`` describes them."""

    def __init__(self, settings: GroupSettings, where: str, tests_of: dict[str, list[str]]) -> None:
        self._settings, self._where = settings, where
        self._tests_of = tests_of
        """Tests by the groups that others may require."""
        self._units: dict[str, list[str]] = {}
        """By a folder, the groups of the suite that its tests count in."""

    def score(self, folder: str, default: float) -> float:
        """Return the maximum score of a group."""
        written = self._scoring(folder).get("score")
        if written == "unbounded":
            raise self._fault(folder, "score: unbounded: a suite's score is at most 1")
        score = number(written, f"{self._where}/{folder}: score")
        return default if score is None else score

    def count(self, node: _Node, score: float, counting: Counting) -> None:
        """Let a group's tests count for its score."""
        self._tests_of[node.folder] = node.all_tests()
        default = "sum" if node.folder == "secret" else "pass-fail"
        aggregation = self._scoring(node.folder).get("aggregation", default)
        if aggregation == "sum":
            self._count_parts(node, score, counting)
        elif aggregation == "pass-fail" or not self._has_sums(node):
            counting.add_unit(node.folder, node.all_tests(), score)
            for inner in node.nodes:
                self._tests_of[inner.folder] = inner.all_tests()
        else:
            raise self._fault(node.folder, f"aggregation {aggregation} of groups that are sums: a suite cannot say it")

    def _count_parts(self, node: _Node, score: float, counting: Counting) -> None:
        stated = {inner.folder: self.score(inner.folder, -1.0) for inner in node.nodes}
        rest = score - sum(each for each in stated.values() if each >= 0)
        parts = len(node.tests) + sum(each < 0 for each in stated.values())
        if rest < 0:
            raise self._fault(node.folder, "score: its groups are worth more than it is")
        for name in node.tests:
            counting.weights[name] = rest / parts
        for inner in node.nodes:
            worth = stated[inner.folder] if stated[inner.folder] >= 0 else rest / parts
            self.count(inner, worth, counting)

    def _has_sums(self, node: _Node) -> bool:
        return any(
            self._scoring(inner.folder).get("aggregation") == "sum" or self._has_sums(inner) for inner in node.nodes
        )

    def add_requirements(self, counting: Counting) -> None:
        """Let groups count only once those pass that they require."""
        for folder in list(self._tests_of):
            required = words(self._scoring(folder).get("require_pass"), f"{self._where}/{folder}: require_pass")
            for other in required:
                self._require(folder, other, counting)

    def _require(self, folder: str, other: str, counting: Counting) -> None:
        own = {counting.groups.get(name) for name in self._tests_of[folder]}
        if own != {folder}:
            raise self._fault(folder, "require_pass: only of a group that counts as a whole")
        tests = self._tests_of.get(other) or [name for name in counting.weights if name == other]
        if not tests:
            raise self._fault(folder, f"require_pass: there is no group or test {other!r}")
        for name in tests:
            counting.groups.setdefault(name, name)
        counting.requires.setdefault(folder, []).extend(sorted({counting.groups[name] for name in tests}))

    def _scoring(self, folder: str) -> Mapping[str, Any]:
        return mapping((self._settings(folder) or {}).get("scoring"), f"{self._where}/{folder}: scoring")

    def _fault(self, folder: str, reason: str) -> PackageFault:
        return PackageFault(f"{self._where}/{folder}: test_group.yaml: scoring: {reason}")
