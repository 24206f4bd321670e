"""C++'s usual header, compiled beforehand: programs mean the same with it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from sandbox.isolation import Tier
from sandbox.sandbox import CompileFailed, Sandbox
from sandbox.toolchain import languages, probe, python_runtime
from tests.languages.conftest import run

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
        assert run(opened, CPP, f"{INCLUDE}#define VALUE {number}\n{MAIN}")[0] == str(number)
    (made,) = cache.glob("prepared/*/bits/stdc++.h.gch")
    assert made.stat().st_size > 1 << 20
    yield opened
    opened.close()


@needs_compiler
def test_the_header_is_used(sandbox: Sandbox) -> None:
    out, log = run(sandbox, STRICT, f"{INCLUDE}#define VALUE 7\n{MAIN}")
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
    assert run(sandbox, CPP, code)[0] == "8"


@needs_compiler
def test_errors_name_the_programs_own_lines(sandbox: Sandbox) -> None:
    with pytest.raises(CompileFailed) as refused:
        run(sandbox, CPP, f"{INCLUDE}\nint main() {{ return nothing; }}")
    assert "main.cpp:3:" in refused.value.log
