"""C++'s usual header, compiled beforehand: programs mean the same with it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.headers import Headers
from sandbox.isolation import Tier
from sandbox.limits import Limits
from sandbox.sandbox import CompileFailed, Sandbox
from sandbox.toolchain import Language, languages, probe, python_runtime

CPP = languages()["cpp"]
# To be told where the compiled header is there and cannot be used: by default the source is read without a word.
STRICT = dataclasses.replace(CPP, compile=(*CPP.compile, "-Winvalid-pch", "-Werror=invalid-pch", "-H"))
INCLUDE = "#include <bits/stdc++.h>\n"
MAIN = "int main() { std::cout << VALUE; }"
needs_compiler = pytest.mark.skipif(probe(CPP, "") is None, reason="no C++ compiler")


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    cache = tmp_path_factory.mktemp("headers")
    opened = Sandbox(python_runtime(None), minimum=Tier.PROCESS, cache=cache / "compiled")
    for number in range(4):
        assert run(opened, f"{INCLUDE}#define VALUE {number}\n{MAIN}")[0] == str(number)
    (made,) = cache.glob("headers/*/bits/stdc++.h.gch")
    assert made.stat().st_size > 1 << 20
    yield opened
    opened.close()


def run(sandbox: Sandbox, code: str, language: Language = CPP) -> tuple[str, str]:
    """What a program writes, and what its compiler said."""
    with sandbox.built(language, code.encode(), Limits()) as built:
        return sandbox.run(built.program, Limits()).stdout.decode(), built.log


@needs_compiler
def test_the_header_is_used(sandbox: Sandbox) -> None:
    out, log = run(sandbox, f"{INCLUDE}#define VALUE 7\n{MAIN}", STRICT)
    assert out == "7"
    assert "! " in log, "-H marks with ! a compiled header that is used"
    assert "stdc++.h.gch" in log


@needs_compiler
@pytest.mark.parametrize(
    "code",
    [
        f'#pragma GCC optimize("O3")\n{INCLUDE}#define VALUE 8\n{MAIN}',
        f"#define VALUE 8\n{INCLUDE}{MAIN}",
        f"#define _GLIBCXX_DEBUG\n{INCLUDE}#define VALUE 8\n{MAIN}",
        f"#include <cstdio>\n{INCLUDE}#define VALUE 8\n{MAIN}",
        f"/* {INCLUDE} */\n#include <iostream>\n#define VALUE 8\n{MAIN}",
    ],
)
def test_a_program_means_the_same_where_it_cannot_be_used(sandbox: Sandbox, code: str) -> None:
    assert run(sandbox, code)[0] == "8"


@needs_compiler
def test_errors_name_the_programs_own_lines(sandbox: Sandbox) -> None:
    with pytest.raises(CompileFailed) as refused:
        run(sandbox, f"{INCLUDE}\nint main() {{ return nothing; }}")
    assert "main.cpp:3:" in refused.value.log


@needs_compiler
def test_a_header_that_cannot_be_made_costs_no_program(tmp_path: Path) -> None:
    broken = dataclasses.replace(CPP, precompile=(CPP.precompile[0], "-no-such-flag"))
    opened = Sandbox(python_runtime(None), minimum=Tier.PROCESS, cache=tmp_path / "compiled")
    try:
        for number in range(5):
            assert run(opened, f"{INCLUDE}#define VALUE {number}\n{MAIN}", broken)[0] == str(number)
    finally:
        opened.close()
    assert not list(tmp_path.glob("headers/*/bits/*"))


def test_a_header_is_made_once_it_pays_and_tried_once(tmp_path: Path) -> None:
    headers, made = Headers(tmp_path, seen=True), []
    assert f"-I{tmp_path}" in " ".join(headers.command(CPP, "1", b"", lambda: None))
    assert "-I" not in " ".join(Headers(tmp_path, seen=False).command(CPP, "1", INCLUDE.encode(), lambda: None))

    def make() -> bytes | None:
        made.append(None)
        return None

    for count in range(8):
        headers.command(CPP, "1", INCLUDE.encode(), make)
        headers.command(CPP, "1", b"int main() {}", make)
        assert len(made) == (count >= 3)
