"""All that hostile programs and clients can say, at random for an hour: does anything break?

``python -m benchmarks.fuzz_wall [--seconds 3600] [--seed 1] [--record]``. The fuzzers are those of ``tests/fuzz``: what
the helper in C is sent, under libFuzzer and its sanitizers; what hostile processes in a jail say and leave; what comes
over a jail's own sockets; results that no harness would write; and requests of every endpoint that are nearly right.
Ends with code 1 if anything was found.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.machine import facts, record
from sandbox.execution import SlotFailed
from sandbox.isolation import Tier
from tests.fuzz import jail, messages, owner, results, wire
from tests.fuzz.findings import Found
from tests.sandbox.conftest import SLOTS


def _messages(directory: Path, seconds: float, seed: int) -> Found:
    try:
        binary = messages.build(directory)
    except messages.NoFuzzer as error:
        return Found(0, [str(error)], "not tried")
    return messages.fuzz(binary, directory, int(seconds), seed)


def _processes(tier: Tier, native: bool) -> Callable[[Path, float, int], Found]:
    def fuzz(directory: Path, seconds: float, seed: int) -> Found:
        try:
            return owner.fuzz(directory, seconds, seed, tier, native)
        except SlotFailed as error:
            return Found(0, [], f"not tried: {error}")

    return fuzz


_FUZZERS: dict[str, tuple[Callable[[Path, float, int], Found], float]] = {
    "messages to the helper in C": (_messages, 0.25),
    **{f"hostile processes, {name}": (_processes(*slot), 0.08) for name, slot in SLOTS.items()},
    "sockets of a jail's own": (lambda _, seconds, seed: jail.fuzz(seconds, seed), 0.05),
    "results": (lambda _, seconds, seed: results.fuzz(seconds, seed), 0.1),
    "requests": (wire.fuzz, 0.28),
}
"""Each with its share of the time."""
_SEEDS = 1_000_000
"""One run takes seeds one after the other; those of the next are so far away."""


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=3600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--record", action="store_true")
    asked = parser.parse_args()
    before, findings = facts(), list[str]()
    lines = ["| what | tried | in | found | of these |", "|---|---|---|---|---|"]
    for name, (fuzz, share) in _FUZZERS.items():
        with tempfile.TemporaryDirectory(prefix="microcoder-fuzz-") as directory:
            started = time.monotonic()
            found = fuzz(Path(directory), asked.seconds * share, asked.seed * _SEEDS)
            took_s = time.monotonic() - started
        findings += found.findings
        lines.append(f"| {name} | {found.executions} | {took_s:.0f} s | {len(found.findings)} | {found.note} |")
        print(lines[-1], *found.findings, sep="\n", flush=True)
    if asked.record:
        command = f"python -m benchmarks.fuzz_wall --seconds {asked.seconds} --seed {asked.seed}"
        record("Fuzz: the wall", command, before, lines)
    raise SystemExit(bool(findings))


if __name__ == "__main__":
    main()
