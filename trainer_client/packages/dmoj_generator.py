"""Generators of DMOJ packages: programs that write a case's input and answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from trainer_client.packages.files import PackageFault, PackageFiles
from trainer_client.packages.generator import GeneratedTest, Generator
from trainer_client.packages.package import wire_text
from trainer_client.packages.programs import language_of, unoffered
from trainer_client.packages.yaml_file import words

_MACRO = re.compile(r"-D(\w+)(?:=(.*))?")
_COMPILED = ("c", "cpp")


class DmojGenerators:
    """The generator of all cases, and those of single ones."""

    def __init__(self, files: PackageFiles, data: PackageFiles, facts: Mapping[str, Any]) -> None:
        self._files, self._data, self._common = files, data, facts.get("generator")
        self.tests: list[GeneratedTest] = []

    def add(self, case: Mapping[str, Any], where: str, number: int) -> None:
        """Note that a case is generated, if it is: one that has an input file is not.

        Raises:
            PackageFault: its generator cannot be run.
        """
        written = case.get("generator", self._common)
        if written is None or case.get("in") is not None:
            if case.get("generator_args") is not None:
                raise PackageFault(f"{where}: generator_args: of a case that is not generated")
            return
        facts = dict(written) if isinstance(written, dict) else {"source": written}
        args = case.get("generator_args") or facts.get("args")
        stdin = case.get("generator_in")
        self.tests.append(
            GeneratedTest(
                number,
                self._generator(facts, where),
                tuple(words(args, f"{where}: generator_args")),
                "" if stdin is None else wire_text(self._data.read(str(stdin))),
                has_answer=case.get("out") is not None,
            )
        )

    def _generator(self, facts: Mapping[str, Any], where: str) -> Generator:
        names = facts.get("source", facts.get("name"))
        listed = [str(each) for each in names] if isinstance(names, list) else [str(names)]
        for name in listed:
            if name not in self._files:
                raise PackageFault(f"{name}: is missing; init.yml names it as a file of the generator")
        main, *others = listed
        text, language = self._files.text(main), language_of(main)
        if language is None or unoffered(main, text):
            raise PackageFault(f"{where}: generator {main!r}: its language is not offered")
        macros = _macros(words(facts.get("flags"), f"{where}: generator: flags"), language, where)
        return Generator(main, language, macros + text, {name: self._files.text(name) for name in others})


def _macros(flags: list[str], language: str, where: str) -> str:
    """Return flags as lines before a source: macros alone can stand there."""
    matches = [_MACRO.fullmatch(flag) for flag in flags]
    if flags and (language not in _COMPILED or None in matches):
        raise PackageFault(f"{where}: generator: flags {' '.join(flags)}: only macros (-DNAME=VALUE) of C and C++")
    return "".join(f"#define {match[1]} {match[2] or 1}\n" for match in matches if match is not None)
