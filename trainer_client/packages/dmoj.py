"""DMOJ's problem packages: ``init.yml``, its archive, checkers, interactors, batches."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

from trainer_client.packages.dmoj_cases import DmojTests
from trainer_client.packages.dmoj_submissions import read_tests_folder
from trainer_client.packages.files import PackageFault, PackageFiles, archive
from trainer_client.packages.icpc_submissions import read_submissions
from trainer_client.packages.package import Package
from trainer_client.packages.programs import author_program
from trainer_client.packages.yaml_file import mapping, read_yaml

_WITHOUT_SUITE = {
    "custom_judge": "a grader in Python that runs inside DMOJ's judge",
    "signature_grader": "a submission is linked with the package's main program",
    "generator": "inputs are made when they are judged; a suite has them written out",
    "file_io": "a submission reads and writes files; a suite has stdin and stdout",
    "grader": "a grader in Python that runs inside DMOJ's judge",
    "transform": "outputs are changed before they are judged",
}
_STANDARD = (
    "standard", "easy", "identical", "rstripped", "linecount", "sorted", "unordered", "floats", "floatsabs",
    "floatsrel",
)  # fmt: skip
_CONTRIBUTED = ("default", "testlib")
_COMPILED = {"c": "gcc", "cpp": "g++"}
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
    tests = DmojTests(data, facts)
    submissions = [*read_tests_folder(files.below("tests"), tests.case_names), *read_submissions(files, legacy=True)]
    return Package(
        format="dmoj",
        name=name,
        fields={**_judge(files, facts), **tests.fields()},
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


def _judge(files: PackageFiles, facts: Mapping[str, Any]) -> dict[str, Any]:
    if facts.get("interactive"):
        return {"mode": "interactive", "interactor": _interactor(files, mapping(facts["interactive"], "interactive"))}
    written = facts.get("checker") or "standard"
    fields = {"name": written} if isinstance(written, str) else mapping(written, "init.yml: checker")
    name, arguments = str(fields.get("name") or "standard"), mapping(fields.get("args"), "init.yml: checker: args")
    if name == "bridged":
        return {"mode": "stdio", "checker": {"kind": "program", **_bridged(files, arguments, "checker")}}
    return {"mode": "stdio", "checker": _python_checker(files, name, arguments)}


def _python_checker(files: PackageFiles, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return a checker in Python: one of DMOJ's own, as ``dmoj_judge`` has them, or the package's."""
    sources = {"main.py": resources.files(__package__).joinpath("dmoj_judge.py").read_text(encoding="utf-8")}
    options: dict[str, Any] = {"name": name, "args": dict(arguments), "points": 1.0}
    if name.endswith(".py"):
        text = files.text(name)
        if "submission_source" in text:
            raise PackageFault(f"{name}: reads the submission's source; a checker of a suite sees its output")
        if "run_on_error" in text:
            raise PackageFault(f"{name}: run_on_error: a suite judges outputs of programs that end well")
        sources["check.py"] = text
        options["name"] = "custom"
    elif name not in _STANDARD:
        raise PackageFault(
            f"init.yml: checker {name!r} is not known; known are {', '.join(_STANDARD)}, bridged, a file"
        )
    return {"kind": "program", "files": sources, "args": [json.dumps(options)], "protocol": "testlib"}


def _bridged(files: PackageFiles, arguments: Mapping[str, Any], feature: str) -> dict[str, Any]:
    """Return the program of a bridged checker or interactor, by testlib's protocol: exit codes 0 and 1 mean the same
    in both types that are known."""
    kind = arguments.get("type") or "default"
    if kind not in _CONTRIBUTED:
        raise PackageFault(
            f"init.yml: {feature}: type {kind!r} gives points or is not known; known are default, testlib"
        )
    for key in ("flags", "args_format_string", "cached"):
        if arguments.get(key) and key != "cached":
            raise PackageFault(f"init.yml: {feature}: {key}: a suite has no such setting")
    names = arguments.get("files")
    listed = [str(each) for each in names] if isinstance(names, list) else [str(names)]
    for each in listed:
        if each not in files:
            raise PackageFault(f"{each}: is missing; init.yml names it as a file of the {feature}")
    chosen = PackageFiles(files.where, {each: files.readers[each] for each in listed}, files.spent)
    return {**author_program(chosen, feature), "protocol": "testlib"}


def _interactor(files: PackageFiles, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the interactor. One of type ``default`` is given the input and the answer alone, so a script starts it."""
    program = _bridged(files, arguments, "interactive")
    if (arguments.get("type") or "default") == "testlib":
        return program
    language, sources = program["language"], program["files"]
    main = next(iter(sources))
    if language == "python":
        return {**_scripts(sources, run=f'exec python3 {_quoted(main)} "$1" "$3"'), "protocol": "testlib"}
    if language not in _COMPILED:
        raise PackageFault(f"init.yml: interactive: a default interactor in {language}; known are C, C++ and Python")
    units = " ".join(_quoted(each) for each in sources if not each.endswith((".h", ".hpp", ".hh")))
    build = f"#!/bin/sh\nexec {_COMPILED[language]} -O2 -o interactor {units} -lm\n"
    scripts = _scripts({**sources, "build": build}, run='exec ./interactor "$1" "$3"')
    return {**scripts, "build": "build", "protocol": "testlib"}


def _scripts(files: Mapping[str, str], run: str) -> dict[str, Any]:
    return {"files": {**files, "run": f"#!/bin/sh\n{run}\n"}, "run": "run"}


def _quoted(name: str) -> str:
    if re.fullmatch(r"[\w./+-]+", name) is None:
        raise PackageFault(f"{name}: a name with such characters cannot be given to a compiler")
    return name if not name.startswith("-") else f"./{name}"


def _notes(facts: Mapping[str, Any]) -> Iterator[str]:
    yield "DMOJ keeps limits of time and memory outside of the package"
    for key, reason in _NOTES.items():
        if facts.get(key):
            yield f"init.yml: {key}: {reason}"
