"""Several API processes of one service, with workers behind Redis."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor

import psutil

from tests.distributed.conftest import Site
from tests.operations.conftest import FOR_A_WHILE, RIGHT, SUM
from tests.operations.test_metrics import queued
from tests.processes import api_processes, client_of_each
from tests.waiting import DEADLINE_S, until


def test_they_share_limits_and_jobs_and_outlive_each_other(site: Site) -> None:
    site.host()
    service = site.client(MICROCODER_API_PROCESSES="2", MICROCODER_QUEUE_LIMIT="3").service
    with client_of_each(service) as clients, ThreadPoolExecutor() as pool:
        (pid, creator), (_, other) = clients.items()
        slow = [pool.submit(client.post, "/v1/grade", json={"code": f"{FOR_A_WHILE}\n# {place}", "suite": SUM})
                for place, client in enumerate((creator, other))]  # fmt: skip
        until(lambda: queued(other) >= 2, "both wait")
        batch = {"submissions": [{"code": f"{RIGHT}\n# {place}", "suite": SUM} for place in range(2)]}
        assert creator.post("/v1/grade/batch", json=batch).status_code == 429
        assert {each.result(DEADLINE_S).json()["verdict"] for each in slow} == {"accepted"}
        body = {"submissions": [{"code": f"{FOR_A_WHILE}\n# job {place}", "suite": SUM} for place in range(2)]}
        job_id = creator.post("/v1/jobs", json=body).json()["job_id"]
        psutil.Process(pid).send_signal(signal.SIGKILL)
        job = other.get(f"/v1/jobs/{job_id}", params={"wait": 120}).json()
        assert (job["state"], job["verdicts"]) == ("finished", {"accepted": 2})
        until(lambda: len(api_processes(service)) == 2, "the dead one is replaced")
        until(lambda: queued(other) == 0, "what it counted is settled")
