"""For Inspect (``inspect-ai``): a scorer, and a sandbox for tools.

::

    from trainer_client.evals.inspect_ai import microcoder

    Task(dataset=..., solver=[generate()], scorer=microcoder(tests="tests"), sandbox="microcoder")
"""

from __future__ import annotations

from typing import Any

from inspect_ai.scorer import CORRECT, INCORRECT, Score, Scorer, Target, accuracy, scorer, stderr
from inspect_ai.solver import TaskState
from inspect_ai.util import (
    ExecResult,
    SandboxEnvironment,
    SandboxEnvironmentConfigType,
    SandboxUserUnsupportedError,
    sandboxenv,
)

from evaluator.schema import Limits, RunRequest, Submission
from evaluator.schema.base import Text, to_bytes, to_text
from trainer_client.client import AsyncEvaluatorClient
from trainer_client.evals import is_accepted, reason_of
from trainer_client.evals.working_files import ARCHIVE, WorkingFiles
from trainer_client.suites import read_row

_TIMEOUT_S = 60
_MEMORY_MB = 2048
_OUTPUT_MB = 10
"""Inspect's bound of an output, which here is that of all files too."""
_SCRIPT = f"""
tar -xf {ARCHIVE} && rm {ARCHIVE} && mkdir -p "$1" || exit 125
(cd "$1" && shift && exec /usr/bin/env "$@")
code=$?
tar -cf {ARCHIVE} --exclude ./{ARCHIVE} . 2>/dev/null
exit $code
"""


@scorer(metrics=[accuracy(), stderr()])  # type: ignore[untyped-decorator]  # Any to the checker
def microcoder(tests: str | None = None, language: str = "python", url: str | None = None, **fields: Any) -> Scorer:
    """Grade the program in a model's answer.

    Args:
        tests: the field of a sample's metadata that holds its tests, in any shape that ``trainer_client.suites`` knows;
            without it, all of the metadata is read as a data set's row.
        language: of samples that name none.
        url: of the service; by default ``MICROCODER_URL``.
        fields: of every suite, such as ``limits={"cpu_s": 10}``.
    """
    client = AsyncEvaluatorClient(url)

    async def score(state: TaskState, target: Target) -> Score:
        row = read_row(state.metadata[tests], state.metadata) if tests is not None else read_row(state.metadata)
        report = await client.grade(
            Submission(response=state.output.completion, language=row.language or language, suite=row.suite(**fields))
        )
        facts = {"verdict": report.verdict.value, "passed": report.passed, "total": report.total}
        return Score(
            value=CORRECT if is_accepted(report) else INCORRECT,
            answer=state.output.completion,
            explanation=f"{report.verdict}: {reason_of(report)}".removesuffix(": "),
            metadata=facts,
        )

    return score


@sandboxenv(name="microcoder")
class MicrocoderSandbox(SandboxEnvironment):  # type: ignore[misc]  # Any to the checker
    """A sandbox whose commands run through ``/v1/run``, each in a jail of its own without a network. The files of the
    working directory go from one command to the next; processes, links and empty directories do not. Of a command that
    reaches a limit they stay as they were before it. Set ``MICROCODER_URL``."""

    def __init__(self) -> None:
        super().__init__()
        self._client = AsyncEvaluatorClient()
        self._files = WorkingFiles()

    @classmethod
    async def sample_init(
        cls, task_name: str, config: SandboxEnvironmentConfigType | None, metadata: dict[str, str]
    ) -> dict[str, SandboxEnvironment]:
        """Begin a sample with an empty working directory."""
        return {"default": cls()}

    @classmethod
    async def sample_cleanup(
        cls,
        task_name: str,
        config: SandboxEnvironmentConfigType | None,
        environments: dict[str, SandboxEnvironment],
        interrupted: bool,
    ) -> None:
        """Close the connections of a sample."""
        for environment in environments.values():
            await environment.as_type(cls)._client.aclose()

    async def exec(
        self,
        cmd: list[str],
        input: str | bytes | None = None,  # Inspect's name
        cwd: str | None = None,
        env: dict[str, str] | None = None,
        user: str | None = None,
        timeout: int | None = None,
        timeout_retry: bool = True,
        concurrency: bool = True,
    ) -> ExecResult[str]:
        """Run a command.

        Raises:
            TimeoutError: it took too long, by CPU time or by the clock.
            SandboxUserUnsupportedError: a user is named; all commands run as one without rights.
            PermissionError: the working directory is another one.
        """
        if user is not None:
            raise SandboxUserUnsupportedError(f"commands run as one user without rights, never as {user!r}")
        seconds = float(timeout or _TIMEOUT_S)
        words = [f"{name}={value}" for name, value in (env or {}).items()]
        report = await self._client.run(
            RunRequest(
                language="bash",
                code=_SCRIPT,
                args=(self._files.path(cwd or "."), *words, *cmd),
                stdin=input if isinstance(input, str) else to_text(input or b""),
                files={ARCHIVE: to_text(self._files.packed())},
                sources={},
                collect=(ARCHIVE,),
                limits=Limits(cpu_s=seconds, wall_s=seconds, memory_mb=_MEMORY_MB, output_mb=_OUTPUT_MB),
            )
        )
        if report.stopped_by in ("cpu", "wall"):
            raise TimeoutError(f"the command was stopped after {seconds:g} s")
        if ARCHIVE in report.files:
            self._files.unpack(to_bytes(report.files[ARCHIVE]))
        code = report.exit_code if report.exit_code is not None else 128 + (report.signal or 0)
        return ExecResult(code == 0, code, _shown(report.stdout), _shown(report.stderr))

    async def write_file(self, file: str, contents: str | bytes) -> None:
        """Write a file of the working directory.

        Raises:
            PermissionError: it lies elsewhere.
        """
        self._files.write(file, contents.encode() if isinstance(contents, str) else contents)

    async def read_file(self, file: str, text: bool = True) -> Any:
        """Read a file of the working directory.

        Raises:
            FileNotFoundError: there is none.
            PermissionError: it lies elsewhere.
            UnicodeDecodeError: it is no text.
        """
        content = self._files.read(file)
        return content.decode() if text else content


def _shown(output: Text) -> str:
    return to_bytes(output).decode(errors="replace")
