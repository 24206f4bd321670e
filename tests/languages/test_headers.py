"""C++'s usual header, compiled beforehand: programs mean the same with it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evaluator.grading.grader import Grader, open_grader
from evaluator.harness.native import cpp
from evaluator.schema import Submission, Suite
from evaluator.settings import Settings
from sandbox.build import CompileFailed
from sandbox.isolation import Tier
from sandbox.limits import RunLimits
from sandbox.sandbox import Sandbox
from sandbox.toolchain import Language, languages, probe, python_runtime
from tests.data_dirs import DataDirs, ask_for_it
from tests.languages.conftest import run

CPP = languages()["cpp"]
BOTH = [CPP, languages()["cpp17"]]
INCLUDE = "#include <bits/stdc++.h>\n"
MAIN = "int main() { std::cout << VALUE; }"
SEVEN = f"#define VALUE 7\n{MAIN}"
pytestmark = pytest.mark.skipif(probe(CPP, "") is None, reason="no C++ compiler")


def strict(language: Language) -> Language:
    """One that is told where the compiled header is there and cannot be used: by default it reads the source without a
    word."""
    return dataclasses.replace(language, compile=(*language.compile, "-Winvalid-pch", "-Werror=invalid-pch", "-H"))


def assert_used(log: str) -> None:
    assert "! " in log, "-H marks with ! a compiled header that is used"
    assert "stdc++.h.gch" in log


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, data_dirs: DataDirs) -> Path:
    return data_dirs.lend(tmp_path_factory.mktemp("headers"))


@pytest.fixture(scope="module")
def sandbox(data: Path) -> Iterator[Sandbox]:
    """One that has the header of C++ of today."""
    opened = Sandbox(python_runtime(None), minimum=Tier.PROCESS, cache=data / "compiled")
    make_header(opened, data, CPP)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def language(request: pytest.FixtureRequest, sandbox: Sandbox, data: Path) -> Language:
    """One whose header is made."""
    if request.param is not CPP:
        make_header(sandbox, data, request.param)
    return request.param  # type: ignore[no-any-return]


def make_header(sandbox: Sandbox, data: Path, language: Language) -> None:
    """The header is made once enough programs have asked for it."""
    headers = set(data.glob("prepared/*/bits/stdc++.h.gch"))
    ask_for_it(sandbox, language)
    [made] = set(data.glob("prepared/*/bits/stdc++.h.gch")) - headers
    assert made.stat().st_size > 1 << 20


each_language = pytest.mark.parametrize("language", BOTH, indirect=True, ids=lambda language: language.name)


@each_language
@pytest.mark.parametrize(
    "code",
    [
        INCLUDE + SEVEN,
        '#include "bits/stdc++.h"\n' + SEVEN,
        f"// A comment.\n#pragma once\n#define MAXN 100000\n{INCLUDE}{SEVEN}",
        INCLUDE + INCLUDE + SEVEN,
        f'{INCLUDE}#include "bits/stdc++.h"\n#import <bits/stdc++.h>\n{SEVEN}',
        f"{INCLUDE}#include <vector>\nnamespace own {{ int seven = 7; }}\n{INCLUDE}#define VALUE own::seven\n{MAIN}",
        f"{INCLUDE}#include <bits/extc++.h>\n{SEVEN}",
        f"{INCLUDE}#define NDEBUG\n{INCLUDE}int main() {{ assert(false); std::cout << 7; }}",
        f"{INCLUDE}#define int long long\n{INCLUDE}signed main() {{ int seven = 7; std::cout << (seven << 40 >> 40); }}",
        f"{INCLUDE}#include <ext/pb_ds/assoc_container.hpp>\n#include <ext/pb_ds/tree_policy.hpp>\n"
        "using Tree = __gnu_pbds::tree<int, __gnu_pbds::null_type, std::less<int>, __gnu_pbds::rb_tree_tag,"
        " __gnu_pbds::tree_order_statistics_node_update>;\n"
        "int main() { Tree t; for (int i = 0; i < 9; i++) t.insert(i); std::cout << *t.find_by_order(7); }",
    ],
)
def test_the_header_is_used_and_may_be_included_again(sandbox: Sandbox, language: Language, code: str) -> None:
    out, log = run(sandbox, strict(language), code)
    assert out == "7"
    assert_used(log)


@each_language
@pytest.mark.parametrize("again", ["", INCLUDE], ids=["once", "twice"])
@pytest.mark.parametrize(
    "code",
    [
        f'#pragma GCC optimize("O3")\n{INCLUDE}#define VALUE 8\n{MAIN}',
        f'#pragma GCC push_options\n#pragma GCC optimize("O0")\n{INCLUDE}#pragma GCC pop_options\n#define VALUE 8\n{MAIN}',
        f"#define VALUE 8\n{INCLUDE}{MAIN}",
        f"#define _GLIBCXX_DEBUG\n{INCLUDE}#ifdef _GLIBCXX_DEBUG_VECTOR\n#define VALUE 8\n#endif\n{MAIN}",
        f"#define NDEBUG\n{INCLUDE}int main() {{ assert(false); std::cout << 8; }}",
        f"#define N 8\n{INCLUDE}#define VALUE N\n{MAIN}",
        f"#undef __OPTIMIZE__\n{INCLUDE}#ifndef __OPTIMIZE__\n#define VALUE 8\n#endif\n{MAIN}",
        f"#include <cstdio>\n{INCLUDE}#define VALUE 8\n{MAIN}",
        f"#include <bits/extc++.h>\n{INCLUDE}#define VALUE 8\n{MAIN}",
        f"/* {INCLUDE} */\n#include <iostream>\n#define VALUE 8\n{MAIN}",
    ],
)
def test_a_program_means_the_same_where_it_cannot_be_used(
    sandbox: Sandbox, language: Language, again: str, code: str
) -> None:
    assert run(sandbox, language, code.replace(INCLUDE, INCLUDE + again, 1))[0] == "8"


def test_a_keyword_defined_before_it_breaks_it_as_without(sandbox: Sandbox, tmp_path: Path) -> None:
    code = f"#define private public\n{INCLUDE}{SEVEN}".encode()
    bare = Sandbox(python_runtime(None), minimum=Tier.PROCESS, cache=tmp_path / "compiled")
    try:
        for each in (sandbox, bare):
            with (
                pytest.raises(CompileFailed, match="redeclared with different access"),
                each.build(CPP, code, RunLimits()),
            ):
                pass
    finally:
        bare.close()


def test_files_beside_a_program_may_include_it_too(sandbox: Sandbox) -> None:
    others = {"checker.h": f"{INCLUDE}inline int seven() {{ return 7; }}\n".encode()}
    code = f'#include "checker.h"\n{INCLUDE}#define VALUE seven()\n{MAIN}'.encode()
    with sandbox.build(CPP, code, RunLimits(), others) as built:
        assert sandbox.run(built.program, RunLimits()).stdout == b"7"


def test_errors_name_the_programs_own_lines(sandbox: Sandbox) -> None:
    with pytest.raises(CompileFailed) as refused:
        run(sandbox, CPP, f"{INCLUDE}\nint main() {{ return nothing; }}")
    assert "main.cpp:3:" in refused.value.log


@pytest.mark.parametrize("prelude", [True, False])
def test_the_harness_of_functions_leaves_it_of_use(sandbox: Sandbox, prelude: bool) -> None:
    submission = f"// Mine.\n{INCLUDE}int f(int a) {{ return a; }}".encode()
    code = cpp.join(submission, cpp.Function("f", ([1],)), prelude=prelude)
    _, log = run(sandbox, strict(CPP), code.decode())
    assert_used(log)


FUNCTION = {"mode": "function", "function": {"name": "f"}, "tests": [{"input": [3, 4], "output": 7}]}
TESTS = "#undef NDEBUG\n#include <assert.h>\nint main() { assert(f(3, 4) == 7); }"
ADDS = "int f(int a, int b) { return a + b; }"


@pytest.fixture(scope="module")
def grader(data: Path, sandbox: Sandbox) -> Iterator[Grader]:
    """It finds the header that is there already."""
    with open_grader(Settings(data_dir=data, min_isolation="process")) as opened:
        yield opened


@pytest.mark.parametrize(
    "suite",
    [
        FUNCTION,
        {**FUNCTION, "function": {"name": "f", "prelude": False}},
        {"mode": "program", "program": {"test_code": TESTS}},
    ],
    ids=["function", "function without prelude", "program"],
)
@pytest.mark.parametrize(
    "code",
    [
        f"{INCLUDE}using namespace std;\n{ADDS}",
        f"#define MAXN 100000\n{INCLUDE}{ADDS}",
        f"{INCLUDE}{INCLUDE}{ADDS}",
        ADDS,
    ],
)
def test_submissions_that_include_it_are_judged_in_every_mode(grader: Grader, suite: dict[str, Any], code: str) -> None:
    asked = Suite.model_validate(suite)
    report = grader.grade(Submission(code=code, language="cpp", suite=asked), asked)
    assert report.verdict == "accepted", report
