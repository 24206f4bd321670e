"""Artefacts of compilers are run whole or not at all."""

from __future__ import annotations

import dataclasses
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from evaluator.grading.grader import open_grader
from evaluator.schema import Report, Submission, Suite
from evaluator.settings import Settings
from sandbox.build import CompileFailed
from sandbox.execution import Limit
from sandbox.isolation import Tier
from sandbox.limits import MIB, RunLimits
from sandbox.sandbox import Sandbox
from sandbox.toolchain import Language, languages, probe
from tests.data_dirs import ask_for_it
from tests.languages.conftest import run
from tests.sandbox.conftest import open_slot

C = languages()["c"]
pytestmark = pytest.mark.skipif(probe(C, "") is None, reason="no C compiler")
ROOM = "a program may have 32 MiB, and all that a compiler writes 320 MiB"


def table(mib: int) -> str:
    """A C program that is a little larger than so much."""
    return f'#include <stdio.h>\nint t[{mib << 18}] = {{-1}};\nint main(void) {{ printf("%d", t[0] + t[{(mib << 18) - 1}]); }}'


@pytest.fixture(scope="module", params=[Tier.NAMESPACES, Tier.LANDLOCK])
def tier(request: pytest.FixtureRequest) -> Tier:
    open_slot(request.param).close()
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def sandbox(tier: Tier, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    yield from opened(tier, tmp_path_factory.mktemp("default"))


@pytest.fixture(scope="module")
def small(tier: Tier) -> Iterator[Sandbox]:
    """One whose programs may have 32 MiB, in a directory that the users of tier landlock may enter, as pytest's is not:
    else compilers go without what is prepared there."""
    directory = Path(tempfile.mkdtemp())
    directory.chmod(0o711)
    yield from opened(tier, directory, artefact_bytes=32 * MIB)
    shutil.rmtree(directory)


def opened(tier: Tier, directory: Path, **bounds: int) -> Iterator[Sandbox]:
    slot = open_slot(tier)
    slot.close()
    sandbox = Sandbox(slot.runtime, tier=tier, cache=directory / "compiled", **bounds)  # type: ignore[arg-type]
    yield sandbox
    sandbox.close()


def refusal(sandbox: Sandbox, language: Language, code: str) -> CompileFailed:
    with pytest.raises(CompileFailed) as refused:
        run(sandbox, language, code)
    return refused.value


@pytest.mark.parametrize("mib", [77, 200])
def test_a_program_larger_than_what_a_program_may_write_runs(sandbox: Sandbox, mib: int) -> None:
    for _ in range(2):  # compiled, then found compiled
        assert run(sandbox, C, table(mib)) == ("-1", "")


def test_its_tables_count_as_memory_where_they_are_used(sandbox: Sandbox) -> None:
    code = (
        table(77)
        .replace("t[0]", "(t[0] = 0, *(volatile int *)memset(t, 1, sizeof t))")
        .replace("<stdio.h>", "<stdio.h>\n#include <string.h>")
    )
    limits = RunLimits(memory_bytes=48 * MIB)
    with sandbox.build(C, code.encode(), limits) as built:
        assert sandbox.run(built.program, limits).stopped_by is Limit.MEMORY
        assert sandbox.run(built.program, limits._replace(memory_bytes=512 * MIB)).clean


def test_one_that_is_too_large_is_refused_and_told_the_bound(small: Sandbox) -> None:
    assert run(small, C, table(31)) == ("-1", "")
    for _ in range(2):
        assert refusal(small, C, table(33)).log == f"the program that the compiler made is too large: {ROOM}"


@pytest.mark.parametrize("mib", [200, 330], ids=["two files too many", "one file too large"])
def test_a_compiler_without_room_is_told_the_bound(small: Sandbox, mib: int) -> None:
    """In a directory that is only looked at now and then the linker may find room; then its program is too large."""
    refused = refusal(small, C, table(mib))
    said = refused.log.splitlines()[0]
    assert said.endswith(f": {ROOM}")
    looked_at = small.tier is Tier.LANDLOCK and mib == 200
    assert said.startswith("the compiler wrote more than it may") or looked_at
    assert refused.stopped_by in (None, Limit.OUTPUT)


def test_what_is_prepared_is_not_bound_by_what_programs_may_be(small: Sandbox) -> None:
    cpp = languages()["cpp"]
    if probe(cpp, "") is None:
        pytest.skip("no C++ compiler")
    ask_for_it(small, cpp)
    code = "#include <bits/stdc++.h>\nint main() { std::cout << 7; }"
    strict = dataclasses.replace(cpp, compile=(*cpp.compile, "-Winvalid-pch", "-H"))
    out, log = run(small, strict, code)
    assert (out, "! " in log) == ("7", True), "-H marks with ! a compiled header that is used"


def test_what_the_disk_has_only_the_beginning_of_is_not_run(tier: Tier, tmp_path: Path) -> None:
    """As after a power cut."""
    for sandbox in opened(tier, tmp_path):
        assert run(sandbox, C, table(1)) == ("-1", "")
        (kept,) = (path for path in (tmp_path / "compiled").rglob("*") if path.is_file())
        for size in (0, 4, 20_000):
            os.truncate(kept, size)
            assert run(sandbox, C, table(1)) == ("-1", "")


def grade(data: Path, code: str, **settings: int) -> Report:
    suite = Suite.model_validate({"mode": "stdio", "tests": [{"input": "", "output": "-1"}]})
    with open_grader(Settings(data_dir=data, **settings)) as grader:  # type: ignore[arg-type]
        return grader.grade(Submission.model_validate({"code": code, "language": "c", "suite_id": suite.id}), suite)


def test_the_setting_decides_and_what_was_kept_under_another_does_not(tmp_path: Path) -> None:
    code = table(20)
    refused = grade(tmp_path, code, artefact_mb=16)
    assert refused.verdict == "compile_error"
    assert refused.compile is not None
    assert "a program may have 16 MiB" in refused.compile.log
    assert grade(tmp_path, code).verdict == "accepted"
    assert grade(tmp_path, code, artefact_mb=16).verdict == "compile_error"
