"""Suites of mode program through Redis: the workers prepare them, each host for its own, and judge alike."""

from __future__ import annotations

from tests.distributed.conftest import Site
from tests.end_to_end.test_program_suites import CASES, SEALED, check


def test_workers_judge_in_each_way_and_check_suites(site: Site) -> None:
    site.host(workers=2)
    client = site.client(ready=2)
    submissions = [{"code": code, "suite": suite} for suite, code, _, _ in CASES] * 2
    reports = client.post("/v1/grade/batch", json={"submissions": submissions}).json()["reports"]
    expected = [(verdict, way) for _, _, way, verdict in CASES] * 2
    assert [(report["verdict"], report["trust"]["way"]) for report in reports] == expected
    assert check(client, SEALED)["usable"]
