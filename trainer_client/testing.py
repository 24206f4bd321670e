"""A service that does not judge, for tests of what you build on the client: it answers as you tell it, and remembers
what it was asked. Python's standard library, on a free port of 127.0.0.1.

    with FakeService(lambda submission: "accepted" if "42" in submission.code else "wrong_answer") as service:
        client = EvaluatorClient(service.url)
        ...
        assert len(service.submissions) == 3
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from evaluator.schema import LanguageList, Readiness, Report, RunReport, Submission, Suite, Verdict

Script = Callable[[Submission], Report | Verdict | str]
_ENGINE = "fake"


@dataclass(frozen=True, slots=True)
class Request:
    """The requests that the service got."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


def report(verdict: Verdict | str, **fields: Any) -> Report:
    """Make a report with that verdict, of one test."""
    verdict = Verdict(verdict)
    passed = int(verdict is Verdict.ACCEPTED)
    score = float(passed) if verdict.is_score else None
    return Report.model_validate(
        {"verdict": verdict, "score": score, "passed": passed, "total": 1, "engine": _ENGINE, **fields}
    )


class FakeService:
    """Answers every submission by ``script``: a verdict, or a function from the submission to a verdict or report.

    ``requests`` are all that came, ``submissions`` those that were answered, ``suites`` those uploaded, by id.
    """

    def __init__(self, script: Script | Verdict | str = Verdict.ACCEPTED) -> None:
        self.script: Script = script if callable(script) else lambda _: script
        self.requests: list[Request] = []
        self.submissions: list[Submission] = []
        self.suites: dict[str, Suite] = {}
        self._failures: deque[tuple[int, Mapping[str, str]]] = deque()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """The service's URL."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def fail_next(self, times: int = 1, *, status: int = 503, retry_after_s: float | None = 0) -> None:
        """Answer the next requests with an error instead."""
        headers = {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}
        self._failures.extend([(status, headers)] * times)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: Request) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers and body."""
        self.requests.append(request)
        if self._failures:
            status, headers = self._failures.popleft()
            return status, headers, _problem(status, "told-to-fail")
        match request.method, request.path.split("/")[1:]:
            case "HEAD" | "PUT", ["v1", "suites", name]:
                return self._suite(request, "sha256:" + name.removeprefix("sha256:"))
            case "POST", ["v1", "grade"]:
                return 200, {}, self._report(Submission.model_validate_json(request.body)).model_dump_json().encode()
            case "POST", ["v1", "grade", "batch"]:
                return self._batch(request)
            case "POST", ["v1", "run"]:
                return 200, {}, _RUN.model_dump_json().encode()
            case ("GET", ["v1", "languages"]) | ("POST", ["v1", "languages", "refresh"]):
                return 200, {}, LanguageList(languages=()).model_dump_json().encode()
            case "GET", ["readyz"]:
                return 200, {}, _READY.model_dump_json().encode()
        return 404, {}, _problem(404, "not-found")

    def _suite(self, request: Request, name: str) -> tuple[int, Mapping[str, str], bytes]:
        if request.method == "PUT":
            self.suites[name] = Suite.model_validate_json(request.body)
        return (200, {}, b"{}") if name in self.suites else (404, {}, b"")

    def _batch(self, request: Request) -> tuple[int, Mapping[str, str], bytes]:
        submissions = [Submission.model_validate(each) for each in json.loads(request.body)["submissions"]]
        for index, submission in enumerate(submissions):
            if submission.suite_id is not None and submission.suite_id not in self.suites:
                return 404, {}, _problem(404, "unknown-suite", f"submissions[{index}]: {submission.suite_id!r}")
        reports = [self._report(each).model_copy(update={"index": index}) for index, each in enumerate(submissions)]
        if "x-ndjson" in request.headers.get("Accept", ""):
            return 200, {}, b"".join(each.model_dump_json().encode() + b"\n" for each in reports)
        return 200, {}, json.dumps({"reports": [each.model_dump(mode="json") for each in reports]}).encode()

    def _report(self, submission: Submission) -> Report:
        self.submissions.append(submission)
        outcome = self.script(submission)
        answer = outcome if isinstance(outcome, Report) else report(outcome)
        return answer.model_copy(update={"id": submission.id})


_RUN = RunReport.model_validate(
    {"exit_code": 0, "signal": None, "cpu_s": 0.0, "wall_s": 0.0, "memory_bytes": 0, "stdout": "", "stderr": ""}
    | {"stopped_by": None, "isolation": "process", "engine": _ENGINE}
)
_READY = Readiness(workers_ready=1, workers=1, queued=0, slots_discarded=0, isolation="process", engine=_ENGINE)


def _problem(status: int, slug: str, detail: str = "") -> bytes:
    return json.dumps({"type": f"/problems/{slug}", "title": slug, "status": status, "detail": detail}).encode()


def _handler_of(service: FakeService) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = Request(self.command, self.path, dict(self.headers), body)
            status, headers, content = service.answer(request)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_HEAD = do_POST = do_PUT = _answer

        def log_message(self, *args: object) -> None:
            """Tests have their own output."""

    return Handler
