"""Messages of the owner to the helper in C, mutated by libFuzzer under AddressSanitizer and UBSan: ``messages.c``."""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sandbox.execution import Executable, Input, PythonModule, PythonScript
from sandbox.zygote import request
from sandbox.zygote.protocol import Word
from tests.fuzz.findings import Found

_TARGET = Path(__file__).with_name("messages.c")
_HELPER = Path(__file__).parents[2] / "sandbox" / "zygote"
_FLAGS = ("-g", "-O1", "-fsanitize=fuzzer,address,undefined", "-fno-sanitize-recover=all", "-Wall", "-Wextra")
# What is tried calls nothing of Python's, and so needs no library of it.
_LINK = ("-Wno-unused-parameter", "-Wno-unused-function", "-no-pie", "-Wl,--unresolved-symbols=ignore-all")
_LARGEST = 4096
_SHOWN = 4000
_IN_MEMORY = "/dev/shm" if os.path.isdir("/dev/shm") else None
"""A directory in which files are made and removed at once."""
_REQUEST, _BATCH, _DESCRIPTORS, _REFUSAL, _FILES_LEFT, _WORD = range(6)
_BOUNDS = request.ProcessBounds(cpu_s=3, stack_bytes=1 << 26, processes=16)
_PROGRAMS = (
    PythonScript(("main.py",), {"main.py": b"print(1)"}),
    PythonScript(("main.py", "a b", ""), {"main.py": b"", "data/é.txt": b"\0\xff" * 40}, collect=("out", "x")),
    PythonModule(("evaluator.harness.function",), {"solution.py": b"x"}, collect=("result.json",)),
    Executable(("./program",), environment={"A": "1", "B": ""}),
)
_BATCHES = (
    [Input(b"1\n")],
    [Input(b"%d\n" % number, {"call.json": b"[%d]" % number}) for number in range(5)],
    [Input(), Input(b"", {"a": b"", "b/c": b"\0"})],
)
_AS_A_GRANDCHILD = ("sh", "-c", '"$@"; exit $?', "sh")
"""A child begins with its parent's peak of memory, by which libFuzzer judges: ours may be a gibibyte by then."""
_SMALLEST = "int LLVMFuzzerTestOneInput(const char *data, unsigned long size) { return 0; }"


class NoFuzzer(Exception):
    """There is no clang here with its libFuzzer and sanitizers, or there are no headers of Python's."""


def build(directory: Path) -> Path:
    """Build the target.

    Raises:
        NoFuzzer
        RuntimeError: our sources do not compile; the message has what the compiler said.
    """
    include = Path(sysconfig.get_path("include"))
    if shutil.which("clang") is None or not (include / "Python.h").exists():
        raise NoFuzzer("no clang, or no headers of Python's (Debian: apt install clang libclang-rt-dev python3-dev)")
    smallest = directory / "smallest.c"
    smallest.write_text(_SMALLEST)
    if said := _compiled(smallest, directory / "smallest"):
        raise NoFuzzer(f"clang without its runtime (Debian: apt install libclang-rt-dev): {said}")
    binary = directory / "messages"
    linked = [str(_HELPER / name) for name in ("box.c", "io.c", "messages.c")]
    if said := _compiled(_TARGET, binary, *linked, f"-I{include}", f"-I{_HELPER}"):
        raise RuntimeError(said)
    return binary


def _compiled(target: Path, binary: Path, *more: str) -> str:
    """Make a fuzzer. Return what the compiler said if it could not."""
    command = ["clang", *_FLAGS, *_LINK, *more, str(target), "-o", str(binary)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stderr or "it failed"


def fuzz(binary: Path, directory: Path, seconds: int, seed: int) -> Found:
    """Mutate what the owner really sends, for so long. ``directory`` is an empty one, for what is found too."""
    corpus = directory / "corpus"
    corpus.mkdir()
    for number, message in enumerate(_seeds()):
        (corpus / f"seed{number}").write_bytes(message)
    options = [f"-max_total_time={seconds}", f"-seed={seed}", f"-max_len={_LARGEST}", f"-artifact_prefix={directory}/"]
    with tempfile.TemporaryDirectory(prefix="microcoder-fuzz-", dir=_IN_MEMORY) as work:
        done = subprocess.run(
            [
                *_AS_A_GRANDCHILD,
                str(binary),
                *options,
                "-print_final_stats=1",
                "-timeout=60",
                "-rss_limit_mb=1024",
                str(corpus),
            ],
            cwd=work,
            capture_output=True,
            env={**os.environ, "ASAN_OPTIONS": "detect_leaks=1:allocator_may_return_null=1"},
            check=False,
        )
    said = done.stderr.decode(errors="replace")
    executions = re.search(r"stat::number_of_executed_units: (\d+)", said)
    covered = re.findall(r"cov: (\d+)", said)
    return Found(
        int(executions[1]) if executions else 0,
        [] if done.returncode == 0 else [_finding(said, directory)],
        f"{covered[-1] if covered else 0} edges covered",
    )


def _finding(said: str, directory: Path) -> str:
    """The sanitizers' report, and the message that shows it."""
    start = max(0, said.find("ERROR: "))
    kept = [path for kind in ("crash", "leak", "timeout", "oom") for path in directory.glob(f"{kind}-*")]
    shown = (f"{path.name}: {base64.b64encode(path.read_bytes()).decode()}" for path in kept)
    return "\n".join([said[start:][:_SHOWN], *shown])


def _seeds() -> Iterator[bytes]:
    for program in _PROGRAMS:
        for session in (False, True):
            yield bytes([_REQUEST]) + _contents(request.write_program(program, _BOUNDS, session=session))
    for tests in _BATCHES:
        yield bytes([_BATCH]) + _contents(request.write_tests(tests, 50_000_000))
    for count in (0, 4, 5, 8, 9, 12):
        yield bytes([_DESCRIPTORS, count]) + b"run"
    yield bytes([_REFUSAL]) + 'a/"\\\n\x01é'.encode() * 100
    yield bytes([_REFUSAL]) + b"\x01" * 4000
    yield bytes([_FILES_LEFT]) + b"a/b/c\0contents"
    yield bytes([_WORD, Word.CLEAR])
    yield bytes([_WORD, Word.KILL])


def _contents(body: int) -> bytes:
    try:
        return request.whole(body)
    finally:
        os.close(body)
