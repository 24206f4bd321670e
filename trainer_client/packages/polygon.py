"""Polygon's full packages: ``problem.xml``, tests with their answers, checker, interactor, solutions with tags."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any
from xml.etree import ElementTree

from evaluator.schema.shapes import limits
from trainer_client.packages.files import MAX_FILES, PackageFault, PackageFiles
from trainer_client.packages.icpc_submissions import LEGACY
from trainer_client.packages.package import FAILURES, Demand, Package, PackageSubmission, by_label, verdicts, wire_text
from trainer_client.packages.programs import is_python_2

_PATTERN = re.compile(r"[^%]*%0?\d?d[^%]*")
"""A path with the number of a test, such as ``tests/%02d.a``."""
_DOCTYPE = re.compile(rb"<!(DOCTYPE|ENTITY)")
_TYPES: Mapping[str, str] = {
    "c.": "c", "cpp.": "cpp", "java": "java", "python.pypy": "pypy", "python.pypy2": "", "python.2": "",
    "python.": "python", "kotlin": "kotlin", "go": "go", "rust": "rust", "csharp": "csharp", "pas.": "pascal",
    "delphi": "pascal", "js": "javascript", "haskell": "haskell", "php": "php", "ruby": "ruby", "perl": "perl",
}  # fmt: skip
"""Languages of the service by the beginnings of Polygon's types of sources, "" if it has none. The longest counts."""
_HEADERS = (".h", ".hpp", ".hh")
_TAGS = by_label(
    Demand("main", permitted=verdicts("AC")),
    LEGACY["accepted"],
    Demand("rejected", required=verdicts(*FAILURES)),
    Demand("failed", required=verdicts(*FAILURES)),
    Demand("wrong-answer", permitted=verdicts("AC", "WA"), required=verdicts("WA")),
    Demand("presentation-error", permitted=verdicts("AC", "WA"), required=verdicts("WA")),
    Demand("time-limit-exceeded", permitted=verdicts("AC", "TLE"), required=verdicts("TLE")),
    Demand("time-limit-exceeded-or-accepted", permitted=verdicts("AC", "TLE")),
    Demand("time-limit-exceeded-or-memory-limit-exceeded", required=verdicts("TLE", "MLE")),
    Demand("memory-limit-exceeded", required=verdicts("MLE")),
)


def is_polygon(files: PackageFiles) -> bool:
    """Tell whether files are of a package of Polygon's."""
    return "problem.xml" in files


def read_polygon(files: PackageFiles, name: str) -> Package:
    """Read a full package.

    Raises:
        PackageFault: it is damaged, has no tests, or a feature that a suite cannot say.
    """
    problem = _read_xml(files)
    judging = problem.find("judging")
    if judging is None:
        raise PackageFault("problem.xml: has no judging")
    names = _file_names(judging)
    testset = _testset(judging)
    tests = _PolygonTests(files, testset)
    return Package(
        format="polygon",
        name=problem.get("short-name") or name,
        fields={**_judges(files, problem, tests.unit), **names, **tests.fields()},
        limits=_limits(testset),
        submissions=tuple(_solutions(files, problem)),
        title=_title(problem),
        statement=_statement(files),
        points=tests.points,
    )


def _read_xml(files: PackageFiles) -> ElementTree.Element:
    data = files.read("problem.xml")
    if _DOCTYPE.search(data):
        raise PackageFault("problem.xml: defines entities, which Polygon's never does")
    try:
        return ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise PackageFault(f"problem.xml: not XML: {error}") from error


def _file_names(judging: ElementTree.Element) -> dict[str, str]:
    """Return the fields of a suite whose programs read and write files in the place of stdin and stdout.

    Raises:
        PackageFault: a solution runs several times.
    """
    if judging.get("run-count", "1") != "1":
        raise PackageFault(
            "problem.xml: judging run-count: a solution runs several times; a suite of testlib has one run"
        )
    names = {"input_file": judging.get("input-file", "stdin"), "output_file": judging.get("output-file", "stdout")}
    return {field: name for field, name in names.items() if name not in ("", "stdin", "stdout")}


def _testset(judging: ElementTree.Element) -> ElementTree.Element:
    sets = judging.findall("testset")
    chosen = next((each for each in sets if each.get("name") == "tests"), sets[0] if sets else None)
    if chosen is None:
        raise PackageFault("problem.xml: judging has no testset")
    return chosen


def _limits(testset: ElementTree.Element) -> dict[str, Any]:
    milliseconds, memory = _number(testset, "time-limit"), _number(testset, "memory-limit")
    return limits(milliseconds / 1000, memory / 2**20) or {}


def _number(element: ElementTree.Element, name: str) -> float:
    text = element.findtext(name) or "0"
    try:
        return float(text)
    except ValueError as error:
        raise PackageFault(f"problem.xml: {name} is no number: {text[:40]!r}") from error


