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
    return list(map(json.loads, filter(None, FILE.read_text().split("\n"))))


def of_functions(case: dict[str, Any]) -> bool:
    """Those of the languages' part that are about calling functions; the others want compilers that are not here."""
    return bool(case["part"] == 8 and case["request"].get("suite", {}).get("mode") == "function")


def missed(client: Client, chosen: list[dict[str, Any]]) -> dict[str, str]:
    found, before = {}, _troubles(client)
    for case in chosen:
        response = client.post("/v1/grade", content=json.dumps(case["request"]))
        said = response.json()["verdict"] if response.status_code == 200 else f"http {response.status_code}"
        if said not in case["right"]:
            found[case["name"]] = said
    assert _troubles(client) == before, "other tests may have used the service before"
    return found


def _troubles(client: Client) -> tuple[int, int]:
    ready = client.get("/readyz").json()
    return ready["workers_lost"], ready["slots_discarded"]


def test_each_case_has_its_right_verdict(client: Client) -> None:
    assert missed(client, [case for case in cases() if case["part"] in PARTS]) == {}


def test_each_function_is_called_whatever_its_language(client: Client) -> None:
    assert missed(client, [case for case in cases() if of_functions(case)]) == {}


def test_each_case_has_its_right_verdict_through_redis(site: Site) -> None:  # noqa: F811
    site.host(workers=2)
    assert missed(site.client(ready=2), [case for case in cases() if case["part"] in PARTS]) == {}
