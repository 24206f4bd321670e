"""Languages and packages that come and go while a service runs, and programs that miss a module."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from evaluator.queueing.process import WorkerProcess
from evaluator.settings import Settings
from sandbox.toolchain import know, known_versions, languages, probe
from tests.forked import local_service
from tests.operations.conftest import RIGHT, SUM, caller
from tests.processes import BASH_OF_TODAY, install_bash
from tests.waiting import until


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory with an environment of submissions that has no packages."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "runtime"], check=True, timeout=60)
    return tmp_path


@pytest.fixture
def client(data: Path) -> Iterator[httpx.Client]:
    settings = {"MICROCODER_DATA_DIR": str(data), "MICROCODER_REFRESH_S": "0.2", "MICROCODER_LOG_LEVEL": "error"}
    with local_service(workers=1, settings=settings) as service, caller(service) as client:
        yield client


def offered(client: httpx.Client) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in client.get("/v1/languages").json()["languages"]}


def test_a_worker_asks_no_toolchain_that_the_service_has_asked(tmp_path: Path) -> None:
    settings = Settings(workers=1, data_dir=tmp_path, min_isolation="process")
    said = probe(languages()["bash"], "")
    (question,) = (each for each, answer in known_versions().items() if answer == said)

    async def versions() -> dict[str, str]:
        worker = WorkerProcess(0, lambda *_: None)
        try:
            return (await worker.start(settings)).versions
        finally:
            await worker.end()

    know({question: "as it was said"})
    try:
        assert asyncio.run(versions())["bash"] == "as it was said"
    finally:
        know({question: said})


def test_what_is_installed_later_is_found_and_what_is_missed_is_counted(client: httpx.Client, data: Path) -> None:
    before = offered(client)
    assert before["python"]["packages"] == {}
    until(lambda: client.get("/v1/live").json()["warnings"], "the console warns")
    assert "no numpy" in client.get("/v1/live").json()["warnings"][0]
    for module in ("numpy", "made_up_by_a_program"):
        report = client.post("/v1/grade", json={"code": f"import {module}", "suite": SUM}).json()
        assert report["verdict"] == "runtime_error"
    counts = client.get("/metrics").text
    for module in ("numpy", "other"):
        assert f'microcoder_missing_modules_total{{module="{module}"}} 1.0' in counts

    command = install_bash(data)
    (data / "runtime" / "lib" / f"python3.{sys.version_info.minor}" / "site-packages" / "numpy-9.9.dist-info").mkdir()
    until(lambda: offered(client)["bash"]["version"] == BASH_OF_TODAY, "the language is offered")
    until(lambda: offered(client)["python"]["packages"] == {"numpy": "9.9"}, "the package is listed")
    assert client.post("/v1/grade", json={"code": RIGHT, "suite": SUM}).json()["verdict"] == "accepted"
    command.unlink()
    until(lambda: offered(client)["bash"] == before["bash"], "the system's is back")
    assert client.get("/readyz").json()["workers_lost"] == 0, "they were replaced"
