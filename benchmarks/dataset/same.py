"""The same data set whatever happens: run twice, killed at 20 points, before a service that errs. And the language
model, an endpoint of ours, is sent no request twice.

``python -m benchmarks.dataset.same [--config examples/dataset/demo.yaml] [--until card] [--kills 20] [--share 0.2]
[--work FOLDER] [--record]``. Every run has a folder of its own; compared are all parts, rejections, suites and the
manifest. With ``--work`` a measurement that was stopped goes on: what a run has done, and kills, count.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, fields
from pathlib import Path

from benchmarks.dataset.fake_model import FakeModel, fake_model
from benchmarks.machine import RUN_ALL, facts, record
from evaluator.local import local_service
from tests.dataset.erring import erring
from trainer_client.dataset.files import sha256_of
from trainer_client.dataset.parts import ProblemFiles

RESULTS = Path(__file__).with_name("RESULTS.md")
_LOOK_S = 0.005
_SHOWN = 8
_COMPARED = (".parquet", ".zst")
_MODEL = ("llm.model=fake", "llm.steps=[rubric,normalise,checker,attempts,generator,validator]")


@dataclass(frozen=True)
class Run:
    """A run's command and its folder."""

    folder: Path
    config: Path
    until: str
    service: str
    model: str

    def command(self) -> list[str]:
        """Its command line."""
        paths = [f"run={self.folder}/run", f"dataset={self.folder}/dataset", f"llm.url={self.model}", *_MODEL]
        command = [sys.executable, "-m", "evaluator", "dataset", "run", "--config", str(self.config), *paths]
        return [*command, "--until", self.until, "--service", self.service]

    def start(self) -> subprocess.Popen[bytes]:
        """Begin, or go on."""
        return subprocess.Popen(self.command(), stderr=subprocess.DEVNULL)

    def finish(self) -> float:
        """Go on to the end. Return the seconds.

        Raises:
            SystemExit: it failed.
        """
        started = time.perf_counter()
        if subprocess.run(self.command(), check=False).returncode:
            raise SystemExit(f"failed: {' '.join(self.command())}")
        return time.perf_counter() - started

    def lines(self) -> int:
        """Count the lines of its journals."""
        return sum(_lines(each) for each in (self.folder / "run").glob("*/journal.jsonl"))

    def outcome(self) -> dict[str, str]:
        """Hashes of what it made."""
        made = [each for each in (self.folder / "run").rglob("*") if each.suffix in _COMPARED]
        made += [each for each in (self.folder / "dataset").rglob("*") if each.is_file()]
        return {str(each.relative_to(self.folder)): sha256_of(each) for each in sorted(made)}


def _lines(journal: Path) -> int:
    try:
        return journal.read_bytes().count(b"\n")
    except FileNotFoundError:
        return 0


def kill_at_points(run: Run, kills: int, lines: int) -> int:
    """Kill a run when its journals have so many lines, again and again. Return how many kills hit it alive."""
    record_ = run.folder / "kills"
    hits = record_.read_text() if record_.exists() else ""
    for point in range(len(hits), kills):
        process = run.start()
        while process.poll() is None and run.lines() < 1 + point * lines // kills:
            time.sleep(_LOOK_S)
        hits += "x" if process.poll() is None else "-"
        process.kill()
        process.wait()
        record_.write_text(hits)
    return hits.count("x")


def fields_apart(run: Run, first: Run) -> list[str]:
    """The first rows that differ, in the first stage where some do, with the fields that differ."""
    for folder in sorted((first.folder / "run").glob("0*")):
        pairs = zip(ProblemFiles(folder), ProblemFiles(run.folder / "run" / folder.name), strict=False)
        found = [
            f"{folder.name} {one.id} {each.name}: {getattr(one, each.name)!r} and {getattr(other, each.name)!r}"
            for one, other in pairs
            for each in fields(one)
            if getattr(one, each.name) != getattr(other, each.name)
        ]
        if found:
            return found[:_SHOWN]
    return []


def told(name: str, run: Run, first: Run, *more: str) -> str:
    """A line of the table."""
    ours, theirs = run.outcome(), first.outcome()
    apart = sorted(file for file in ours.keys() | theirs.keys() if ours.get(file) != theirs.get(file))
    for each in fields_apart(run, first) if apart else ():
        print(each)
    same = "all equal" if not apart else f"{len(apart)} differ: {apart[:5]}"
    return f"| {name} | {len(ours)} files, {same} | {' | '.join(more)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, default=Path("examples/dataset/demo.yaml"))
    parser.add_argument("--until", default="card")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--share", type=float, default=0.2)
    parser.add_argument("--work", type=Path, help="the runs' folders, to go on after an interruption")
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    before = facts()
    with tempfile.TemporaryDirectory() as name, local_service(settings=RUN_ALL) as service, fake_model() as model:
        lines = measured(options.work or Path(name), service.url, model, options)
    print("\n".join(lines))
    if options.record:
        record(
            "The same data set", f"python -m benchmarks.dataset.same --kills {options.kills}", before, lines, RESULTS
        )


def measured(folder: Path, service: str, model: FakeModel, options: argparse.Namespace) -> list[str]:
    """The lines of the result."""

    def run(title: str, url: str = service) -> Run:
        (folder / title).mkdir(parents=True, exist_ok=True)
        return Run(folder / title, options.config, options.until, url, model.url(title))

    first, second, killed = run("first"), run("second"), run("killed")
    seconds = f"{first.finish():.0f} s and {second.finish():.0f} s, less what was done before an interruption"
    alive = kill_at_points(killed, options.kills, first.lines())
    killed.finish()
    with erring(service, unavailable=options.share, judge_error=options.share) as proxy:
        spoiled = run("erring", proxy.url)
        spoiled.finish()
        counts = f"{proxy.seen['unavailable']} times 503, {proxy.seen['judge_error']} judge errors in place of reports"
    first.finish()
    return [
        "| run | compared with the first | | |",
        "|---|---|---|---|",
        told("again", second, first, seconds, model.told("second")),
        told("killed (SIGKILL)", killed, first, f"{alive} of {options.kills} kills while it ran", model.told("killed")),
        told("a service that errs", spoiled, first, counts, model.told("erring")),
        "",
        f"The first, run once more when it was done: {model.told('first')}. Of a killed run, a request comes again "
        "whose answer was not on disk yet.",
    ]


if __name__ == "__main__":
    main()
