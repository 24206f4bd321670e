"""Many runs, hostile and honest, through one service: does anything of ours grow?

``python -m benchmarks.soak [--runs 20000] [--record]``. What the service holds is read after the first twentieth of the
runs and at the end.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.machine import RUN_ALL, facts, record
from evaluator.cli.grade import stream_reports
from evaluator.local import local_service
from evaluator.schema import Submission, Suite, Verdict

SUITE = Suite.model_validate(
    {
        "mode": "stdio",
        "tests": [{"input": "1 2\n", "output": "3\n"}],
        "limits": {"cpu_s": 0.2, "wall_s": 0.3, "memory_mb": 64, "output_mb": 1, "processes": 16},
    }
)
ADD = "print(sum(map(int, input().split())))"
RARE = 1
_MIN_EARLY_RUNS = 256
"""Weights: a program that runs into a limit takes a hundred times as long as one that does not."""
PROGRAMS: list[tuple[int, str, Verdict]] = [
    (60, ADD, Verdict.ACCEPTED),
    (10, "print(4)", Verdict.WRONG_ANSWER),
    (5, "1 / 0", Verdict.RUNTIME_ERROR),
    (5, "import os\nos.kill(os.getpid(), 9)", Verdict.RUNTIME_ERROR),
    (5, "print(", Verdict.COMPILE_ERROR),
    (5, f"import os\nfor i in range(500): open(f'f{{i}}', 'w').write('x')\nos.mkdir('d', 0)\n{ADD}", Verdict.ACCEPTED),
    (5, f"import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(99)\n{ADD}", Verdict.ACCEPTED),
    (5, f"import os\nfor _ in range(200): os.open('/dev/null', 0)\n{ADD}", Verdict.ACCEPTED),
    (4, f"import socket\na, b = socket.socketpair()\n{ADD}", Verdict.ACCEPTED),
    (4, "import os, tempfile\nos.link(__file__, '/tmp/l')\nos.symlink('/etc', 'e')\n" + ADD, Verdict.ACCEPTED),
    (RARE, "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass", Verdict.TIME_LIMIT_EXCEEDED),
    (RARE, "while True: pass", Verdict.TIME_LIMIT_EXCEEDED),
    (RARE, "import time\ntime.sleep(99)", Verdict.TIME_LIMIT_EXCEEDED),
    (RARE, "x = []\nwhile True: x.append(bytearray(1 << 20))", Verdict.MEMORY_LIMIT_EXCEEDED),
    (RARE, "f = open('/tmp/big', 'wb')\nwhile True: f.write(bytes(1 << 20))", Verdict.MEMORY_LIMIT_EXCEEDED),
    (RARE, "while True: print('x' * 9999)", Verdict.OUTPUT_LIMIT_EXCEEDED),
]


@dataclass(frozen=True, slots=True)
class Holdings:
    """The resources that the service and all processes below it hold."""

    processes: int
    descriptors: int
    memory_mb: int
    groups: int
    temporary: int
    mounts: int

    @classmethod
    def of(cls, pid: int) -> Holdings:
        service = psutil.Process(pid)
        workers = [child for child in service.children() if child.name() == "worker"]
        tree = [service, *service.children(recursive=True)]
        return cls(
            processes=len(tree),
            descriptors=sum(process.num_fds() for process in (service, *workers)),
            memory_mb=sum(process.memory_info().rss for process in (service, *workers)) >> 20,
            groups=sum(1 for _ in Path("/sys/fs/cgroup").glob("**/microcoder-*")),
            temporary=len(os.listdir("/tmp")),
            mounts=Path("/proc/self/mountinfo").read_text().count("\n"),
        )


def mixture(count: int) -> list[tuple[Submission, Verdict]]:
    """Programs in proportion to their weights, well mixed."""
    cycle = [(code, verdict) for weight, code, verdict in PROGRAMS for _ in range(weight)]
    step = 37  # has no divisor in common with the cycle's length
    chosen = [cycle[number * step % len(cycle)] for number in range(count)]
    return [(Submission(code=code, suite=SUITE), verdict) for code, verdict in chosen]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20_000)
    parser.add_argument("--record", action="store_true", help="add the result to RESULTS.md")
    options = parser.parse_args()
    before = facts()
    runs = mixture(options.runs)
    early_at = max(_MIN_EARLY_RUNS, options.runs // 20)
    unexpected: Counter[str] = Counter()
    with local_service(settings=RUN_ALL) as service:
        started = time.perf_counter()
        early = None
        for start, end in ((0, early_at), (early_at, len(runs))):
            for report in stream_reports(service.url, [submission for submission, _ in runs[start:end]]):
                expected = runs[start + (report.index or 0)][1]
                if report.verdict is not expected:
                    unexpected[f"{expected} became {report.verdict} ({report.reason})"] += 1
            early = early or Holdings.of(service.process.pid)
        seconds = time.perf_counter() - started
        late = Holdings.of(service.process.pid)
    lines = [
        f"{len(runs)} runs in {seconds:.0f} s, {sum(unexpected.values())} unexpected verdicts.",
        "",
        f"| | after {early_at} | at the end |",
        "|---|---|---|",
        *(f"| {name} | {getattr(early, name)} | {getattr(late, name)} |" for name in Holdings.__slots__),
        "",
        *(f"- {count} × {what}" for what, count in unexpected.items()),
    ]
    print(before, *lines, sep="\n")
    if options.record:
        record(f"Soak: {len(runs)} mixed runs", "python -m benchmarks.soak", before, lines)


if __name__ == "__main__":
    main()
