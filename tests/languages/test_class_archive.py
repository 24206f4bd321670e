"""The classes of Java's compiler, archived beforehand: taken where they fit, passed over without a word elsewhere."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.build import CompileFailed
from sandbox.isolation import Tier
from sandbox.limits import MIB, RunLimits
from sandbox.sandbox import Sandbox
from sandbox.toolchain import Language, languages, probe, python_runtime
from tests.languages.conftest import run

JAVA = languages()["java"]
CODE = "public class Main {{ public static void main(String[] a) {{ System.out.print({}); }} }}"
pytestmark = pytest.mark.skipif(probe(JAVA, "") is None, reason="no Java compiler")


def telling(flags: str) -> Language:
    """Java, whose compiler is told ``flags`` where it is told of an archive."""
    return dataclasses.replace(JAVA, compile=tuple(part.replace("-J-Xlog:disable", flags) for part in JAVA.compile))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data of archives")


@pytest.fixture(scope="module")
def sandbox(data: Path) -> Iterator[Sandbox]:
    opened = Sandbox(python_runtime(None), minimum=Tier.PROCESS, cache=data / "compiled")
    for number in range(4):
        assert run(opened, JAVA, CODE.format(number)) == (str(number), "")
    yield opened
    opened.close()


@pytest.fixture
def archive(sandbox: Sandbox, data: Path) -> Path:
    (made,) = data.glob("prepared/*/classes.jsa")
    assert made.stat().st_size > MIB
    return made


@pytest.mark.usefixtures("archive")
def test_the_archive_is_used_by_both_tools(sandbox: Sandbox) -> None:
    out, log = run(sandbox, telling("-J-Xshare:on -J-Xlog:cds"), CODE.format(7))
    assert out == "7"
    assert log.count("Mapped dynamic region #0") == 2, log


@pytest.mark.usefixtures("archive")
def test_errors_are_the_compilers_alone(sandbox: Sandbox) -> None:
    with pytest.raises(CompileFailed) as refused:
        run(sandbox, JAVA, CODE.format("nothing"))
    assert refused.value.log.startswith("Main.java:1: error: cannot find symbol")


@pytest.mark.parametrize("damage", [b"", b"no archive", bytes(1 << 20)], ids=["empty", "text", "zeros"])
def test_an_archive_that_does_not_fit_is_passed_over(sandbox: Sandbox, archive: Path, damage: bytes) -> None:
    whole = archive.read_bytes()
    try:
        archive.write_bytes(damage)
        assert run(sandbox, JAVA, CODE.format(len(damage))) == (str(len(damage)), "")
    finally:
        archive.write_bytes(whole)


def test_an_archive_of_another_jdk_is_passed_over(sandbox: Sandbox, archive: Path) -> None:
    whole = archive.read_bytes()
    version = whole.index(b"OpenJDK 64-Bit Server VM")
    try:
        archive.write_bytes(whole[:version] + b"Another" + whole[version + 7 :])
        assert run(sandbox, JAVA, CODE.format(99)) == ("99", "")
        assert "created by a different version" in run(sandbox, telling("-J-Xlog:cds"), CODE.format(99))[1]
    finally:
        archive.write_bytes(whole)


@pytest.mark.parametrize("mode", ["r+b", "wb", "ab"])
def test_no_program_can_change_it(sandbox: Sandbox, archive: Path, mode: str) -> None:
    before = archive.read_bytes()
    code = f"open({str(archive)!r}, 'rb').close()\ntry: open({str(archive)!r}, {mode!r})\nexcept OSError: print('kept')"
    assert run(sandbox, languages()["python"], code)[0] == "kept\n"
    code = f"import os\ntry: os.unlink({str(archive)!r})\nexcept OSError: print('kept')"
    assert run(sandbox, languages()["python"], code)[0] == "kept\n"
    assert archive.read_bytes() == before


def test_programs_use_the_archive_of_the_jdk(sandbox: Sandbox) -> None:
    java, *flags = JAVA.run
    with sandbox.build(
        dataclasses.replace(JAVA, run=(java, "-Xshare:on", *flags)), CODE.format(5).encode(), RunLimits()
    ) as built:
        execution = sandbox.run(built.program, RunLimits())
    assert (execution.exit_code, execution.stdout) == (0, b"5"), execution
