"""ICPC and Kattis problem packages, formats ``legacy`` and ``2023-07``: ``problem.yaml`` and what judges an output.

The specification is https://www.kattis.com/problem-package-format/. What a suite cannot say is a ``PackageFault``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from evaluator.schema.shapes import limits
from trainer_client.packages.files import PackageFault, PackageFiles
from trainer_client.packages.icpc_submissions import LANGUAGE_CODES, read_submissions
from trainer_client.packages.icpc_tests import read_tests
from trainer_client.packages.package import Package, PackageSubmission, TimeRule
from trainer_client.packages.programs import LANGUAGES, author_program, language_of
from trainer_client.packages.yaml_file import mapping, number, read_yaml, words

_TIME_OF_INI = re.compile(r"""^\s*timelimit\s*=\s*['"]?([\d.]+)""", re.MULTILINE)
_MARKS = ("problem.yaml", "domjudge-problem.ini")
"""Files by one of which a package is known. DOMjudge is content with the second."""
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_CONSTANT = re.compile(r"\{\{([a-zA-Z_]\w*(?:\.[a-zA-Z_]\w*)?)\}\}")
_SERVICE_VALIDATION = {"validation_time": 30, "validation_memory": 2048, "validation_output": 64}
"""Bounds of the service for validators: seconds, MiB, MiB."""
_DEFAULT_MEMORY_MB = 2048
_LEGACY_FACTOR, _DRAFT_FACTOR = 5.0, 2.0
_DEFAULT_PASSES = 2
_WITHOUT_SUITE = {
    "static_validator": "a validator of submissions' sources; a suite judges outputs",
}


@dataclass(frozen=True, slots=True)
class Metadata:
    """The part of ``problem.yaml`` that decides how a package is judged."""

    facts: Mapping[str, Any]
    legacy: bool
    scoring: bool
    interactive: bool
    multi_pass: bool
    custom: bool | None
    """True if the outputs are judged by a program of the package; None: if there is one."""
    constants: Mapping[str, str]

    @property
    def limits(self) -> Mapping[str, Any]:
        """The limits as written."""
        return mapping(self.facts.get("limits"), "problem.yaml: limits")


def is_icpc(files: PackageFiles) -> bool:
    """Tell whether files are of a package in this format."""
    return any(name in files for name in _MARKS)


def read_icpc(files: PackageFiles, name: str) -> Package:
    """Read a package.

    Raises:
        PackageFault: it is damaged, or has a feature that a suite cannot say.
    """
    metadata = read_metadata(files)
    files = _with_constants(files, metadata.constants)
    for folder, reason in _WITHOUT_SUITE.items():
        if any(files.below(folder)):
            raise PackageFault(f"{files.where}/{folder}: {reason}")
    fields = {**_judging(files, metadata), **included(files.below("include"))}
    tests = read_tests(files, metadata.legacy, metadata.scoring, needs_answers=not metadata.interactive)
    stated = stated_limits(files, metadata)
    return Package(
        format="legacy" if metadata.legacy else "2023-07",
        name=name,
        fields=_with_arguments({**fields, **tests.fields}),
        limits=stated,
        submissions=tuple(_named(read_submissions(files, metadata.legacy), "include" in fields)),
        title=_title(metadata.facts),
        statement=_statement(files),
        license=str(metadata.facts.get("license") or "unknown").lower(),
        points=tests.points,
        time_rule=None if "cpu_s" in stated else _time_rule(metadata),
        defaults={"memory_mb": _DEFAULT_MEMORY_MB},
        notes=tuple(_notes(metadata)),
    )


def included(folder: PackageFiles) -> dict[str, Any]:
    """Return the field of a suite that has the files in ``include/LANGUAGE``, which belong to every submission.

    Raises:
        PackageFault: a folder is none of a known language.
    """
    include: dict[str, dict[str, str]] = {}
    for code in folder.folders():
        language = "default" if code == "default" else LANGUAGE_CODES.get(code, code)
        if language != "default" and language not in LANGUAGES.values():
            raise PackageFault(f"{folder.where}/{code}: is no code of a language that is known")
        below = folder.below(code)
        include[language] = {name: below.text(name) for name in below}
    return {"include": include} if include else {}


def _named(submissions: Iterator[PackageSubmission], included: bool) -> Iterator[PackageSubmission]:
    """Yield submissions under their own names, by which files that are ``included`` know them."""
    for each in submissions:
        name = each.name.rpartition("/")[2]
        yield replace(each, code="", files={name: each.code}) if included and each.code else each


def _with_arguments(fields: dict[str, Any]) -> dict[str, Any]:
    """Put the validator's flags of groups behind those of the package, and where all tests have the same, into the
    checker itself."""
    place = "interactor" if "interactor" in fields else "checker"
    judge, tests = fields[place], fields["tests"]
    own = {tuple(test.get("checker_args") or ()) for test in tests}
    if len(own) == 1:
        plain = [{key: value for key, value in test.items() if key != "checker_args"} for test in tests]
        return {**fields, place: {**judge, "args": (*judge["args"], *own.pop())}, "tests": plain}
    longer = [{**test, "checker_args": [*judge["args"], *(test.get("checker_args") or ())]} for test in tests]
    return {**fields, "tests": longer}


def read_metadata(files: PackageFiles) -> Metadata:
    """Read ``problem.yaml``.

    Raises:
        PackageFault: it is damaged, or asks for what a suite cannot say.
    """
    facts = read_yaml(files, "problem.yaml") if "problem.yaml" in files else {}
    version = str(facts.get("problem_format_version") or "legacy")
    legacy = version.startswith("legacy")
    if not legacy and not re.match(r"20\d\d-\d\d|draft", version):
        raise PackageFault(f"problem.yaml: problem_format_version {version!r} is not known: legacy, 2023-07")
    kinds = set(words(facts.get("type"), "problem.yaml: type"))
    validation = set(words(facts.get("validation"), "problem.yaml: validation")) if legacy else set()
    if "submit-answer" in kinds:
        raise PackageFault("problem.yaml: type submit-answer: submissions are answers, and not programs")
    if "score" in validation:
        raise PackageFault(
            "problem.yaml: validation score: the validator gives points without a maximum; a suite has shares"
        )
    if mapping(facts.get("grading"), "problem.yaml: grading").get("objective") == "min":
        raise PackageFault("problem.yaml: grading objective min: a low score is a good one; a suite has no such score")
    return Metadata(
        facts,
        legacy,
        scoring="scoring" in kinds,
        interactive="interactive" in kinds | validation,
        multi_pass="multi-pass" in kinds | validation,
        custom="custom" in validation if legacy and validation else None,
        constants=dict(_constants(mapping(facts.get("constants"), "problem.yaml: constants"))),
    )


def _constants(written: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the constants' names and values: ``NAME``, and ``NAME.FORM`` of one that is written in several forms."""
    for name, value in written.items():
        forms = value if isinstance(value, dict) else {"value": value}
        for form, text in forms.items():
            yield (name if form == "value" else f"{name}.{form}"), str(text)


def stated_limits(files: PackageFiles, metadata: Metadata) -> dict[str, Any]:
    """Return the limits that a package states, in a suite's form."""
    written = metadata.limits
    time = number(written.get("time_limit"), "time_limit") or number(written.get("time"), "time") or _time_beside(files)
    stated = limits(time, number(written.get("memory"), "memory")) or {}
    output = number(written.get("output"), "output")
    return {**stated, "output_mb": max(1, min(int(output), 1024))} if output else stated


def _with_constants(files: PackageFiles, constants: Mapping[str, str]) -> PackageFiles:
    """Replace the constants' names by their values in validators and settings, as the format has it. Submissions know
    no constants, like those of contestants."""
    if not constants:
        return files

    def replaced(name: str) -> bytes:
        text = files.readers[name]().decode("utf-8", "surrogateescape")
        filled = _CONSTANT.sub(lambda match: constants.get(match[1], match[0]), text)
        return filled.encode("utf-8", "surrogateescape")

    places = ("output_validator", "output_validators")
    readers = {
        name: (lambda name=name: replaced(name))  # type: ignore[misc]
        if name.partition("/")[0] in places or name.endswith("test_group.yaml")
        else read
        for name, read in files.readers.items()
    }
    return replace(files, readers=readers)


def _judging(files: PackageFiles, metadata: Metadata) -> dict[str, Any]:
    """Return the fields of the suite that say how outputs are judged."""
    flags = tuple(words(metadata.facts.get("validator_flags"), "problem.yaml: validator_flags"))
    validator = _validator(files, metadata)
    if validator is None:
        if metadata.interactive or metadata.multi_pass:
            raise PackageFault(f"{files.where}: an interactive or multi-pass problem, and no output validator")
        return {"mode": "stdio", "checker": {"kind": "icpc_default", "args": flags}}
    points = "share" if metadata.scoring and not metadata.legacy else "none"
    program = {**author_program(validator, "output validator"), "args": flags, "protocol": "icpc", "points": points}
    if metadata.scoring and any("score.txt" in text for text in program["files"].values()):
        raise PackageFault(
            f"{validator.where}: the validator writes score.txt: points without a maximum; a suite has shares"
        )
    passes = metadata.limits.get("validation_passes") or _DEFAULT_PASSES
    fields: dict[str, Any] = {"passes": passes} if metadata.multi_pass else {}
    if metadata.interactive:
        return {**fields, "mode": "interactive", "interactor": program}
    return {**fields, "mode": "stdio", "checker": {"kind": "program", **program}}


def _validator(files: PackageFiles, metadata: Metadata) -> PackageFiles | None:
    """Return the files of the output validator, None if the default one judges."""
    if metadata.custom is False:
        return None
    for name in ("output_validator", "output_validators"):
        folder = files.below(name)
        programs = list(_programs(folder))
        if len(programs) > 1:
            raise PackageFault(f"{folder.where}: has {len(programs)} validators; a suite has one checker")
        if programs:
            return programs[0]
    if metadata.custom:
        raise PackageFault(f"{files.where}: problem.yaml says validation: custom, and there is no output validator")
    return None


def _programs(folder: PackageFiles) -> Iterator[PackageFiles]:
    """Yield the programs in a folder of validators: each folder is one, each source file is one, and a folder with
    headers, scripts or a package's parts is one itself."""
    direct = folder.direct()
    sources = [name for name in direct if language_of(name) is not None]
    parts = [name for name in direct if name in ("build", "run", "__main__.py") or name.endswith((".h", ".hpp", ".hh"))]
    if parts or len(sources) > 1:
        yield folder
        return
    if sources:
        yield replace(folder, readers={sources[0]: folder.readers[sources[0]]})
    for name in folder.folders():
        below = folder.below(name)
        if any(language_of(each) is not None for each in below) or any(each in below for each in ("build", "run")):
            yield below


def _time_rule(metadata: Metadata) -> TimeRule:
    written = metadata.limits
    if metadata.legacy:
        return TimeRule(number(written.get("time_multiplier"), "time_multiplier") or _LEGACY_FACTOR)
    multipliers = mapping(written.get("time_multipliers"), "problem.yaml: limits: time_multipliers")
    factor = number(multipliers.get("ac_to_time_limit"), "ac_to_time_limit") or _DRAFT_FACTOR
    return TimeRule(factor, number(written.get("time_resolution"), "time_resolution") or 1.0)


def _time_beside(files: PackageFiles) -> float | None:
    """Read the time limit from files beside ``problem.yaml``: Kattis' ``.timelimit`` or DOMjudge's ini."""
    ini = files.text("domjudge-problem.ini") if "domjudge-problem.ini" in files else ""
    stated = _TIME_OF_INI.search(ini)
    plain = files.text(".timelimit").strip() if ".timelimit" in files else ""
    text = stated[1] if stated else plain
    return float(text) if _NUMBER.fullmatch(text) else None


def _title(facts: Mapping[str, Any]) -> str:
    name = facts.get("name")
    return str(next(iter(name.values()), "")) if isinstance(name, dict) else str(name or "")


def _statement(files: PackageFiles) -> str:
    texts = [
        name
        for folder in ("problem_statement", "statement")
        for name in files
        if re.fullmatch(rf"{folder}/problem(\.[\w-]+)?\.(tex|md)", name)
    ]
    english = [name for name in texts if re.search(r"/problem(\.en)?\.\w+$", name)]
    chosen = next(iter((*english, *texts)), None)
    return "" if chosen is None else files.read(chosen).decode("utf-8", "replace")


def _notes(metadata: Metadata) -> Iterator[str]:
    for name, bound in _SERVICE_VALIDATION.items():
        if (value := number(metadata.limits.get(name), name)) and value > bound:
            yield f"problem.yaml: limits: {name} is {value:g}; the service gives a validator {bound}"
    languages = metadata.facts.get("languages")
    if languages and languages != "all":
        yield "problem.yaml: languages: a suite accepts programs in every language"
