"""Real programs with verdicts from elsewhere. ``make accuracy`` grades all of them; here some of each kind."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.accuracy.labelled import Labelled, load
from tests.end_to_end.conftest import Client

DIRECTORY = Path(os.environ.get("MICROCODER_CORPUS", Path(__file__).parents[3] / "shared" / "corpus"))
EVERY = {
    "lcb_full_official": 9,
    "lcb_full_thirdparty": 9,
    "humaneval": 10,
    "mbpp": 40,
    "quixbugs": 8,
    "humanevalpack": 60,
}
"""Every so manieth program of a file."""

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not DIRECTORY.is_dir(), reason=f"no corpus of labelled programs at {DIRECTORY}"),
]


@pytest.mark.parametrize("name", list(EVERY))
def test_labels_are_met(client: Client, name: str) -> None:
    offered = {entry["name"] for entry in client.get("/v1/languages").json()["languages"]}
    sample = [item for number, item in enumerate(load(DIRECTORY / f"{name}.jsonl")) if number % EVERY[name] == 0]
    asked: list[Labelled] = [item for item in sample if not item.disputed and item.language in offered]
    assert asked
    body = {"submissions": [labelled.submission for labelled in asked]}
    reports = client.post("/v1/grade/batch", json=body, timeout=600).json()["reports"]
    judged = zip(asked, reports, strict=True)
    missed = {labelled.id: report["verdict"] for labelled, report in judged if not labelled.met_by(report["verdict"])}
    assert missed == {}
