"""Two versions of us that share what is kept: each answers with what it judged itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from evaluator.engine import ENGINE, VERSION
from evaluator.schema import Suite
from tests.distributed.conftest import Site
from tests.end_to_end.conftest import RIGHT, SUM, Client
from tests.forked import local_service
from tests.waiting import until

ROOT = Path(__file__).parents[2]
PACKAGES = ("evaluator", "sandbox", "trainer_client")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of our sources that refuses what we accept."""
    copy = tmp_path_factory.mktemp("other")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    report = copy / "evaluator" / "grading" / "report.py"
    text = report.read_text()
    accepts = "verdict=Verdict.ACCEPTED if failed is None else"
    assert text.count(accepts) == 1
    report.write_text(text.replace(accepts, "verdict=Verdict.WRONG_ANSWER if failed is None else"))
    return copy


def engine_of(sources: Path) -> str:
    command = [sys.executable, "-P", "-c", "from evaluator.engine import ENGINE; print(ENGINE)"]
    return subprocess.check_output(command, env={**os.environ, "PYTHONPATH": str(sources)}, text=True).strip()


def test_an_engine_is_named_by_its_version_and_its_sources(other: Path, tmp_path: Path) -> None:
    same = tmp_path / "same"
    for package in PACKAGES:
        shutil.copytree(ROOT / package, same / package)
    assert engine_of(ROOT) == engine_of(same) == ENGINE
    assert engine_of(other) != ENGINE
    assert ENGINE.startswith(f"{VERSION}+")


@pytest.mark.parametrize("source", ["sandbox/languages.toml", "sandbox/zygote/run.py", "evaluator/harness/native/function.cpp", "evaluator/harness/native/function.js", "sandbox/zygote/batch.c"])  # fmt: skip
def test_whatever_may_move_a_verdict_changes_the_engines_name(tmp_path: Path, source: str) -> None:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package)
    with open(tmp_path / source, "a") as file:
        file.write("\n")
    assert engine_of(tmp_path) != ENGINE


def graded(client: Client) -> tuple[str, bool, str]:
    suite_id = Suite.model_validate(SUM).id
    assert client.put(f"/v1/suites/{suite_id}", json=SUM).is_success
    response = client.post("/v1/grade", json={"code": RIGHT, "suite_id": suite_id})
    assert response.status_code == 200, response.text
    report: dict[str, Any] = response.json()
    return report["verdict"], report["cached"], report["engine"]


def test_no_version_serves_what_another_kept_in_the_same_directory(other: Path, tmp_path: Path) -> None:
    asked: list[tuple[str, bool, str]] = []
    for sources in (ROOT, other, ROOT, other):
        settings = {"MICROCODER_DATA_DIR": str(tmp_path), "PYTHONPATH": str(sources)}
        service = local_service(workers=1, settings=settings, launcher=("env", "-C", str(sources)))
        with service as running, Client(running) as client:
            asked.append(graded(client))
    others = engine_of(other)
    assert asked == [
        ("accepted", False, ENGINE),
        ("wrong_answer", False, others),
        ("accepted", True, ENGINE),
        ("wrong_answer", True, others),
    ]


def test_no_worker_at_a_queue_serves_what_one_of_another_version_kept(site: Site, other: Path, tmp_path: Path) -> None:
    """Both have one directory, as where a volume is mounted to all."""
    data, others = tmp_path / "shared", engine_of(other)
    new = {"PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"}
    old = {"PYTHONPATH": str(other), "PYTHONSAFEPATH": "1"}
    first = site.host(data=data, **new)
    client = site.client()
    seen: set[tuple[str, bool, str]] = set()

    def ask() -> bool:
        seen.add(graded(client))
        return seen == expected

    expected = {("accepted", cached, ENGINE) for cached in (False, True)}
    until(ask, "the first has kept its report")
    expected = seen | {("wrong_answer", cached, others) for cached in (False, True)}
    site.host(data=data, **old)
    site.until_ready(client, 2)
    until(ask, "both have answered from what they kept")
    first.stop()
    site.until_ready(client, 1)
    for _ in range(4):
        ask()
    assert seen == expected
