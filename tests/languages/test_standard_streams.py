"""A program's output is complete, however it ended and however soon it is read.

Node writes to a pipe that does not block, as it would make stdout and stderr, only what fits and the rest in time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from evaluator.grading.grader import Grader
from evaluator.schema import Submission, Suite
from sandbox.execution import Execution
from sandbox.isolation import Tier
from sandbox.limits import MIB, RunLimits
from sandbox.sandbox import Sandbox
from sandbox.toolchain import languages, probe
from tests.sandbox.conftest import open_slot

SIZE = 4_000_000
LONG = f"'x'.repeat({SIZE})"
NODE, TYPESCRIPT = languages()["javascript"], languages()["typescript"]
pytestmark = pytest.mark.skipif(probe(NODE, "") is None, reason="no node")
ENDS = {
    "exit": f"process.stdout.write({LONG}); process.exit(0)",
    "exit after lines": f"for (let i = 0; i < {SIZE // 10}; i++) console.log('x'.repeat(9)); process.exit(0)",
    "exit after end": f"process.stdout.end({LONG}); process.exit(0)",
    "exit in a callback": f"process.stdout.write({LONG}, () => process.exit(0))",
    "exception": f"process.stdout.write({LONG}); throw new Error('no')",
    "rejection": f"process.stdout.write({LONG}); Promise.reject(new Error('no'))",
    "abort": f"process.stdout.write({LONG}); process.abort()",
    "both ways of writing": f"process.stdout.write('x'); require('fs').writeSync(1, 'x'.repeat({SIZE - 1})); process.exit(0)",
    "child": "require('child_process').spawnSync(process.execPath, ['-e', "
    f'"process.stdout.write({LONG}); process.exit(0)"], {{ stdio: "inherit" }}); process.exit(0)',
    "worker": f'new (require("worker_threads").Worker)("process.stdout.write({LONG})", {{ eval: true }})',
}


@pytest.fixture(scope="module", params=list(Tier))
def sandbox(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    slot = open_slot(request.param)
    slot.close()
    cache = tmp_path_factory.mktemp("output") / "compiled"
    opened = Sandbox(slot.runtime, tier=request.param, cache=cache)
    yield opened
    opened.close()


def ran(sandbox: Sandbox, code: str, language: str = "javascript") -> Execution:
    limits = RunLimits(memory_bytes=1024 * MIB)
    with sandbox.build(languages()[language], code.encode(), limits) as built:
        return sandbox.run(built.program, limits)


@pytest.mark.parametrize("code", ENDS.values(), ids=ENDS)
def test_nothing_of_stdout_is_lost(sandbox: Sandbox, code: str) -> None:
    execution = ran(sandbox, code)
    assert len(execution.stdout) == SIZE, execution.stderr[-500:]


def test_nothing_of_stderr_is_lost(sandbox: Sandbox) -> None:
    execution = ran(sandbox, f"process.stderr.write({LONG}); process.exit(3)")
    assert (execution.exit_code, len(execution.stderr)) == (3, SIZE)


def test_typescript_is_no_different(sandbox: Sandbox) -> None:
    if probe(TYPESCRIPT, "") is None:
        pytest.skip("no esbuild")
    execution = ran(
        sandbox, f"const size: number = {SIZE}; console.log('x'.repeat(size - 1)); process.exit(0)", "typescript"
    )
    assert len(execution.stdout) == SIZE


def test_programs_that_write_by_themselves_are_never_told_to_try_again(sandbox: Sandbox) -> None:
    code = (
        "import os\nos.set_blocking(1, False)\nwritten = 0\n"
        f"while written < {SIZE}:\n    written += os.write(1, b'x' * ({SIZE} - written))\n"
    )
    execution = ran(sandbox, code, "python")
    assert (execution.exit_code, len(execution.stdout)) == (0, SIZE), execution.stderr


def test_the_input_may_still_be_made_one_that_does_not_block(sandbox: Sandbox) -> None:
    code = "import os\nread, write = os.pipe()\nos.dup2(read, 0)\nos.set_blocking(0, False)\nprint(os.get_blocking(0))"
    assert ran(sandbox, code, "python").stdout == b"False\n"


INTERACTOR = f"""
import sys
print({SIZE}, flush=True)
read = sys.stdin.read()
sys.exit(0 if read == "x" * {SIZE} else 1)
"""


def test_a_conversation_has_all_of_it_too(grader: Grader) -> None:
    suite = Suite.model_validate(
        {
            "mode": "interactive",
            "interactor": {"language": "python", "code": INTERACTOR, "protocol": "testlib"},
            "tests": [{"input": ""}],
            "limits": {"memory_mb": 1024},
        }
    )
    code = """process.stdin.on("data", size => { process.stdout.write("x".repeat(Number(size))); process.exit(0); });"""
    report = grader.grade(Submission(code=code, language="javascript", suite=suite), suite)
    assert report.verdict == "accepted", report


def test_a_harness_has_all_of_it_too(grader: Grader) -> None:
    """The token that the tests end with comes behind what they wrote."""
    suite = Suite.model_validate(
        {
            "mode": "program",
            "program": {"test_code": f"console.log({LONG}); if (f(1) !== 2) throw new Error('no');"},
        }
    )
    asked = Submission(code="function f(x) { return x + 1; }", language="javascript", suite=suite)
    report = grader.grade(asked, suite)
    assert report.verdict == "accepted", report.model_copy(update={"id": None})


def test_other_runtimes_lose_nothing_either(sandbox: Sandbox) -> None:
    programs = {
        "ruby": f"print 'x' * {SIZE}\nexit 0",
        "php": f"<?php echo str_repeat('x', {SIZE}); exit(0);",
        "perl": f"print 'x' x {SIZE}; exit 0;",
        "go": f'package main\nimport ("fmt"; "os"; "strings")\nfunc main() {{ fmt.Print(strings.Repeat("x", {SIZE})); os.Exit(0) }}',
        "java": f'class Main {{ public static void main(String[] a) {{ System.out.print("x".repeat({SIZE})); System.exit(0); }} }}',
    }
    found = {
        name: len(ran(sandbox, code, name).stdout) for name, code in programs.items() if probe(languages()[name], "")
    }
    assert found == dict.fromkeys(found, SIZE)


ASKS = """
const lines = require("readline").createInterface({ input: process.stdin });
lines.question("", line => { console.log(Number(line) + 1); lines.close(); });
"""
LENGTH = 'console.log(require("fs").readFileSync(0).length);'


def test_a_last_line_without_a_newline_is_an_answer_too(grader: Grader) -> None:
    for code, stdin, output in ((ASKS, "41", "42"), (ASKS, "41\n", "42"), (LENGTH, "41", "2"), (ASKS, "", "")):
        suite = Suite.model_validate({"mode": "stdio", "tests": [{"input": stdin, "output": output}]})
        report = grader.grade(Submission(code=code, language="javascript", suite=suite), suite)
        assert report.verdict == "accepted", (code, stdin, report)
