"""A sandbox whose second kind of slots runs tests, under the submissions' interpreter with pytest."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from textwrap import dedent
from typing import Any

import pytest

from evaluator import harness
from evaluator.runtime import interpreter
from evaluator.settings import Settings
from sandbox.execution import Execution, Program, PythonModule
from sandbox.isolation import Tier
from sandbox.limits import MIB, RunLimits
from sandbox.runtime import Runtime
from sandbox.sandbox import Sandbox
from sandbox.toolchain import python_runtime

LIMITS = RunLimits(cpu_s=5.0, memory_bytes=256 * MIB)


@dataclass(frozen=True)
class Run:
    """The recorder's output of one run."""

    execution: Execution
    records: list[Any]

    @property
    def end(self) -> dict[str, Any]:
        """The runner's own last word."""
        assert self.records, self.execution
        name, end = self.records[-1]
        assert name == "end", self.execution
        assert isinstance(end, dict)
        return end

    @property
    def values(self) -> list[Any]:
        """The forms of what sites sent, in order."""
        return [record[2] for record in self.records if record[0] == "site"]

    @property
    def outcomes(self) -> dict[str, str]:
        """Return the outcome of each test, by its name."""
        return {record[1]: record[2] for record in self.records if record[0] == "test"}


def python() -> str:
    """The interpreter of submissions, which has pytest unless somebody made it otherwise."""
    found = interpreter(Settings())
    if found is None or subprocess.run([found, "-c", "import pytest"], capture_output=True).returncode:
        pytest.skip("the environment of submissions has no pytest: microcoder runtime adds it")
    return found


@pytest.fixture(scope="session")
def runtime() -> Runtime:
    return python_runtime(python(), harness.sources())


@pytest.fixture(scope="session")
def sandbox(runtime: Runtime, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    cache = tmp_path_factory.mktemp("cache") / "compiled"
    opened = Sandbox(runtime, runtimes={"tests": harness.test_runtime(runtime)}, minimum=Tier.PROCESS, cache=cache)
    yield opened
    opened.close()


def delivered_program(code: str, text: str, framework: str, **more: Any) -> Program:
    """Delivered tests with a submission."""
    text = dedent(text)
    fields: dict[str, Any] = {"entry_point": None, "prelude": False, "policy": "all", "separate": False}
    delivered = {"text": text, "framework": framework, "module_names": [], **fields, **more}
    files = {"solution.py": dedent(code).encode(), "delivered.json": json.dumps(delivered).encode()}
    return PythonModule(("evaluator.harness.runner",), files, collect=("records",), runtime="tests")


def read(execution: Execution) -> Run:
    """The records that a run left."""
    lines = execution.collected.get("records", b"").splitlines()
    return Run(execution, [json.loads(line) for line in lines])


RunTests = Callable[..., Run]


@pytest.fixture
def run(sandbox: Sandbox) -> RunTests:
    """Run delivered tests with a submission in one process."""

    def run_tests(code: str, text: str, framework: str = "script", *, cpu_s: float = LIMITS.cpu_s, **more: Any) -> Run:
        return read(sandbox.run(delivered_program(code, text, framework, **more), LIMITS._replace(cpu_s=cpu_s)))

    return run_tests
