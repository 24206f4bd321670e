"""The registered runs on length, as many as a call has time for; the next call goes on where this one ended.

    python -m examples.grpo.length --minutes 30     # from the project's root; nothing is lost if it is killed
    python -m examples.grpo.length --jobs 15        # on a machine of 16 cores
    python -m examples.grpo.length.analysis         # what the runs that are there say

REGISTRATION.md says what is run, what is measured, and when it ends. Needs the extra `trl`.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from evaluator.local import local_service
from examples.grpo import report
from examples.grpo.launch import HERE, command, environment, write_problems
from examples.grpo.length import analysis, records
from examples.grpo.length.design import BASE, SEEDS, SETTINGS, SIZE, THREADS

POLL_S = 0.2


def main() -> None:
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped: the same command goes on"))
    data, made = HERE / "runs" / SIZE, options.folder / "runs"
    data.mkdir(parents=True, exist_ok=True)
    write_problems(data)
    settings = (*SETTINGS, *options.set)
    made_of = partial(records.provenance, BASE, settings)
    jobs = records.open_jobs(made, options.seeds, made_of(), mixed=options.mixed)
    deadline = time.monotonic() + 60 * options.minutes if options.minutes else float("inf")
    with local_service() as service:
        runner = Runner(made, HERE / "runs" / "length", service.url, settings, made_of, deadline)
        with ThreadPoolExecutor(options.jobs) as pool:
            try:
                list(pool.map(lambda job: runner.run(*job), jobs))
            finally:
                runner.stop.set()
    print(analysis.write(options.folder))
    if runner.failures:
        sys.exit("\n".join(runner.failures))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, help="end after so long")
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time, of one thread each")
    parser.add_argument("--seeds", nargs="+", type=int, choices=SEEDS, default=SEEDS, metavar="SEED")
    parser.add_argument("--folder", type=Path, default=Path(__file__).parent, help="where the records are")
    parser.add_argument("--mixed", action="store_true", help="add seeds to records of another version or machine")
    parser.add_argument("--set", nargs="+", default=[], metavar="KEY=VALUE", help="a trial, in another --folder")
    return parser.parse_args()


@dataclass
class Runner:
    """Makes runs until its time is over, one fails, or ``stop`` is set.

    Args:
        folder: of the records.
        scratch: of what a run leaves, while it lasts, and of logs.
        made_of: reads the provenance of a run that begins now, which has to stay the same.
    """

    folder: Path
    scratch: Path
    url: str
    settings: Sequence[str]
    made_of: Callable[[], records.Provenance]
    deadline: float = float("inf")
    stop: threading.Event = field(default_factory=threading.Event)
    longest_s: float = 0.0
    failures: list[str] = field(default_factory=list)
    expected: records.Provenance = field(init=False)

    def __post_init__(self) -> None:
        self.expected = self.made_of()

    def run(self, arm: str, seed: int) -> None:
        """Make one run and its record, unless the time left is shorter than the longest run so far."""
        started = time.monotonic()
        if self.stop.is_set() or started + self.longest_s > self.deadline:
            return
        self.scratch.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self.scratch) as place:
            output = Path(place) / f"{arm}-{seed}"
            train = command(SIZE, arm, seed, self.settings, output, self.url)
            if not self._succeeds(train, self.scratch / f"{arm}-{seed}.log"):
                return
            if self.made_of() != self.expected:
                self._fail(f"the sources were changed during {arm}, seed {seed}, so that it does not count")
                return
            records.write(self.folder, report.read(output), self.expected)
        self.longest_s = max(self.longest_s, time.monotonic() - started)
        print(f"{arm}, seed {seed}: done in {time.monotonic() - started:.0f} s", flush=True)

    def _succeeds(self, train: Sequence[str], log: Path) -> bool:
        """Tell whether a run came to its end. A run that fails is no reason to try the others."""
        with log.open("w") as file:
            process = subprocess.Popen(train, stdout=file, stderr=subprocess.STDOUT, env=environment(THREADS))
            while process.poll() is None:
                if self.stop.wait(POLL_S) or time.monotonic() > self.deadline:
                    process.kill()
                    process.wait()
                    return False
        if process.returncode:
            self._fail(f"a run failed; {log} says why")
        return process.returncode == 0

    def _fail(self, reason: str) -> None:
        self.failures.append(reason)
        self.stop.set()


if __name__ == "__main__":
    main()
