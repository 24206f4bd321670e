"""DMOJ's problem packages: ``init.yml`` and its archive."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

from trainer_client.packages.dmoj_cases import DmojTests
from trainer_client.packages.dmoj_checkers import DmojCheckers
from trainer_client.packages.dmoj_submissions import read_tests_folder
from trainer_client.packages.files import PackageFault, PackageFiles, archive
from trainer_client.packages.icpc_submissions import read_submissions
from trainer_client.packages.package import Package
from trainer_client.packages.yaml_file import read_yaml

_WITHOUT_SUITE = {
    "custom_judge": "a grader in Python that runs inside DMOJ's judge",
    "signature_grader": "a submission is linked with the package's main program",
    "generator": "inputs are made when they are judged; a suite has them written out",
    "file_io": "a submission reads and writes files; a suite has stdin and stdout",
    "grader": "a grader in Python that runs inside DMOJ's judge",
    "transform": "outputs are changed before they are judged",
}
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
    tests = DmojTests(data, facts, checkers)
    submissions = [*read_tests_folder(files.below("tests"), tests.case_names), *read_submissions(files, legacy=True)]
    return Package(
        format="dmoj",
        name=name,
        fields={**tests.fields(), **checkers.fields()},
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


def _notes(facts: Mapping[str, Any]) -> Iterator[str]:
    yield "DMOJ keeps limits of time and memory outside of the package"
    for key, reason in _NOTES.items():
        if facts.get(key):
            yield f"init.yml: {key}: {reason}"
