"""Redis goes away and comes back, and no job is lost or told otherwise."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.forked import local_service
from tests.jobs.conftest import PATIENT, RIGHT, Client, verdicts
from tests.jobs.hosts import redis_server, worker_host
from tests.jobs.test_restart import mixed, seen_so_far
from tests.ports import free_port
from tests.waiting import until

pytestmark = pytest.mark.skipif(shutil.which("redis-server") is None, reason="there is no redis-server here")


def test_a_job_goes_on_when_redis_is_back(tmp_path: Path) -> None:
    port = free_port()
    codes, expected = mixed(80)
    with ExitStack() as stack, ExitStack() as first:
        settings = {
            "MICROCODER_DATA_DIR": str(tmp_path),
            "MICROCODER_REDIS_URL": first.enter_context(redis_server(tmp_path, port)),
            "MICROCODER_LEASE_S": "2",
            "MICROCODER_DRAIN_S": "1",
        }
        stack.enter_context(worker_host(settings, 2))
        client = stack.enter_context(Client(stack.enter_context(local_service(settings=settings))))
        job_id = client.submit(codes, PATIENT)
        until(lambda: client.job(job_id, reports=False)["done"] >= 10, "some of it is done")
        before = seen_so_far(client, job_id)
        first.close()
        away = client.get(f"/v1/jobs/{job_id}")
        assert (away.status_code, away.json()["type"]) == (503, "/problems/storage-failed")
        assert int(away.headers["Retry-After"]) >= 1
        assert client.post("/v1/jobs", json={"submissions": [{"code": RIGHT, "suite": PATIENT}]}).status_code == 503
        stack.enter_context(redis_server(tmp_path, port))
        until(lambda: client.get(f"/v1/jobs/{job_id}").status_code == 200, "Redis is back")
        job = client.job(job_id, wait=120)
        assert job["state"] == "finished"
        assert verdicts(job) == expected
        after = seen_so_far(client, job_id)
        assert sorted(after) == list(range(1, 81))
        assert {number: after[number] for number in before} == before
