"""Does ``microcoder score`` come to LiveCodeBench's own grades, and does it accept every reference solution?

``python -m benchmarks.scoring DIR [--record]``; DIR holds labelled programs (``benchmarks.accuracy``): of
``lcb_full_official`` the problems are written in the layout of code_generation_lite and each model's programs in that
of ``custom_evaluator``; of ``humaneval``, ``mbpp`` and ``humanevalpack`` the tasks with their reference solutions in
theirs, and of the last also the solutions with a bug.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from benchmarks.humanevalpack import layout
from benchmarks.machine import RUN_ALL, facts, record
from evaluator.local import local_service


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--record", action="store_true", help="add the result to RESULTS.md")
    options = parser.parse_args()
    before = facts()
    lines = ["| benchmark | model | problems | official pass@1 | ours | seconds |", "|---|---|---|---|---|---|"]
    named: list[str] = []
    with tempfile.TemporaryDirectory() as folder, local_service(settings=RUN_ALL) as service:
        lines += _livecodebench(options.corpus, Path(folder), service.url, named)
        for name in ("humaneval", "mbpp"):
            tasks = [_task(name, item) for item in _rows(options.corpus / f"{name}.jsonl")]
            lines.append(_of_authors(name, tasks, Path(folder), service.url, "reference", named))
        for language in ("Python", "JavaScript", "Java", "CPP"):
            tasks = layout(options.corpus / "humanevalpack.jsonl", language)
            for kind in ("reference", "buggy"):
                name = f"humanevalpack, {language}"
                lines.append(_of_authors(name, tasks, Path(folder), service.url, kind, named))
    lines += ["", *named]
    print(before, *lines, sep="\n")
    if options.record:
        record("Scores by the command line", "python -m benchmarks.scoring", before, lines)


def _livecodebench(corpus: Path, folder: Path, url: str, named: list[str]) -> list[str]:
    items = _rows(corpus / "lcb_full_official.jsonl")
    by_model: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    problems = {}
    for item in items:
        by_model[item["id"].rsplit("/", 1)[1]][item["problem"]] = item
        problems[item["problem"]] = json.loads(gzip.decompress((corpus / item["tests_ref"]).read_bytes()))
    lines = []
    for model, programs in sorted(by_model.items()):
        layout = folder / f"{model}.jsonl"
        layout.write_text("".join(json.dumps(_official_row(problems[name])) + "\n" for name in programs))
        samples = folder / f"{model}.json"
        rows = [
            {"question_id": problems[name]["question_id"], "code_list": [programs[name]["code"]]} for name in programs
        ]
        samples.write_text(json.dumps(rows))
        took_s = _score("livecodebench", layout, samples, "--server", url)
        graded = json.loads((folder / f"{model}_codegeneration_output_eval_all.json").read_text())
        ours = {row["question_id"]: row["pass@1"] for row in graded}
        official = {str(problems[n]["question_id"]): float(i["expected"] == "accepted") for n, i in programs.items()}
        named += [
            f"- {model}, {name}: officially {'passed' if official[name] else 'failed'}, by us the other."
            for name in official
            if official[name] != ours[name]
        ]
        shares = [sum(each.values()) / len(each) for each in (official, ours)]
        lines.append(f"| LiveCodeBench | {model} | {len(ours)} | {shares[0]:.4f} | {shares[1]:.4f} | {took_s:.1f} |")
    return lines


def _official_row(problem: dict[str, Any]) -> dict[str, Any]:
    tests = problem["tests"]
    return {
        **{key: problem[key] for key in ("question_id", "question_title", "platform", "difficulty", "contest_id")},
        "question_content": "",
        "contest_date": problem["contest_date"],
        "starter_code": problem["starter_code"],
        "public_test_cases": json.dumps(tests[:1]),
        "private_test_cases": json.dumps(tests[1:]),
        "metadata": json.dumps({"func_name": problem["func_name"]} if problem["func_name"] else {}),
    }


def _of_authors(name: str, tasks: list[dict[str, Any]], folder: Path, url: str, kind: str, named: list[str]) -> str:
    file = folder / "tasks.jsonl"
    file.write_text("".join(json.dumps(task) + "\n" for task in tasks))
    started = time.perf_counter()
    command = [sys.executable, "-m", "evaluator", "score", "functions", str(file), f"--{kind}", "--server", url]
    said = subprocess.run(command, capture_output=True, text=True, check=True, env=_WIDE).stdout.splitlines()
    took_s = time.perf_counter() - started
    at = next(number for number, line in enumerate(said) if line.startswith("pass@1"))
    named += [f"- {name}, {kind}: {line}" for line in said[at + 1 :]]
    wanted = float(kind == "reference")
    return f"| {name}, {kind} solutions | | {len(tasks)} | {wanted:.4f} | {said[at].split()[1]} | {took_s:.1f} |"


def _task(name: str, item: dict[str, Any]) -> dict[str, Any]:
    if name == "mbpp":
        return {"task_id": item["id"], "code": item["code"], "test_list": [item["test_code"]]}
    parts = {
        "prompt": item["code"],
        "canonical_solution": "",
        "test": item["test_code"],
        "entry_point": item["fn_name"],
    }
    return {"task_id": item["id"], **parts}


def _score(*arguments: object) -> float:
    started = time.perf_counter()
    command = [sys.executable, "-m", "evaluator", "score", *map(str, arguments)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


_WIDE = {**os.environ, "COLUMNS": "200"}


def _rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line]


if __name__ == "__main__":
    main()
