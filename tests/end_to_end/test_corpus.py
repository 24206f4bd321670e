"""Real programs with verdicts from elsewhere. ``make corpus`` grades all of them; here every ninth."""

from __future__ import annotations

import pytest

from tests import corpus
from tests.end_to_end.conftest import Client

EVERY = 9

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not corpus.DIRECTORY.is_dir(), reason=f"no corpus of labelled programs at {corpus.DIRECTORY}"),
]


@pytest.mark.parametrize("name", corpus.FULL)
def test_labels_are_met(client: Client, name: str) -> None:
    sample = [labelled for number, labelled in enumerate(corpus.load(name)) if number % EVERY == 0]
    undisputed = [labelled for labelled in sample if not labelled.disputed]
    assert undisputed
    body = {"submissions": [labelled.submission for labelled in undisputed]}
    reports = client.post("/v1/grade/batch", json=body, timeout=600).json()["reports"]
    judged = zip(undisputed, reports, strict=True)
    missed = {labelled.id: report["verdict"] for labelled, report in judged if not labelled.met_by(report["verdict"])}
    assert missed == {}
