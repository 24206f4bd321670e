"""Several API processes of one service, with workers behind Redis."""

from __future__ import annotations

import signal

import psutil

from tests.distributed.conftest import Site
from tests.operations.conftest import RIGHT, SUM
from tests.operations.test_metrics import queued
from tests.processes import api_processes, client_of_each
from tests.raw_request import asked_by_hand, sleeping
from tests.waiting import until


def test_they_share_limits_and_jobs_and_outlive_each_other(site: Site) -> None:
    site.host()
    service = site.client(MICROCODER_API_PROCESSES="2", MICROCODER_QUEUE_LIMIT="3").service
    with client_of_each(service) as clients:
        (pid, creator), (_, other) = clients.items()
        with asked_by_hand(other, "/v1/grade", sleeping(0), sleeping(1)):
            until(lambda: queued(other) == 2, "both wait")
            batch = {"submissions": [{"code": f"{RIGHT}\n# {place}", "suite": SUM} for place in range(2)]}
            statuses = {client.post("/v1/grade/batch", json=batch).status_code for client in clients.values()}
            assert statuses == {429}, "whichever has the two"
        until(lambda: queued(other) == 0, "nobody waits for them")
        slow = f"import time\ntime.sleep(1)\n{RIGHT}"
        body = {"submissions": [{"code": f"{slow}\n# {place}", "suite": SUM} for place in range(2)]}
        job_id = creator.post("/v1/jobs", json=body).json()["job_id"]
        psutil.Process(pid).send_signal(signal.SIGKILL)
        job = other.get(f"/v1/jobs/{job_id}", params={"wait": 120}).json()
        assert (job["state"], job["verdicts"]) == ("finished", {"accepted": 2})
        until(lambda: len(api_processes(service)) == 2, "the dead one is replaced")
        until(lambda: queued(other) == 0, "what it counted is settled")
