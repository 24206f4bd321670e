"""Metrics show what happened, and the dashboard and the alerts ask for metrics that exist."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from evaluator.local import LocalService
from tests.forked import spinning, workers_of
from tests.operations.conftest import RIGHT, SUBMISSION, SUM, caller
from tests.raw_request import asked_by_hand, sleeping
from tests.waiting import until

DOCKER = Path(__file__).parents[2] / "docker"
ALERTS = DOCKER / "prometheus" / "alerts.yml"
SUFFIXES = "|".join(("_bucket", "_count", "_sum"))


def queued(client: httpx.Client) -> float:
    """Submissions in the queue. ``/readyz`` would wait for its own program's turn behind them."""
    return samples(client.get("/metrics").text)[("microcoder_queue_submissions",)]


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Values by name and labels' values."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def expressions() -> list[str]:
    dashboard = json.loads((DOCKER / "grafana" / "dashboard.json").read_text())
    found = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    found += [variable["query"]["query"] for variable in dashboard["templating"]["list"] if variable["type"] == "query"]
    found += [rule["expr"] for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]
    scaled = yaml.safe_load((DOCKER / "k8s" / "autoscale" / "scaledobject.yaml").read_text())
    return found + [trigger["metadata"]["query"] for trigger in scaled["spec"]["triggers"]]


def test_what_happened_is_told(start: Callable[..., LocalService]) -> None:
    service = start()
    with caller(service) as client:
        # Nobody else's program: reports are kept where other tests find them.
        stored = {"suites": {"s": SUM}, "submissions": [{"code": f"{RIGHT}  # counted", "suite_id": "s"}]}
        for _ in range(2):  # the second time from what is kept
            client.post("/v1/grade/batch", json=stored)
        client.post("/v1/grade", json={**SUBMISSION, "code": "print(0)", "language": "py3"})
        client.post("/v1/run", json={"code": "while True: pass", "limits": {"cpu_s": 0.2}})
        assert client.post("/v1/grade", json={}).status_code == 422
        assert client.get(f"/never/{'x' * 50}").status_code == 404
        told = samples(client.get("/metrics").text)
    assert told["microcoder_runs_total", "python", "accepted"] == 2
    assert told["microcoder_runs_total", "python", "wrong_answer"] == 1
    assert told[("microcoder_cache_hits_total",)] == 1
    assert told["microcoder_executions_total", "python", "cpu"] == 1
    assert told["microcoder_run_seconds_count", "python"] == 3
    assert told[("microcoder_queue_seconds_count",)] == 3
    assert told["microcoder_request_seconds_count", "POST", "/v1/grade", "422"] == 1
    assert told["microcoder_request_seconds_count", "GET", "other", "404"] == 1
    assert told[("microcoder_judge_errors_total",)] == 0
    assert (told[("microcoder_workers",)], told[("microcoder_workers_ready",)]) == (1, 1)
    assert (told[("microcoder_queue_submissions",)], told[("microcoder_queue_oldest_seconds",)]) == (0, 0)


def test_what_waits_is_told_while_it_waits(start: Callable[..., LocalService]) -> None:
    with caller(start()) as client:

        def told(name: str) -> float:
            return samples(client.get("/metrics").text)[f"microcoder_queue_{name}",]

        with asked_by_hand(client, "/v1/grade", sleeping(0), sleeping(1)):
            until(lambda: told("oldest_seconds") > 0.2, "one has to wait")
            assert told("submissions") == 2
        until(lambda: told("submissions") == told("oldest_seconds") == 0, "nobody waits any more")


NDJSON = {"Accept": "application/x-ndjson"}


def test_a_worker_that_dies_is_counted_and_a_poisonous_task_is_a_judge_error(
    start: Callable[..., LocalService],
) -> None:
    service = start()
    slow = {"code": "while True: pass", "suite": {**SUM, "limits": {"cpu_s": 60}}}
    with caller(service) as client, caller(service) as other:
        with client.stream("POST", "/v1/grade/batch", json={"submissions": [slow]}, headers=NDJSON) as answer:
            for died in range(3):
                until(lambda: other.get("/metrics").text.count("microcoder_workers_ready 1.0"), "a worker is up")
                [worker] = until(lambda: workers_of(service.process.pid), "it has a process")
                until(lambda w=worker: spinning(w), "the program runs")
                worker.kill()
                until(lambda n=died: lost(other) == n + 1, "its end was seen")
            [report] = [json.loads(line) for line in answer.iter_lines()]
        assert report["verdict"] == "judge_error"
        told = samples(other.get("/metrics").text)
        assert told[("microcoder_judge_errors_total",)] == 1
        assert told["microcoder_runs_total", "python", "judge_error"] == 1


def lost(client: Any) -> float:
    return samples(client.get("/metrics").text)[("microcoder_workers_lost_total",)]


def test_every_metric_that_is_asked_for_is_there(start: Callable[..., LocalService]) -> None:
    with caller(start()) as client:
        client.post("/v1/grade", json=SUBMISSION)
        client.post("/v1/run", json={"code": "print(1)"})
        names = {family.name for family in text_string_to_metric_families(client.get("/metrics").text)}
    wanted = {name for expression in expressions() for name in re.findall(r"microcoder_\w+", expression)}
    assert len(wanted) > 10
    plain = {re.sub(rf"(_total|{SUFFIXES})$", "", name) for name in wanted}
    assert plain - names == set()
    assert names - plain == set(), "told, and never looked at"


@pytest.mark.skipif(shutil.which("promtool") is None, reason="needs promtool (Debian: prometheus)")
def test_prometheus_understands_the_alerts_and_the_answer(start: Callable[..., LocalService]) -> None:
    subprocess.run(["promtool", "check", "rules", str(ALERTS)], check=True, timeout=60)
    with caller(start()) as client:
        client.post("/v1/grade", json=SUBMISSION)
        told = client.get("/metrics")
    assert told.headers["Content-Type"].startswith("text/plain")
    subprocess.run(["promtool", "check", "metrics"], input=told.content, check=True, timeout=60)
