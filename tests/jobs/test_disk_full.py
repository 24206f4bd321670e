"""A disk that is full costs no report, and a job that was not kept was not accepted."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.forked import local_service
from tests.jobs.conftest import RIGHT, Client, batch
from tests.waiting import until


def _mount(*arguments: str) -> bool:
    return subprocess.run(["mount", *arguments], check=False, capture_output=True).returncode == 0


@pytest.fixture
def grow(tmp_path: Path) -> Iterator[Callable[[], bool]]:
    """A disk of 2 MiB for jobs, and how to make it larger."""
    jobs = tmp_path / "jobs"
    jobs.mkdir()
    if not _mount("-t", "tmpfs", "-o", "size=2m", "tmpfs", str(jobs)):
        pytest.skip("no file system can be mounted here")
    try:
        yield lambda: _mount("-o", "remount,size=32m", str(jobs))
    finally:
        subprocess.run(["umount", str(jobs)], check=True)


def test_a_job_goes_on_when_there_is_room_again(tmp_path: Path, grow: Callable[[], bool]) -> None:
    settings = {"MICROCODER_DATA_DIR": str(tmp_path), "MICROCODER_DRAIN_S": "1"}
    with local_service(settings=settings) as service, Client(service) as client:
        refused = client.post("/v1/jobs", json=batch([f"# {number}\n{RIGHT}#{'x' * 2**20}" for number in range(3)]))
        assert (refused.status_code, refused.json()["type"]) == (503, "/problems/storage-failed")
        assert client.job(client.submit([RIGHT]), wait=60)["verdicts"] == {"accepted": 1}
        codes = [f"# {number}\n{RIGHT}" for number in range(200)]
        for number in range(3):  # until little room is left; then, in small steps, nearly none
            client.submit([f"# {number}\n{RIGHT}#{'x' * 200_000}"])
        for number in range(100):
            response = client.post("/v1/jobs", json=batch([f"# {number}\n{code}#{'x' * 200}" for code in codes]))
            if response.status_code != 202:
                break
            job_id = response.json()["job_id"]
        assert response.json()["type"] == "/problems/storage-failed"
        until(lambda: stuck(client, job_id), "its reports find no room")
        assert grow()
        job = client.job(job_id, wait=120, reports=False)
        assert (job["state"], job["verdicts"]) == ("finished", {"accepted": 200})


def stuck(client: Client, job_id: str) -> bool:
    """No report comes within two seconds, though some are missing."""
    before = client.job(job_id, reports=False)["done"]
    after = client.job(job_id, reports=False, wait=2)
    return bool(before == after["done"] < after["total"])
