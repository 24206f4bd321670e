"""Traces as a collector receives them over OTLP: a span for each request, and in it one for each program."""

from __future__ import annotations

import gzip
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from evaluator.installation import install_command
from evaluator.local import LocalService
from tests.operations.conftest import RIGHT, SUM, caller

WAIT_S = 60.0
CALLER = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"


class Collector:
    """Takes traces in, as collectors do."""

    def __init__(self) -> None:
        heard: queue.Queue[Span] = queue.Queue()
        self.names: set[str] = set()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(handler: BaseHTTPRequestHandler) -> None:
                body = handler.rfile.read(int(handler.headers["Content-Length"]))
                if handler.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                    self.names.add(values(resource.resource)["service.name"])
                    for scope in resource.scope_spans:
                        for span in scope.spans:
                            heard.put(span)
                handler.send_response(200)
                handler.send_header("Content-Length", "0")
                handler.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._heard = heard
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def spans(self, count: int) -> list[Span]:
        """The next so many."""
        return [self._heard.get(timeout=WAIT_S) for _ in range(count)]

    def nothing_more(self) -> bool:
        return self._heard.empty()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def values(attributed: Any) -> dict[str, Any]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in attributed.attributes}


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    collector = Collector()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")
    yield collector
    collector.close()


def test_a_request_and_its_programs_are_one_trace(start: Callable[..., LocalService], collector: Collector) -> None:
    service = start(traces="true")
    # Nobody else's programs: a report that another test's was kept for has no run.
    right, wrong = f"{RIGHT}  # traced", "print(0)  # traced"
    programs = [{"code": right, "suite_id": "s"}, {"code": wrong, "suite_id": "s", "language": "py3"}]
    headers = {"traceparent": f"00-{CALLER}-{PARENT}-01", "X-Request-Id": "mine"}
    with caller(service) as client:
        client.get("/readyz").raise_for_status()
        batch = {"suites": {"s": SUM}, "submissions": programs}
        client.post("/v1/grade/batch", json=batch, headers=headers).raise_for_status()
    *graded, request = sorted(collector.spans(3), key=lambda span: span.name != "grade")
    assert request.name == "POST /v1/grade/batch"
    assert (request.trace_id.hex(), request.parent_span_id.hex()) == (CALLER, PARENT)
    assert values(request)["microcoder.request_id"] == "mine"
    assert sorted(values(span)["microcoder.verdict"] for span in graded) == ["accepted", "wrong_answer"]
    for span in graded:
        assert (span.trace_id, span.parent_span_id) == (request.trace_id, request.span_id)
        told = values(span)
        assert told["microcoder.request_id"] == "mine"
        assert told["microcoder.suite_id"].startswith("sha256:")
        assert told["microcoder.run_s"] > 0
        [began] = [event.time_unix_nano for event in span.events]
        assert span.start_time_unix_nano <= began <= span.end_time_unix_nano
        assert not any("print" in str(value) for value in told.values())  # nobody's program leaves the service
    assert collector.names == {"microcoder-evaluator"}
    assert collector.nothing_more()  # nobody traces whoever looks whether we live


def test_a_run_and_a_refusal_are_told(start: Callable[..., LocalService], collector: Collector) -> None:
    service = start(traces="true", queue_limit=1)
    with caller(service) as client:
        client.post("/v1/run", json={"code": "print(1)"}).raise_for_status()
        run, request = sorted(collector.spans(2), key=lambda span: span.name != "run")
        assert (run.name, run.parent_span_id) == ("run", request.span_id)
        assert client.post("/v1/grade", json={}).status_code == 422
        [refused] = collector.spans(1)
    assert refused.name == "POST /v1/grade"
    assert refused.status.code != Status.STATUS_CODE_ERROR  # the client's mistake, not ours


def test_what_is_left_is_sent_when_the_service_ends(
    start: Callable[..., LocalService], collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", str(3_600_000))
    service = start(traces="true")
    with caller(service) as client:
        client.post("/v1/run", json={"code": "print(1)"}).raise_for_status()
    assert collector.nothing_more()
    service.process.terminate()
    assert {span.name for span in collector.spans(2)} == {"run", "POST /v1/run"}


def test_a_collector_that_is_gone_costs_no_request(start: Callable[..., LocalService], collector: Collector) -> None:
    collector.close()
    service = start(traces="true")
    with caller(service) as client:
        for _ in range(3):
            assert client.post("/v1/grade", json={"code": RIGHT, "suite": SUM}).json()["verdict"] == "accepted"


def test_without_the_packages_the_service_says_what_to_install() -> None:
    hide = "import sys; sys.modules['opentelemetry.exporter'] = None; sys.argv = ['microcoder', 'serve', '--port', '0']"
    done = subprocess.run(
        [sys.executable, "-c", f"{hide}; from evaluator.cli import main; main()"],
        env={**os.environ, "MICROCODER_TRACES": "true"},
        capture_output=True,
        text=True,
        timeout=WAIT_S,
        check=False,
    )
    assert done.returncode == 3
    assert install_command("traces") in done.stderr
