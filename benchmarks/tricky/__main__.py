"""Grade the tricky programs by the product and by peers, side by side.

``python -m benchmarks.tricky --peers DIRECTORY [--record]``; the peers are installed into the directory if they are
not there. Left out are programs in other languages, and suites that the peers cannot be asked: another mode, a checker.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.machine import facts, record
from benchmarks.peers import peer
from evaluator.grading.grader import open_grader
from evaluator.settings import Settings
from sandbox.isolation import Tier
from tests.tricky.program import Tricky, every_program

RESULTS = Path(__file__).with_name("RESULTS.md")
OURS = "MicroCoder-Evaluator"
Verdicts = dict[str, dict[str, bool]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", type=Path, required=True, help="directory of the peers' packages")
    parser.add_argument("--record", action="store_true", help="add the result to benchmarks/tricky/RESULTS.md")
    options = parser.parse_args()
    before, directory = facts(), options.peers.resolve()
    peer.install(directory)
    programs, verdicts = _judged(directory)
    lines = [*_table(programs, verdicts), "", *_differences(programs, verdicts)]
    print(before, *lines, sep="\n")
    if options.record:
        versions = " and ".join(peer.PACKAGES)
        record(f"Tricky programs: {OURS}, {versions}", "python -m benchmarks.tricky", before, lines, RESULTS)


def _judged(directory: Path) -> tuple[list[Tricky], Verdicts]:
    """Have all evaluators judge the programs, and return which accept each."""
    programs, verdicts = [], {}
    with open_grader(Settings(results_mb=0)) as grader, peer.slot_for(directory, Tier(grader.isolation)) as slot:
        peers = peer.everyone(directory, peer.in_slot(slot))
        for program in every_program():
            suite = program.submission.suite
            assert suite is not None
            question = peer.PeerQuestion.of(program.code, suite) if program.language == "python" else None
            if question is None or program.needs:
                continue
            programs.append(program)
            verdicts[program.name] = {
                OURS: grader.grade(program.submission, suite).verdict.value == "accepted",
                **{each.name: each.accepts(question) for each in peers},
            }
            print(program.name, verdicts[program.name], flush=True)
    return programs, verdicts


def _table(programs: list[Tricky], verdicts: Verdicts) -> list[str]:
    honest = [program.name for program in programs if program.honest]
    wrong = [program.name for program in programs if not program.honest]
    lines = [
        f"{len(programs)} programs: {len(honest)} honest, {len(wrong)} wrong.",
        "",
        "| evaluator | right | honest refused | wrong accepted |",
        "|---|---|---|---|",
    ]
    for name in next(iter(verdicts.values())):
        refused = sum(not verdicts[program][name] for program in honest)
        accepted = sum(verdicts[program][name] for program in wrong)
        lines.append(f"| {name} | {len(programs) - refused - accepted} | {refused} | {accepted} |")
    return lines


def _differences(programs: list[Tricky], verdicts: Verdicts) -> list[str]:
    """Every program that somebody misjudges."""
    lines = ["| misjudged | deserves | by | why it does |", "|---|---|---|---|"]
    for program in programs:
        by = [name for name, accepted in verdicts[program.name].items() if accepted is not program.honest]
        if by:
            deserves = "acceptance" if program.honest else "refusal"
            lines.append(f"| {program.name} | {deserves} | {', '.join(by)} | {program.why} |")
    return lines


if __name__ == "__main__":
    main()
