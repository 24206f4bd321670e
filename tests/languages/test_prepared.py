"""Files that are made beforehand for compilers: made when it pays, tried once, needed by none."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from sandbox.isolation import Tier
from sandbox.prepared import Prepared
from sandbox.sandbox import Sandbox
from sandbox.toolchain import Preparation, languages, probe, python_runtime
from tests.languages.conftest import run

CPP = languages()["cpp"]
INCLUDE = "#include <bits/stdc++.h>\n"
PREPARED = {
    "cpp": "// bits/stdc++.h\n#include <iostream>\nint main() {{ std::cout << {}; }}",  # asks for it by its text
    "java": "class Main {{ public static void main(String[] a) {{ System.out.print({}); }} }}",
}


@pytest.mark.parametrize(("name", "code"), PREPARED.items(), ids=PREPARED.keys())
def test_what_cannot_be_made_costs_no_program(tmp_path: Path, name: str, code: str) -> None:
    language = languages()[name]
    if language.prepare is None or probe(language, "") is None:
        pytest.skip(f"no toolchain of {name} that works")
    command = (language.prepare.command[0], "-no-such-flag")
    broken = dataclasses.replace(language, prepare=dataclasses.replace(language.prepare, command=command))
    opened = Sandbox(python_runtime(None), minimum=Tier.PROCESS, cache=tmp_path / "compiled")
    try:
        for number in range(5):
            assert run(opened, broken, code.format(number)) == (str(number), "")
    finally:
        opened.close()
    assert list((tmp_path / "prepared").rglob("*")) == []


def test_it_is_made_once_it_pays_and_tried_once(tmp_path: Path) -> None:
    prepared, made = Prepared(tmp_path, seen=True), []
    assert f"-I{tmp_path}" in " ".join(prepared.command(CPP, "1", b"", lambda _: None))

    def make(preparation: Preparation) -> bytes | None:
        made.append(preparation)
        return None

    for count in range(8):
        prepared.command(CPP, "1", INCLUDE.encode(), make)
        prepared.command(CPP, "1", b"int main() {}", make)
        assert made == [CPP.prepare] * (count >= 3)


def test_nothing_is_made_that_compilers_do_not_see(tmp_path: Path) -> None:
    prepared = Prepared(tmp_path, seen=False)
    for _ in range(8):
        command = prepared.command(CPP, "1", INCLUDE.encode(), lambda _: b"made")
        assert str(tmp_path) not in " ".join(command)
    assert list(tmp_path.iterdir()) == []
