"""open-r1's Codeforces runner on Piston: the program, its input, the answer and perhaps a checker come as files.

By open-r1's competitive_programming/cf_scoring.py: ``compile.code`` is 0 unless the compiler refused the program, and
what the run "prints" is its score, 1 or 0. ``checker.py input.txt correct_output.txt output.txt`` prints the score.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, NamedTuple

from evaluator.api.compat.running import asked, limits, refused, timed_out
from evaluator.api.waiting import held
from evaluator.checking import text
from evaluator.errors import InvalidRequest, JudgeFault
from evaluator.queueing.base import Queue
from evaluator.schema import RunReport, to_bytes

MARK = "grader_config"
_LANGUAGES = {"cf_python3": "python", "cf_python": "python", "cf_cpp": "cpp", "cf_c++17": "cpp17"}
_CHECKER_S, _CHECKER_MB = 20.0, 1024.0


class Judged(NamedTuple):
    """The two stages of Piston's answer."""

    compile: dict[str, Any]
    run: dict[str, Any]


async def judged(queue: Queue, language: str, code: str, files: Mapping[str, bytes]) -> Judged:
    """Run the program on its input and compare what it wrote.

    Raises:
        InvalidRequest: a file is missing.
        JudgeFault: the checker did not print a score.
    """
    config = _config(files[MARK])
    given, wanted = (_file(files, name) for name in ("input.txt", "correct_output.txt"))
    by_file = config.get("INPUT_MODE", "stdio").lower() == "file"
    program = asked(
        language=_LANGUAGES.get(language, language),
        code=code,
        stdin={"base64": base64.b64encode(b"" if by_file else given).decode()},
        files={"input.txt": {"base64": base64.b64encode(given).decode()}} if by_file else {},
        collect=["output.txt"] if by_file else [],
        limits=limits(float(config.get("TIME_LIMIT", 2)), float(config.get("MEMORY_LIMIT", 256))),
    )
    report: RunReport = await (await held(lambda: queue.run(program)))
    if (log := refused(report)) is not None:
        failed = {"code": 1, "stderr": log, "output": log, "status": "RE"}
        return Judged(failed, failed)
    well = report.exit_code == 0 and report.stopped_by is None
    written = to_bytes(report.files.get("output.txt", "") if by_file else report.stdout)
    score = await _score(queue, files, given, wanted, written) if well else "0"
    late = {"signal": "SIGKILL", "status": "TO"} if timed_out(report) else {}
    run = {"code": 0, "stdout": score, "output": score, "stderr": "" if well else f"{_ending(report)}\n", **late}
    return Judged({"code": 0}, run)


async def _score(queue: Queue, files: Mapping[str, bytes], given: bytes, wanted: bytes, written: bytes) -> str:
    checker = files.get("checker.py")
    if checker is None:
        return str(int(text.tokens(written, wanted).accepted))
    names = {"input.txt": given, "correct_output.txt": wanted, "output.txt": written}
    request = asked(
        language="python",
        code=checker.decode("utf-8", "replace"),
        args=list(names),
        files={name: {"base64": base64.b64encode(data).decode()} for name, data in names.items()},
        limits=limits(_CHECKER_S, _CHECKER_MB),
    )
    report: RunReport = await (await held(lambda: queue.run(request)))
    said = to_bytes(report.stdout).decode(errors="replace").strip()
    if report.exit_code != 0 or not said:
        raise JudgeFault(f"checker.py printed no score: {to_bytes(report.stderr)[-300:].decode(errors='replace')}")
    return said


def _config(data: bytes) -> dict[str, str]:
    lines = (line.partition("=") for line in data.decode(errors="replace").splitlines())
    return {name.strip(): value.strip() for name, _, value in lines}


def _file(files: Mapping[str, bytes], name: str) -> bytes:
    if name not in files:
        raise InvalidRequest(f"files: {name} is missing beside {MARK}")
    return files[name]


def _ending(report: RunReport) -> str:
    if report.stopped_by is not None:
        return f"stopped by its limit of {report.stopped_by}"
    return f"exit code {report.exit_code}" if report.exit_code is not None else f"signal {report.signal}"
