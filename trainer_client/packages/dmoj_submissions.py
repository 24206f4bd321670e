"""The programs that DMOJ's own packages are tried with: ``tests/NAME/test.yml``, with what each is to get."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from trainer_client.packages.files import PackageFault, PackageFiles
from trainer_client.packages.package import Demand, PackageSubmission, verdicts
from trainer_client.packages.programs import language_of
from trainer_client.packages.yaml_file import mapping, number, read_yaml

_SHORT_CIRCUIT = "SC"
_KINDS = {"AC": "AC", "WA": "WA", "TLE": "TLE", "MLE": "MLE", "OLE": "OLE", "RTE": "RTE", "IR": "RTE", "CE": "CE",
          "IE": "IE"}  # fmt: skip
_LANGUAGES: Mapping[str, str] = {
    r"CPP\d*|CLANGX": "cpp", r"C(11)?|CLANG": "c", r"PY3": "python", r"PYPY3": "pypy", r"PY2|PYPY": "",
    r"JAVA\d*": "java", r"V8JS": "javascript", r"GO": "go", r"RUST": "rust", r"RUBY\d*": "ruby", r"PHP": "php",
    r"PERL": "perl", r"LUA": "lua", r"HASK": "haskell", r"PAS": "pascal", r"KOTLIN": "kotlin", r"MONOCS": "csharp",
}  # fmt: skip
"""DMOJ's names of languages, and the service's; "" if it has none."""


def read_tests_folder(tests: PackageFiles, names: Sequence[str]) -> Iterator[PackageSubmission]:
    """Yield the programs in ``tests``. ``names`` are those of the suite's tests.

    Raises:
        PackageFault: a ``test.yml`` cannot be read.
    """
    for name in tests.folders():
        folder = tests.below(name)
        if "test.yml" in folder:
            yield _submission(f"tests/{name}", folder, names)


def _submission(path: str, folder: PackageFiles, names: Sequence[str]) -> PackageSubmission:
    facts = read_yaml(folder, "test.yml")
    source = facts.get("source")
    if not isinstance(source, str):
        return PackageSubmission(path, obstacle="its test.yml names several sources, or none")
    language = _language(str(facts.get("language", "")), source)
    if not language:
        return PackageSubmission(path, obstacle=f"its language is not offered ({facts.get('language')})")
    limits = {"cpu_s": number(facts.get("time"), f"{path}: time")} if facts.get("time") else {}
    if facts.get("memory"):
        limits["memory_mb"] = max(8, int(number(facts["memory"], f"{path}: memory") or 0) // 1024)
    points = number(facts.get("points"), f"{path}: points")
    worth = () if points is None else (Demand(f"{points:g} points", score=(points, points)),)
    demands = (*_demands_of(facts, names, path), *worth)
    return PackageSubmission(path, language, folder.text(source), demands, limits=limits)


def _demands_of(facts: Mapping[str, Any], names: Sequence[str], path: str) -> Iterator[Demand]:
    """Yield what is expected: of the whole by ``expect``, and of single cases, by their numbers, by ``cases``."""
    cases = facts.get("cases")
    if isinstance(cases, list):
        cases = dict(enumerate(cases, 1))
    if "expect" in facts or not cases:
        yield _overall(facts.get("expect", "AC"), path)
    for place, codes in mapping(cases, f"{path}: cases").items():
        words = _codes(codes, path)
        if words != [_SHORT_CIRCUIT] and place.isdigit() and 0 < int(place) <= len(names):
            covers = partial(str.__eq__, names[int(place) - 1])
            yield Demand(f"{place}: {'/'.join(words)}", permitted=verdicts(*_kinds(words, path)), covers=covers)


def _overall(codes: Any, path: str) -> Demand:
    words = _codes(codes, path)
    kinds = _kinds(words, path)
    if kinds == ["AC"]:
        return Demand("AC", permitted=verdicts("AC"))
    if kinds in (["CE"], ["IE"]):
        return Demand(kinds[0], overall=verdicts(*kinds))
    return Demand("/".join(words), required=verdicts(*kinds))


def _codes(codes: Any, path: str) -> list[str]:
    words = [codes] if isinstance(codes, str) else codes
    if not isinstance(words, list) or not words or not all(isinstance(each, str) for each in words):
        raise PackageFault(f"{path}/test.yml: {codes!r} is no code of a verdict"[:200])
    return words


def _kinds(words: Sequence[str], path: str) -> list[str]:
    if wrong := next((each for each in words if each not in (*_KINDS, _SHORT_CIRCUIT)), None):
        raise PackageFault(f"{path}/test.yml: {wrong!r} is no code of a verdict: {', '.join(_KINDS)}")
    return [_KINDS[each] for each in words if each in _KINDS]


def _language(code: str, source: str) -> str:
    known = (language for pattern, language in _LANGUAGES.items() if re.fullmatch(pattern, code))
    return next(known, language_of(source) or "")
