"""Workers behind Redis: their tasks in the console, and their looks for languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.distributed.conftest import Site
from tests.end_to_end.conftest import Client
from tests.operations.conftest import LASTING
from tests.processes import BASH_OF_TODAY, half_installed_python, install_bash, refreshed
from tests.waiting import until


def workers(client: Client) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = client.get("/v1/live").json()["workers"]
    return shown


def test_the_console_tells_a_workers_task_and_all_hosts_look_for_languages_when_asked(
    site: Site, tmp_path: Path
) -> None:
    hosts = [tmp_path / "one", tmp_path / "two"]
    for data in hosts:
        site.host(data=data, MICROCODER_REFRESH_S="0")
    client = site.client(ready=2)
    job = client.post("/v1/jobs", json={"submissions": [LASTING]}).json()["job_id"]
    [busy] = until(lambda: [each for each in workers(client) if each["task"] == "grade"], "a worker's task is told")
    assert busy["since_s"] >= 0
    assert busy["name"].startswith(f"{busy['host']}-")
    client.delete(f"/v1/jobs/{job}")
    until(lambda: [each["task"] for each in workers(client)] == [None, None], "the workers have nothing to do")

    before = client.get("/v1/languages").json()
    with (
        half_installed_python(hosts[0]),
        pytest.raises(httpx.ReadTimeout),
    ):  # nobody answers before that host has looked
        client.post("/v1/languages/refresh", timeout=1)
    install_bash(hosts[0])
    install_bash(hosts[1])
    found = refreshed(client)
    assert found == client.get("/v1/languages").json() != before
    assert [each["version"] for each in found["languages"] if each["name"] == "bash"] == [BASH_OF_TODAY]
    assert refreshed(client) == found

    site.redis.stop()
    refused = client.post("/v1/languages/refresh")
    assert (refused.status_code, refused.json()["type"]) == (503, "/problems/not-ready")
