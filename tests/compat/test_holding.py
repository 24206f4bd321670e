"""A full queue: native clients are told so, clients of other judges wait."""

from __future__ import annotations

from pathlib import Path

from evaluator.local import local_service
from tests.end_to_end.conftest import RIGHT, SUM, Client
from tests.end_to_end.test_waiting import queued
from tests.end_to_end.test_workers import in_background, until

SPIN = "import os\nwhile os.times()[0] < 1: pass\nprint(3)"


def test_a_full_queue_holds_the_connection(data_dir: Path) -> None:
    settings = {"MICROCODER_DATA_DIR": str(data_dir), "MICROCODER_QUEUE_LIMIT": "1"}
    with (
        local_service(workers=1, settings=settings) as service,
        Client(service) as client,
        Client(service) as other,
        in_background() as submit,
    ):
        first = submit(other.grade, SPIN, {**SUM, "limits": {"cpu_s": 20}})
        until(lambda: queued(client) == 1, "the queue is full")
        assert client.post("/v1/grade", json={"code": RIGHT, "suite": SUM}).status_code == 429
        held = client.post("/run_code", json={"code": "print(1)", "language": "python"})
        assert (held.status_code, held.json()["run_result"]["stdout"]) == (200, "1\n")
        assert first.result(60)["total"] == 2


def test_what_is_switched_off_is_not_there(data_dir: Path) -> None:
    settings = {"MICROCODER_DATA_DIR": str(data_dir), "MICROCODER_COMPAT": '["piston"]'}
    with local_service(workers=1, settings=settings) as service, Client(service) as client:
        assert client.post("/run_code", json={}).status_code == 404
        assert client.get("/api/v2/runtimes").status_code == 200
