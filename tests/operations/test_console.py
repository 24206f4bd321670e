"""The console's routes, of a service with keys that keeps reports."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from evaluator import keys
from evaluator.schema import Submission, Verdict
from evaluator.web import CONSOLE
from tests.command import microcoder
from tests.forked import local_service
from tests.operations.conftest import RIGHT, SUBMISSION, SUM, caller
from tests.waiting import until
from trainer_client import EvaluatorClient

STRICT = ("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'")


@pytest.fixture(scope="module")
def callers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx.Client, httpx.Client, httpx.Client]]:
    """Clients of alice, bob and nobody."""
    file = tmp_path_factory.mktemp("keys") / "keys.toml"
    alice, bob = keys.add(file, "alice"), keys.add(file, "bob")
    settings = {
        "MICROCODER_DATA_DIR": str(tmp_path_factory.mktemp("data")),
        "MICROCODER_KEYS_FILE": str(file),
        "MICROCODER_EXPLORER_REPORTS": "5",
    }
    with (
        local_service(workers=1, settings=settings) as service,
        caller(service, alice) as one,
        caller(service, bob) as other,
        caller(service) as nobody,
    ):
        yield one, other, nobody


def test_pages_need_no_key_and_may_run_their_own_files_alone(callers: tuple[httpx.Client, ...]) -> None:
    *_, nobody = callers
    page = nobody.get("/")
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert all(part in policy for part in STRICT)
    assert "unsafe" not in policy
    names = [part.split('"')[0] for part in page.text.split('"/console/assets/')[1:]]
    assert names
    for name in names:
        asset = nobody.get(f"/console/assets/{name}")
        assert asset.status_code == 200
        assert asset.headers["content-type"].split(";")[0] in ("text/javascript", "text/css")
        assert asset.headers["content-encoding"] == "gzip"
        assert int(asset.headers["content-length"]) < len(asset.content) / 2
        plain = nobody.get(f"/console/assets/{name}", headers={"Accept-Encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert plain.content == asset.content == (CONSOLE / "assets" / name).read_bytes()
    for path in (
        "/console/assets/../index.html",
        "/console/assets/%2e%2e/index.html",
        "/console/assets/no.js",
        "/console/",
    ):
        assert nobody.get(path).status_code == 404
    assert nobody.get("/v1/live").status_code == 401


def test_live_shows_to_each_key_its_own_jobs(callers: tuple[httpx.Client, ...]) -> None:
    alice, bob, _ = callers
    job = alice.post("/v1/jobs", json={"submissions": [{**SUBMISSION, "id": "in a job"}]}).json()["job_id"]
    alice.get(f"/v1/jobs/{job}", params={"wait": 60})
    until(lambda: alice.get("/v1/live").json()["packages"], "the packages are known")
    live = alice.get("/v1/live").json()
    assert (
        [each["job_id"] for each in live["jobs"]]
        == [job]
        == [each["job_id"] for each in alice.get("/v1/jobs").json()["jobs"]]
    )
    assert bob.get("/v1/live").json()["jobs"] == []
    assert sum(each["reports"] for each in live["minutes"]) >= 1
    assert [each["name"] for each in live["workers"]] == ["worker 0"]
    assert live["judge_errors"] == []


def test_verdicts_are_kept_as_many_as_were_asked_for_and_shown_to_whose_they_are(
    callers: tuple[httpx.Client, ...],
) -> None:
    alice, bob, _ = callers
    for number in range(7):
        alice.post("/v1/grade", json={**SUBMISSION, "id": f"run-7/{number}", "code": f"{RIGHT}  # {number}"})
    seen = alice.get("/v1/verdicts", params={"name": "run-7"}).json()
    assert seen["count"] == seen["limit"] == 5
    assert seen["notes"][0]["code"] == f"{RIGHT}  # 6"
    assert seen["verdicts"] == {"accepted": 5}
    assert bob.get("/v1/verdicts").json()["count"] == 0


def test_the_client_and_the_command_line_ask_the_same(callers: tuple[httpx.Client, ...]) -> None:
    alice, *_ = callers
    url, key = str(alice.base_url), alice.headers["Authorization"].removeprefix("Bearer ")
    with EvaluatorClient(url, api_key=key) as client:
        job = client.submit_job([Submission.model_validate({**SUBMISSION, "id": "seen"})])
        assert client.jobs(1)[0].job_id == job.id
        job.wait()
        assert client.verdicts("seen", Verdict.ACCEPTED).notes[0].id == "seen"
        assert client.live().workers[0].name == "worker 0"
        assert client.extract(f"```python\n{RIGHT}\n```").program == f"{RIGHT}\n"
    at_service = {"MICROCODER_URL": url, "MICROCODER_API_KEY": key}
    shown = microcoder("jobs", "list", **at_service)
    assert (shown.returncode, job.id in shown.stdout, "accepted 1" in shown.stdout) == (0, True, True), shown
    for command in (["show", job.id, "--wait"], ["cancel", job.id]):
        line = json.loads(microcoder("jobs", *command, "--json", **at_service).stdout)
        assert (line["job_id"], line["state"]) == (job.id, "finished")
    assert microcoder("jobs", "show", "unknown", **at_service).returncode == 2


def test_an_answer_is_explained(callers: tuple[httpx.Client, ...]) -> None:
    alice, *_ = callers
    response = f"No:\n```python\nprint(1)\n```\nYes:\n```python\n{RIGHT}\n```\n"
    seen = alice.post("/v1/extract", json={"response": response, "language": "py", "suite": SUM}).json()
    assert seen["program"] == f"{RIGHT}\n"
    assert "".join(part["text"] for part in seen["parts"]) == response
    assert [part["kind"] for part in seen["parts"]] == ["text", "block", "text", "program", "text"]
    assert alice.post("/v1/extract", json={"response": "x" * 200_000}).status_code == 413
    assert alice.post("/v1/extract", json={"response": "x", "language": "latin"}).status_code == 422


def test_without_a_wish_nothing_is_kept_and_the_page_can_be_left_out(tmp_path: Path) -> None:
    settings = {"MICROCODER_DATA_DIR": str(tmp_path), "MICROCODER_CONSOLE": "false"}
    with local_service(workers=1, settings=settings) as service, caller(service) as client:
        refused = client.get("/v1/verdicts")
        assert (refused.status_code, refused.json()["type"]) == (404, "/problems/nothing-kept")
        assert client.get("/").status_code == 404
        assert client.get("/v1/live").json()["jobs"] == []
