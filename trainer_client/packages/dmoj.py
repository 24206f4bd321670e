"""DMOJ's problem packages: ``init.yml`` and its archive."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

from trainer_client.packages.dmoj_cases import DmojTests
from trainer_client.packages.dmoj_checkers import DmojCheckers
from trainer_client.packages.dmoj_generator import DmojGenerators
from trainer_client.packages.dmoj_submissions import read_tests_folder
from trainer_client.packages.files import PackageFault, PackageFiles, archive
from trainer_client.packages.icpc_submissions import read_submissions
from trainer_client.packages.package import Package
from trainer_client.packages.programs import language_of
from trainer_client.packages.yaml_file import mapping, read_yaml

_WITHOUT_SUITE = {
    "grader": "a grader in Python that runs inside DMOJ's judge",
    "transform": "outputs are changed before they are judged",
}
_SIGNATURE_STANDARDS = ("cpp", "c")
"""Languages of a signature's submissions, with their other standards."""
_SOLUTION = """#include "{header}"
#define main main_of_the_submission
#include "solution.{ending}"
"""
_NOTES = {
    "unbuffered": "DMOJ gives a submission a terminal, which flushes each line; here programs flush themselves",
    "wall_time_factor": "the limit of time by the clock is the service's",
    "output_limit_length": "the limit of output is the service's",
    "symlinks": "no files lie beside a submission",
}


def is_dmoj(files: PackageFiles) -> bool:
    """Tell whether files are of a package of DMOJ's."""
    return "init.yml" in files


def read_dmoj(files: PackageFiles, name: str) -> Package:
    """Read a package. DMOJ keeps time and memory limits elsewhere, so it states none.

    Raises:
        PackageFault: it is damaged, or has a feature that a suite cannot say.
    """
    facts = read_yaml(files, "init.yml")
    for key, reason in _WITHOUT_SUITE.items():
        if facts.get(key):
            raise PackageFault(f"init.yml: {key}: {reason}")
    data = _data(files, facts)
    checkers = DmojCheckers(files, facts)
    generators = DmojGenerators(files, data, facts)
    tests = DmojTests(data, facts, checkers, generators)
    submissions = [*read_tests_folder(files.below("tests"), tests.case_names), *read_submissions(files, legacy=True)]
    return Package(
        format="dmoj",
        name=name,
        fields={**tests.fields(), **checkers.fields(), **_file_names(facts), **_signature(data, facts)},
        generated=tuple(generators.tests),
        limits={},
        submissions=submissions,
        title=str(facts.get("name") or ""),
        points=tests.points,
        notes=tuple(_notes(facts)),
    )


def _data(files: PackageFiles, facts: Mapping[str, Any]) -> PackageFiles:
    """Return the files that tests name: those of the archive, and those of the folder."""
    name = facts.get("archive")
    if not name:
        return files
    inside = archive(io.BytesIO(files.read(str(name))), f"{files.where}/{name}")
    return PackageFiles(files.where, {**files.readers, **inside.readers}, files.spent)


def _file_names(facts: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields of a suite whose programs read and write files in the place of stdin and stdout."""
    names = mapping(facts.get("file_io"), "init.yml: file_io")
    return {f"{key}_file": str(names[key]) for key in ("input", "output") if names.get(key)}


def _signature(data: PackageFiles, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the field of a suite by which the package's main program calls the functions of a submission. A ``main``
    that the submission has is renamed, as DMOJ does it.

    Raises:
        PackageFault: the main program is not in C or C++.
    """
    names = mapping(facts.get("signature_grader"), "init.yml: signature_grader")
    if not names:
        return {}
    entry, header = str(names.get("entry")), str(names.get("header"))
    spoken = language_of(entry)
    if spoken not in _SIGNATURE_STANDARDS:
        raise PackageFault(f"init.yml: signature_grader: entry: {entry!r} is not in C or C++")
    include = {}
    for language in _SIGNATURE_STANDARDS if spoken == "c" else ("cpp",):
        unit = _SOLUTION.format(header=header, ending=language)
        files = {f"main.{language}": data.text(entry), f"unit.{language}": unit, header: data.text(header)}
        include[language] = files
    return {"include": include}


def _notes(facts: Mapping[str, Any]) -> Iterator[str]:
    yield "DMOJ keeps limits of time and memory outside of the package"
    for key, reason in _NOTES.items():
        if facts.get(key):
            yield f"init.yml: {key}: {reason}"
