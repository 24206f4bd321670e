"""The sealed share of real suites: sites by kind, reasons of open ones, ways, bits, and the cost of preparation.

``python -m benchmarks.sealing [SET …] [--shared DIRECTORY] [--show] [--record]``; the sets are those that lie beside
the project. Bits are without a reference's run: from the text alone.
"""

from __future__ import annotations

import argparse
import ast
import gzip
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.machine import facts, record
from evaluator.sealing.bits import measure
from evaluator.sealing.preparation import seal
from evaluator.sealing.sealed import CannotSeal, Sealed
from evaluator.sealing.way import choose_way

SHARED = Path(__file__).parents[2] / "shared"


class Suite(NamedTuple):
    """One problem's tests and its reference."""

    name: str
    tests: str
    reference: str
    preface: str = ""


def _lines(shared: Path, name: str) -> Iterator[Suite]:
    for line in (shared / "corpus" / f"{name}.jsonl").read_text(encoding="utf-8").split("\n"):
        if line:
            row = json.loads(line)
            yield Suite(row["id"], row["test_code"], row["code"])


def _classeval(shared: Path) -> Iterator[Suite]:
    for row in json.loads(gzip.decompress((shared / "corpus/problem_sets/ClassEval_data.json.gz").read_bytes())):
        code = "\n".join([*row["import_statement"], row["solution_code"]])
        yield Suite(row["task_id"], row["test"], code, code)


def _leetcode(shared: Path) -> Iterator[Suite]:
    rows = gzip.decompress((shared / "corpus/problem_sets/LeetCodeDataset-v0.3.1-test.jsonl.gz").read_bytes())
    for line in filter(None, rows.decode().split("\n")):
        row = json.loads(line)
        code = f"{row['prompt']}\n{row['completion']}"
        yield Suite(row["task_id"], f"{row['test']}\ncheck({row['entry_point']})\n", code, code)


def _own(shared: Path, name: str) -> Iterator[Suite]:
    """Thirty suites in the manner of a set, written beside the design: a list ``S`` of names, programs and tests."""
    names: dict[str, list[tuple[str, str, str]]] = {}
    exec((shared / f"prototypes/program_mode/own_{name}.py").read_text(encoding="utf-8"), names)
    yield from (Suite(title, tests, code) for title, code, tests in names["S"])


SETS: dict[str, Callable[[Path], Iterator[Suite]]] = {
    "humaneval": lambda shared: _lines(shared, "humaneval"),
    "mbpp": lambda shared: _lines(shared, "mbpp"),
    "classeval": _classeval,
    "leetcodedataset": _leetcode,
    "kodcode-like": lambda shared: _own(shared, "kodcode"),
    "bigcodebench-like": lambda shared: _own(shared, "bcb"),
    "exercism-like": lambda shared: _own(shared, "exercism"),
}


COLUMNS = (
    *("set", "suites", "wholly sealed", "but for truths", "sealed", "truth", "raises", "open"),
    *("apart", "weak", "ms a suite", "ms a KB"),
)


class Tally:
    """The counts of one set."""

    def __init__(self) -> None:
        self.suites = self.wholly = self.but_truths = 0
        self.kinds: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.ways: Counter[str] = Counter()
        self.levels: Counter[str] = Counter()
        self.seconds = self.kilobytes = 0.0
        self.refused: list[str] = []

    def add(self, suite: Suite) -> Sealed | None:
        """Prepare one suite."""
        names, classes = defined_names(suite.reference)
        self.suites += 1
        self.kilobytes += len(suite.tests) / 1e3
        started = time.process_time()
        try:
            sealed = seal(suite.tests, preface=suite.preface, names=names)
        except CannotSeal as error:
            self.refused.append(f"{suite.name}: {error}")
            return None
        self.seconds += time.process_time() - started
        kinds = Counter(site.kind for site in sealed.sites)
        self.kinds += kinds
        self.reasons.update(site.why for site in sealed.sites if site.kind == "open")
        hidden = bool(sealed.sites) and not any(site.visible for site in sealed.sites)
        self.wholly += hidden and set(kinds) == {"sealed"}
        self.but_truths += hidden and set(kinds) <= {"sealed", "truth"}
        self.ways[choose_way(suite.tests, names, classes).name] += 1
        self.levels[measure(sealed).level] += 1
        return sealed

    def row(self, name: str) -> str:
        """A line of the table."""
        kinds = " | ".join(str(self.kinds[kind]) for kind in ("sealed", "truth", "raises", "open"))
        cost = f"{self.seconds / self.suites * 1e3:.1f} | {self.seconds / self.kilobytes * 1e3:.1f}"
        counts = f"{self.suites} | {self.wholly} | {self.but_truths}"
        return f"| {name} | {counts} | {kinds} | {self.ways['apart']} | {self.levels['weak']} | {cost} |"


def defined_names(code: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names that a program defines at its top level, and the classes among them."""
    try:
        body = ast.parse(code).body
    except SyntaxError:
        return frozenset(), frozenset()
    names, classes = set(), set()
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
            classes |= {node.name} if isinstance(node, ast.ClassDef) else set()
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}
    return frozenset(names), frozenset(classes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"of {', '.join(SETS)}; all by default")
    parser.add_argument("--shared", type=Path, default=SHARED, help=f"where the sets are; {SHARED} by default")
    parser.add_argument("--show", action="store_true", help="print each suite with a site that is not sealed")
    parser.add_argument("--record", action="store_true", help="add the result to RESULTS.md")
    options = parser.parse_args()
    before = facts()
    rows = [f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
    notes = []
    for name in options.sets or SETS:
        tally = Tally()
        for suite in SETS[name](options.shared):
            sealed = tally.add(suite)
            if options.show and sealed is not None:
                _show(suite, sealed)
        rows.append(tally.row(name))
        notes.append(f"{name}, open: {', '.join(f'{why} {n}' for why, n in tally.reasons.most_common()) or 'none'}.")
        notes += tally.refused
    print(before, *rows, "", *notes, sep="\n")
    if options.record:
        record("Sealing of real suites", "python -m benchmarks.sealing", before, [*rows, "", *notes])


def _show(suite: Suite, sealed: Sealed) -> None:
    for site in sealed.sites:
        if site.kind != "sealed" or site.visible:
            print(f"{suite.name}:{site.line}: {site.kind}{' visible' * site.visible}: {site.text}  [{site.why}]")


if __name__ == "__main__":
    main()
