"""Jobs take no more than their room, and no longer than their time."""

from __future__ import annotations

from pathlib import Path

from evaluator.keys import hashed
from tests.jobs.conftest import PATIENT, RIGHT, Client, Start, batch, gated
from tests.waiting import until


def gone(client: Client, job_id: str) -> bool:
    return client.get(f"/v1/jobs/{job_id}").status_code == 410


def test_a_job_that_has_been_over_for_long_enough_is_gone(start: Start) -> None:
    with start(jobs_kept_h="0.0005") as client:
        over, running = client.submit([RIGHT]), client.submit([gated()], PATIENT)
        until(lambda: gone(client, over), "it was removed")
        problem = client.get(f"/v1/jobs/{over}").json()
        assert problem["type"] == "/problems/job-gone"
        assert client.job(running)["state"] in ("queued", "running")


def test_more_jobs_than_are_kept_are_refused_until_one_is_over(start: Start) -> None:
    with start(jobs_limit="2") as client:
        jobs = [client.submit([gated(str(number))], PATIENT) for number in range(2)]
        refused = client.post("/v1/jobs", json=batch([RIGHT]))
        assert (refused.status_code, refused.json()["type"]) == (429, "/problems/too-many-jobs")
        assert int(refused.headers["Retry-After"]) >= 1
        client.delete(f"/v1/jobs/{jobs[0]}")
        client.job(jobs[0], wait=60)
        assert client.job(client.submit([RIGHT]))["total"] == 1


def test_a_job_of_too_many_submissions_is_refused(start: Start) -> None:
    with start(job_submissions="3") as client:
        refused = client.post("/v1/jobs", json=batch([RIGHT] * 4))
        assert (refused.status_code, refused.json()["type"]) == (413, "/problems/job-too-large")
        assert client.post("/v1/jobs", json=batch([RIGHT] * 3)).status_code == 202


def test_a_job_larger_than_the_room_is_refused(start: Start) -> None:
    with start(jobs_mb="1") as client:
        refused = client.post("/v1/jobs", json=batch([RIGHT + "#" * 2**20]))
        assert (refused.status_code, refused.json()["type"]) == (413, "/problems/job-too-large")


def padded(number: int, size: int) -> str:
    return f"# {number}\n{RIGHT}\n#{'x' * size}"


def test_what_is_over_makes_way_for_what_is_new_and_what_is_not_does_not(start: Start) -> None:
    with start(jobs_mb="1") as client:
        over = client.submit([RIGHT] * 20)
        client.job(over, wait=60)
        running = client.submit([gated() + "#" * 600_000], PATIENT)
        assert not gone(client, over)
        refused = client.post("/v1/jobs", json=batch([padded(1, 600_000)]))
        assert (refused.status_code, refused.json()["type"]) == (429, "/problems/too-many-jobs")
        fits = 2**20 - 600_000 - 3_000
        newer = client.submit([padded(2, fits)])
        assert gone(client, over)
        assert client.job(running)["state"] in ("queued", "running")
        assert client.job(newer)["total"] == 1


def test_a_job_is_larger_than_the_queue(start: Start) -> None:
    with start(queue_limit="2") as client:
        job = client.job(client.submit([f"# {number}\n{RIGHT}" for number in range(30)]), wait=120)
        assert job["verdicts"] == {"accepted": 30}


def test_a_job_s_submissions_count_for_the_rate_of_its_key_once(start: Start, tmp_path: Path) -> None:
    keys = tmp_path / "keys.toml"
    keys.write_text(f'[alice]\nsha256 = "{hashed("mc_alice")}"\nrate = 0.01\nconcurrent = 1\n')
    keys.chmod(0o600)
    with start(keys_file=str(keys)) as client:
        assert client.post("/v1/jobs", json=batch([])).status_code == 401
        client.headers["Authorization"] = "Bearer mc_alice"
        bad = client.post("/v1/jobs", json={**batch([RIGHT]), "webhook": {"url": "http://127.0.0.1/"}})
        assert bad.status_code == 422, "what is refused is not counted"
        job_id = client.submit([RIGHT, f"# again\n{RIGHT}"])
        assert client.job(job_id, wait=60)["verdicts"] == {"accepted": 2}
        refused = client.post("/v1/jobs", json=batch([RIGHT]))
        assert (refused.status_code, refused.json()["type"]) == (429, "/problems/quota-reached")
        assert client.job(job_id)["state"] == "finished"