class _PolygonTests:
    """The tests of a testset, their points and groups."""

    def __init__(self, files: PackageFiles, testset: ElementTree.Element) -> None:
        self._files, self._testset = files, testset
        self._tests = testset.findall("tests/test") or [ElementTree.Element("test")] * int(
            _number(testset, "test-count")
        )
        if not 0 < len(self._tests) <= MAX_FILES:
            raise PackageFault("problem.xml: the testset has no tests")
        self._groups = {each.get("name", ""): each for each in testset.findall("groups/group")}
        self._has_points = any(test.get("points") is not None for test in self._tests)
        self._points = [self._points_of(test) for test in self._tests]
        self.points = sum(self._points) if self._has_points else 1.0

    def fields(self) -> dict[str, Any]:
        """Return the fields of the suite."""
        inputs, answers = self._paths("input-path-pattern"), self._paths("answer-path-pattern")
        tests = []
        for place, test in enumerate(self._tests):
            data = {"input": self._read(inputs[place]), "output": self._read(answers[place])}
            tests.append({"name": inputs[place], **data, **self._counting(place, test)})
        return {"tests": tests, **self._group_fields()}

    @property
    def unit(self) -> str:
        """Meaning of a checker's points: a part of the test's, if it has them for itself."""
        if not self._has_points:
            return "share"
        return "none" if any(not self._is_each(name) for name in self._groups) else "weight"

    def _paths(self, name: str) -> list[str]:
        pattern = self._testset.findtext(name) or ""
        if _PATTERN.fullmatch(pattern) is None:
            raise PackageFault(f"problem.xml: {name} {pattern[:80]!r} is no path with %d or %02d")
        return [pattern % (place + 1) for place in range(len(self._tests))]

    def _read(self, path: str) -> str | dict[str, str]:
        if path not in self._files:
            raise PackageFault(f"{path}: is missing: this is no full package; choose Full when you download it")
        return wire_text(self._files.read(path))

    def _points_of(self, test: ElementTree.Element) -> float:
        text = test.get("points") or "0"
        try:
            return float(text)
        except ValueError as error:
            raise PackageFault(f"problem.xml: points of a test: {text[:40]!r} is no number") from error

    def _counting(self, place: int, test: ElementTree.Element) -> dict[str, Any]:
        """Return a test's weight and group. Points of a group that counts as a whole are spread over its tests."""
        name = test.get("group")
        if not self._has_points:
            return {}
        if name is None or name not in self._groups:
            return {"weight": self._points[place]}
        if self._is_each(name):
            return {"weight": self._points[place], "group": name}
        members = [points for points, each in zip(self._points, self._tests, strict=True) if each.get("group") == name]
        return {"weight": sum(members) / len(members), "group": name}

    def _is_each(self, name: str) -> bool:
        return self._groups[name].get("points-policy") != "complete-group"

    def _group_fields(self) -> dict[str, Any]:
        present = {test.get("group") for test in self._tests}
        groups = {
            name: {
                "each_test": self._is_each(name),
                "requires": [each.get("group", "") for each in group.findall("dependencies/dependency")],
            }
            for name, group in self._groups.items()
            if name in present
        }
        return {"groups": groups} if self._has_points and groups else {}


def _judges(files: PackageFiles, problem: ElementTree.Element, points: str) -> dict[str, Any]:
    """Return the fields of the suite that say how outputs are judged: by the checker, after the interactor if there is
    one. ``points`` is the meaning of those that they give."""
    source = problem.find("assets/checker/source")
    if source is None:
        raise PackageFault("problem.xml: assets has no checker with a source")
    checker = {"kind": "program", **_program(files, source, "checker"), "points": points}
    talker = problem.find("assets/interactor/source")
    if talker is None:
        return {"mode": "stdio", "checker": checker}
    runs = problem.findtext("assets/interactor/runs") or "1"
    if runs != "1":
        raise PackageFault(
            "problem.xml: interactor runs: a solution runs several times; a suite of testlib has one run"
        )
    return {
        "mode": "interactive",
        "interactor": {**_program(files, talker, "interactor"), "points": points},
        "checker": checker,
    }


def _program(files: PackageFiles, source: ElementTree.Element, feature: str) -> dict[str, Any]:
    path, kind = source.get("path", ""), source.get("type", "")
    language = _language(kind)
    if not language:
        raise PackageFault(f"problem.xml: {feature}: sources of type {kind!r} are not offered")
    beside = {
        PurePosixPath(name).name: files.text(name)
        for name in files
        if name.startswith("files/") and name.endswith(_HEADERS)
    }
    return {
        "language": language,
        "files": {PurePosixPath(path).name: files.text(path), **beside},
        "protocol": "testlib",
    }


def _language(kind: str) -> str:
    prefix = max((each for each in _TYPES if kind.startswith(each)), key=len, default="")
    return _TYPES.get(prefix, "")


def _solutions(files: PackageFiles, problem: ElementTree.Element) -> Iterator[PackageSubmission]:
    for solution in problem.findall("assets/solutions/solution"):
        source, tag = solution.find("source"), solution.get("tag", "")
        if source is None:
            continue
        path, language = source.get("path", ""), _language(source.get("type", ""))
        if not language:
            yield PackageSubmission(path, obstacle=f"its language is not offered ({source.get('type')})")
            continue
        text = files.text(path)
        if is_python_2(text):
            yield PackageSubmission(path, obstacle="it is written in Python 2, which is not offered")
            continue
        demand = _TAGS.get(tag.lower().replace("_", "-"))
        yield PackageSubmission(path, language, text, () if demand is None else (demand,))


def _title(problem: ElementTree.Element) -> str:
    names = problem.findall("names/name")
    english = [each for each in names if each.get("language") == "english"]
    return next((each.get("value", "") for each in (*english, *names)), "")


def _statement(files: PackageFiles) -> str:
    texts = [name for name in files if re.fullmatch(r"statements?(-sections)?/\w+/(problem|legend)\.tex", name)]
    english = [name for name in texts if "/english/" in name]
    chosen = next(iter((*english, *texts)), None)
    return "" if chosen is None else files.read(chosen).decode("utf-8", "replace")
