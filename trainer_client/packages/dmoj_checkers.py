"""Checkers and interactors of DMOJ packages: standard ones, files in Python, and ``bridged`` programs."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

from trainer_client.packages.files import PackageFault, PackageFiles
from trainer_client.packages.programs import author_program
from trainer_client.packages.yaml_file import mapping, words

_STANDARD = (
    "standard", "easy", "identical", "rstripped", "linecount", "linematches", "sorted", "unordered", "floats",
    "floatsabs", "floatsrel",
)  # fmt: skip
_CONTRIBUTED = ("default", "testlib", "coci", "peg")
"""Types of bridged programs by whose exit codes 0 and 1 mean what they mean to testlib."""
_PEG = """#!/bin/sh
output=$({command})
code=$?
set -- $output
if [ $code = 1 ] && [ $# -ge 2 ]; then
  case $1$2 in
    *[!0-9]*) ;;
    *) [ "$1" = 0 ] || {{ echo "partial $1/$2" >&2; exit 7; }} ;;
  esac
fi
echo "$output" >&2
exit $code
"""
"""Script that runs a checker of WCIPEG's: exit code 1 and two numbers on stdout are a part of the points."""
_PEG_ARGUMENTS = "{output_file} {answer_file} {input_file}"
_PLACES = {"{input_file}": '"$1"', "{output_file}": '"$2"', "{answer_file}": '"$3"'}
"""Files in the arguments of a bridged program, and where a suite puts them."""
_SHORT_ARGUMENTS = "{input_file} {answer_file}"
"""Arguments of an interactor that is not testlib's."""
_STARTER = "#!/bin/sh\nexec {command}\n"
_COMPILED = {"c": "gcc", "cpp": "g++"}


class DmojCheckers:
    """The judges of a package's outputs: one program for all cases, or in Python, one for each."""

    def __init__(self, files: PackageFiles, facts: Mapping[str, Any]) -> None:
        self._files, self._facts = files, facts
        self._name, self._arguments = _read(facts.get("checker"), "init.yml: checker")
        self._sources = {"main.py": resources.files(__package__).joinpath("dmoj_judge.py").read_text(encoding="utf-8")}
        self._modules: dict[str, str] = {}

    @property
    def _in_python(self) -> bool:
        talks = self._facts.get("interactive") or self._facts.get("custom_judge")
        return not talks and self._name != "bridged"

    def fields(self) -> dict[str, Any]:
        """Return the fields of the suite that say how outputs are judged. Cases with checkers come before.

        Raises:
            PackageFault: a suite cannot judge so.
        """
        if self._facts.get("custom_judge"):
            options = {"name": "interact", "module": self._grader(str(self._facts["custom_judge"])), "points": 1.0}
            program = {"files": self._sources, "args": [json.dumps(options)], "protocol": "testlib"}
            return {"mode": "interactive", "interactor": program}
        if self._facts.get("interactive"):
            talker = mapping(self._facts["interactive"], "init.yml: interactive")
            return {"mode": "interactive", "interactor": self._bridged(talker, "interactive")}
        if not self._in_python:
            return {
                "mode": "stdio",
                "checker": {"kind": "program", **self._bridged(self._arguments, "checker")},
            }
        own = self._options(self._name, self._arguments)
        checker = {"kind": "program", "files": self._sources, "args": [own], "protocol": "testlib"}
        return {"mode": "stdio", "checker": checker}

    def _bridged(self, arguments: dict[str, Any], feature: str) -> dict[str, Any]:
        """Return a bridged program. Only points of a testlib checker are a part of the case's, which those of a batch
        do not have."""
        batched = "batched" in json.dumps(self._facts.get("test_cases"), default=str)
        units = {"coci": "share", "peg": "share", "testlib": "none" if batched else "weight"}
        points = units.get(str(arguments.get("type")), "none")
        return {**_bridged(self._files, arguments, feature), "points": points}

    def of_case(self, written: Any, where: str) -> list[str]:
        """Return the arguments by which a case has a checker of its own.

        Raises:
            PackageFault: that is a program other than Python.
        """
        name, arguments = _read(written, f"{where}: checker")
        if not self._in_python or name == "bridged":
            raise PackageFault(f"{where}: checker: of one case; a suite has one program for all tests")
        return [self._options(name, arguments)]

    def _options(self, name: str, arguments: Mapping[str, Any]) -> str:
        """Return what ``dmoj_judge`` is told: one of DMOJ's own checkers, or a file of the package."""
        options: dict[str, Any] = {"name": name, "args": dict(arguments), "points": 1.0}
        if name.endswith(".py"):
            options |= {"name": "custom", "module": self._module(name)}
        elif name not in _STANDARD:
            raise PackageFault(
                f"init.yml: checker {name!r} is not known; known are {', '.join(_STANDARD)}, bridged, a file"
            )
        return json.dumps(options)

    def _grader(self, name: str) -> str:
        """Return the module that the package's grader becomes, one that interacts.

        Raises:
            PackageFault: it does something else, inside of DMOJ's judge.
        """
        text = self._files.text(name)
        if "InteractiveGrader" not in text or ".source" in text:
            raise PackageFault(f"{name}: custom_judge: a grader that runs inside DMOJ's judge; only one that interacts")
        self._sources["grader.py"] = text
        return "grader"

    def _module(self, name: str) -> str:
        """Return the module that a file of the package becomes beside the judge."""
        text = self._files.text(name)
        if "submission_source" in text:
            raise PackageFault(f"{name}: reads the submission's source; a checker of a suite sees its output")
        if "run_on_error" in text:
            raise PackageFault(f"{name}: run_on_error: a suite judges outputs of programs that end well")
        module = self._modules.setdefault(name, f"check_{len(self._modules)}")
        self._sources[f"{module}.py"] = text
        return module


