"""Natural faults of LeetCodeDataset v0.3.1's test set: texts of errors where outputs should be.

``python -m benchmarks.dataset.error_texts ../shared/corpus/problem_sets [--until verify] [--references-only]
[--work FOLDER] [--record]``. Wrong programs put problems into quarantine and reject none: ``--references-only`` goes
without them. Rows whose
expected outputs begin with ``Error: `` are counted from the raw file, independently of the pipeline's rules; every
other rejection is listed by reason with its evidence, to be looked at one by one.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks.machine import RUN_ALL, facts, record
from evaluator.cli.service import service as service_at
from evaluator.local import local_service
from trainer_client.dataset.config import DatasetConfig
from trainer_client.dataset.parts import read_rejections
from trainer_client.dataset.pipeline import REJECTED, Pipeline
from trainer_client.dataset.row import Rejection

RESULTS = Path(__file__).with_name("RESULTS.md")
SET = "LeetCodeDataset-v0.3.1-test.jsonl.gz"
_SHOWN_CHARS = 160
_WITHOUT_WRONG_PROGRAMS = {"mutants_max": 0, "cheats": False}


def faulty_rows(file: Path) -> tuple[set[str], int]:
    """Ids of rows with texts of errors, and how many rows there are."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = list(map(json.loads, lines))
    faulty = {
        f"lc/{row['task_id']}"
        for row in rows
        if any(each["output"].startswith("Error: ") for each in row["input_output"])
    }
    return faulty, len(rows)


def run(folder: Path, file: Path, until: str, url: str, *, references_only: bool) -> list[Rejection]:
    """Run the pipeline, and return its rejections."""
    config = DatasetConfig.model_validate(
        {
            "run": folder / "run",
            "dataset": folder / "dataset",
            "collect": {"sources": [{"format": "leetcodedataset", "files": [file], "name": "lc"}]},
            "verify": _WITHOUT_WRONG_PROGRAMS if references_only else {},
            "service": {"url": url},
        }
    )
    Pipeline(config, lambda: service_at(url, None)).run(until)
    return read_rejections(config.run / REJECTED)


def told(rejections: list[Rejection], faulty: set[str], total: int) -> list[str]:
    """The result's lines."""
    rejected = {each.id for each in rejections}
    named = {each.id for each in rejections if each.reason == "error_outputs"}
    others = [each for each in rejections if each.id not in faulty]
    sound = total - len(faulty)
    return [
        f"Rows with texts of errors: {len(faulty)}; found by that name {len(faulty & named)}, rejected "
        f"{len(faulty & rejected)}. Of the other {sound} rows {len(others)} are rejected "
        f"({len(others) / sound:.1%}), by reason: {dict(Counter(each.reason for each in others))}.",
        "",
        *(f"- `{each.id}`, {each.stage}: {each.reason} — {_evidence(each)}" for each in others),
    ]


def _evidence(rejection: Rejection) -> str:
    text = json.dumps(dict(rejection.evidence), ensure_ascii=False)
    return text if len(text) <= _SHOWN_CHARS else text[:_SHOWN_CHARS] + " …"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", type=Path, help="the folder with LeetCodeDataset's files")
    parser.add_argument("--until", default="verify")
    parser.add_argument("--references-only", action="store_true", help="verify without wrong programs")
    parser.add_argument("--work", type=Path, help="the run's folder, to go on after an interruption")
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    before = facts()
    faulty, total = faulty_rows(options.sets / SET)
    with tempfile.TemporaryDirectory() as name, local_service(settings=RUN_ALL) as service:
        folder, file = options.work or Path(name), options.sets / SET
        rejections = run(folder, file, options.until, service.url, references_only=options.references_only)
    lines = told(rejections, faulty, total)
    print("\n".join(lines))
    if options.record:
        record(
            "Texts of errors",
            f"python -m benchmarks.dataset.error_texts --until {options.until}"
            + " --references-only" * options.references_only,
            before,
            lines,
            RESULTS,
        )


if __name__ == "__main__":
    main()
