"""The facts of the machine that a figure was measured on."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import date
from pathlib import Path

import psutil

from evaluator.engine import ENGINE

RESULTS = Path(__file__).with_name("RESULTS.md")
RUN_ALL = {"MICROCODER_RESULTS_MB": "0"}
"""Settings of a service that is measured: a report that was kept of an earlier run is no measurement."""


def facts() -> str:
    """One line: day, version and commit, CPUs, memory, kernel, Python, load average."""
    cpus = f"{len(os.sched_getaffinity(0))} × {cpu_model()}"
    memory = f"{psutil.virtual_memory().total / 2**30:.0f} GiB"
    load = "/".join(f"{value:.2f}" for value in os.getloadavg())
    python = f"Python {platform.python_version()}"
    return (
        f"{date.today()}, {ENGINE} at {_commit()}, {cpus}, {memory}, Linux {platform.release()}, {python}, load {load}"
    )


def record(title: str, command: str, before: str, lines: list[str], results: Path = RESULTS) -> None:
    """Add a result to a file of them, newest first. ``before`` are the facts from before the measurement."""
    section = "\n".join([f"## {title}", "", f"`{command}` — {before}", "", *lines, ""])
    head, _, rest = results.read_text().partition("\n## ")
    results.write_text(f"{head.rstrip()}\n\n{section}" + (f"\n## {rest}" if rest else ""))


def cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "no commit"
