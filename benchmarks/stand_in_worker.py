"""A worker that judges nothing: it answers each task with the same report. So the API and the queue can be driven to
their own limits, which no two CPUs' worth of real programs would reach.

``python -m benchmarks.stand_in_worker serve --port 8000 ...`` starts the service with such workers.
"""

from __future__ import annotations

import signal
import socket

from evaluator.cli import main as command_line
from evaluator.engine import ENGINE
from evaluator.queueing import worker
from evaluator.queueing.messages import Frames, Graded, Hello, framed, framed_bytes
from evaluator.schema import Report, TestReport, Verdict
from evaluator.written_report import WrittenReport
from sandbox.kernel.libc import PR_SET_PDEATHSIG, prctl

TESTS = 40
_PIECE_BYTES = 1 << 18


def main() -> None:
    """Start the service with stand-ins for its workers, which are forks of it."""
    worker.work_at = _answer_all
    command_line()


def _answer_all(connection: socket.socket, _: socket.socket, __: int) -> None:
    prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    short, long = (Graded(report=WrittenReport.of(_report(tests))).model_dump_json().encode() for tests in (0, TESTS))
    hello = framed(Hello(isolation="none: a stand-in", versions={"python": "3.11"}))
    frames = Frames()
    while data := connection.recv(_PIECE_BYTES):
        for number, message in frames.fed(data):
            if hello:  # the first message is the introduction
                connection.sendall(hello)
                hello = b""
            elif message:
                connection.sendall(framed_bytes(short if b'"detail":"summary"' in message else long, number))


def _report(tests: int) -> Report:
    one = TestReport(index=0, verdict=Verdict.ACCEPTED, cpu_s=0.001, wall_s=0.001, memory_bytes=9_000_000,
                     matched_by="tokens", strict=True)  # fmt: skip
    return Report(
        verdict=Verdict.ACCEPTED,
        score=1.0,
        passed=TESTS,
        total=TESTS,
        tests=tuple(one.model_copy(update={"index": index}) for index in range(tests)),
        isolation="namespaces",
        run_s=0.005,
        engine=ENGINE,
    )


if __name__ == "__main__":
    main()
