"""Programs that were judged wrong once, with the right verdict: embedded, and through workers at a Redis."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.distributed.conftest import Site, site  # noqa: F401  (a fixture)
from tests.end_to_end.conftest import Client

FILE = Path(os.environ.get("MICROCODER_CASES", Path(__file__).parents[3] / "shared" / "cases" / "verdicts.jsonl"))
PARTS = {1}
"""The parts of the file whose cases are mended."""

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not FILE.is_file(), reason=f"no judged cases at {FILE}"),
]


def cases() -> list[dict[str, Any]]:
    lines = FILE.read_text().split("\n")
    return [case for case in map(json.loads, filter(None, lines)) if case["part"] in PARTS]


def missed(client: Client) -> dict[str, str]:
    found = {}
    for case in cases():
        response = client.post("/v1/grade", content=json.dumps(case["request"]))
        said = response.json()["verdict"] if response.status_code == 200 else f"http {response.status_code}"
        if said not in case["right"]:
            found[case["name"]] = said
    ready = client.get("/readyz").json()
    assert (ready["workers_lost"], ready["slots_discarded"]) == (0, 0)
    return found


def test_each_case_has_its_right_verdict(client: Client) -> None:
    assert missed(client) == {}


def test_each_case_has_its_right_verdict_through_redis(site: Site) -> None:  # noqa: F811
    site.host(workers=2)
    assert missed(site.client(ready=2)) == {}