def _read(written: Any, where: str) -> tuple[str, dict[str, Any]]:
    """Return a checker's name and arguments."""
    fields = {"name": written} if isinstance(written, str) else mapping(written, where)
    return str(fields.get("name") or "standard"), mapping(fields.get("args"), f"{where}: args")


def _bridged(files: PackageFiles, arguments: Mapping[str, Any], feature: str) -> dict[str, Any]:
    """Return the program of a bridged checker or interactor. One with flags, or with arguments in an order of its own,
    is compiled and started by scripts."""
    kind = arguments.get("type") or "default"
    if kind not in _CONTRIBUTED or (kind == "peg" and feature == "interactive"):
        raise PackageFault(f"init.yml: {feature}: type {kind!r} is not known; known are {', '.join(_CONTRIBUTED)}")
    program = {**author_program(_listed(files, arguments, feature), feature), "protocol": "testlib"}
    short = feature == "interactive" and kind != "testlib"
    usual = _SHORT_ARGUMENTS if short else _PEG_ARGUMENTS if kind == "peg" else None
    form, flags = arguments.get("args_format_string") or usual, words(arguments.get("flags"), f"{feature}: flags")
    if form is None and not flags:
        return program
    order = _arguments(" ".join(_PLACES) if form is None else str(form), feature)
    return _scripted(program, feature, flags, order, _PEG if kind == "peg" else _STARTER)


def _listed(files: PackageFiles, arguments: Mapping[str, Any], feature: str) -> PackageFiles:
    names = arguments.get("files")
    listed = [str(each) for each in names] if isinstance(names, list) else [str(names)]
    for each in listed:
        if each not in files:
            raise PackageFault(f"{each}: is missing; init.yml names it as a file of the {feature}")
    return PackageFiles(files.where, {each: files.readers[each] for each in listed}, files.spent)


def _arguments(form: str, feature: str) -> str:
    """Return a format of arguments as a shell's words."""
    pattern = f"({'|'.join(map(re.escape, _PLACES))})"
    written = words(form, f"init.yml: {feature}: args_format_string")
    split = ([part for part in re.split(pattern, word) if part] for word in written)
    return " ".join("".join(_PLACES.get(part) or shlex.quote(part) for part in parts) or "''" for parts in split)


def _scripted(
    program: Mapping[str, Any], feature: str, flags: Sequence[str], arguments: str, starter: str
) -> dict[str, Any]:
    language, sources = program.get("language"), program["files"]
    if language == "python":
        files = {**sources, "run": starter.format(command=f"python3 {_quoted(next(iter(sources)))} {arguments}")}
        return {"files": files, "run": "run", "protocol": "testlib"}
    if language not in _COMPILED:
        raise PackageFault(
            f"init.yml: {feature}: flags and arguments of a program in {language}; known are C, C++, Python"
        )
    units = " ".join(_quoted(each) for each in sources if not each.endswith((".h", ".hpp", ".hh")))
    options = " ".join(map(shlex.quote, flags))
    build = f"#!/bin/sh\nexec {_COMPILED[language]} -O2 {options} -o judge {units} -lm\n"
    files = {**sources, "build": build, "run": starter.format(command=f"./judge {arguments}")}
    return {"files": files, "build": "build", "run": "run", "protocol": "testlib"}


def _quoted(name: str) -> str:
    if re.fullmatch(r"[\w./+-]+", name) is None:
        raise PackageFault(f"{name}: a name with such characters cannot be given to a compiler")
    return name if not name.startswith("-") else f"./{name}"
