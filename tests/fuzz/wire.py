"""Bodies of requests that are nearly right, to every endpoint of a real service: each has an answer that is no fault of
ours, and costs nobody anything."""

from __future__ import annotations

import base64
import copy
import io
import json
import random
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from hypothesis import strategies as st

from evaluator import keys
from evaluator.schema import Suite
from tests.compat.conftest import SYSTEMS
from tests.forked import local_service
from tests.fuzz.findings import Found, search

_TIMEOUT_S = 120.0
_EACH_ITS_OWN = httpx.Limits(max_keepalive_connections=0)
"""A connection for each request: one that is closed after a fault costs the next request nothing."""
_WEBHOOKS = {"MICROCODER_WEBHOOK_NETWORKS": '["192.0.2.0/24"]'}
"""Addresses that nobody has (RFC 5737)."""
_BUSY = frozenset({503, 504})
"""The answers to those who waited for too long for room."""
_BROKEN_SUITE = ("/problems/judge-fault", '{"message":"the checker ')
"""The answers to some systems' clients about a program that the suite cannot judge, lest they take it for a failed one
(docs/compat.md). Were it our fault, the log would show it, or a worker or a slot be lost."""
_CODE = "print(1)"
_FUNCTION = "def f(a, b=0):\n    return [a, b]\n"
_LIMITS = {"cpu_s": 1, "wall_s": 2, "memory_mb": 64, "output_mb": 1, "processes": 8}
_CHECKERS: list[Any] = [
    {"kind": "tokens"},
    {"kind": "lines"},
    {"kind": "exact"},
    {"kind": "json"},
    {"kind": "float", "abs": 1e-6, "rel": 0},
    {"kind": "unordered", "of": "lines", "nested": False},
    {"kind": "icpc_default", "args": ["float_tolerance", "1e-6"]},
    {"kind": "lcb"},
    {"kind": "microcoder_loose"},
    {"kind": "program", "language": "python", "code": "raise SystemExit(42)", "protocol": "icpc"},
]
_SUITES: list[dict[str, Any]] = [
    *(
        {
            "mode": "stdio",
            "tests": [{"name": "t", "weight": 2.5, "input": "1\n", "output": "1\n"}] * 5,
            "checker": each,
            "limits": _LIMITS,
        }
        for each in _CHECKERS
    ),
    {
        "mode": "stdio",
        "tests": [{"input": "", "output": ["1", {"base64": "AA=="}]}],
        "checker": {"kind": "any_of", "checker": {"kind": "tokens"}},
        "limits": _LIMITS,
    },
    {
        "mode": "function",
        "function": {"name": "f", "types": {"params": ["int", "List[int]"], "returns": "List[int]"}},
        "tests": [{"input": [1, [2]], "output": [1, [2]]}, {"input": {"a": 1}, "output": None}],
        "limits": _LIMITS,
    },
    {
        "mode": "program",
        "program": {"test_code": "assert f(1) == [1, 0]", "entry_point": "f", "apart": True, "prelude": False},
        "tests": [],
        "limits": _LIMITS,
    },
    {
        "mode": "interactive",
        "interactor": {"language": "python", "code": "raise SystemExit(42)", "protocol": "icpc", "args": ["a"]},
        "tests": [{"input": "1\n"}],
        "limits": _LIMITS,
        "isolation": "per_test",
    },
]
_SUITE_ID = Suite.model_validate(_SUITES[0]).id
_SUBMISSIONS: list[dict[str, Any]] = [
    {"id": "a", "language": "python", "code": _FUNCTION + _CODE, "suite": suite, "policy": "all", "detail": "full"}
    for suite in _SUITES
] + [{"response": f"So:\n```python\n{_CODE}\n```", "suite_id": "s"}]


class Asked(NamedTuple):
    """One request: a body that is JSON, or else bytes."""

    method: str
    path: str
    body: Any
    headers: dict[str, str]

    @property
    def content(self) -> bytes:
        return (
            self.body if isinstance(self.body, bytes) else b"" if self.body is None else json.dumps(self.body).encode()
        )


def _ask(path: str, body: Any, method: str = "POST") -> Asked:
    return Asked(method, path, body, {"Content-Type": "application/json"})


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _packed(method: int) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", method) as opened:
        opened.writestr("a/b.txt", "hello" * 50)
        opened.writestr("é", b"\0\xff" * 30)
    return archive.getvalue()


_ARCHIVES = [
    base64.b64encode(_packed(method)).decode()
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
]
_LABELS: list[Any] = [
    {"inputs": ["1\n"], "outputs": ["1\n"]},
    {"inputs": ["1\n[2]"], "outputs": ["[1, [2]]"], "fn_name": "f"},
    [{"input": "1", "output": "1", "testtype": "stdin"}],
    {"test_cases": [{"input": [1], "output": [1, 0], "fn_name": "f"}]},
    {"test_list": ["assert f(1) == [1, 0]"], "test_setup_code": "x = 1", "test_imports": ["import math"]},
    ["assert f(1) == [1, 0]"],
    {"test": "def check(candidate):\n    assert candidate(1) == [1, 0]", "entry_point": "f"},
]
_JUDGE0 = {"source_code": _encoded(_CODE), "language_id": 71, "stdin": _encoded("1"), "expected_output": _encoded("1")}
_FUSION = {
    "dataset": "d",
    "id": 1,
    "completion": f"```python\n{_CODE}\n```",
    "config": {
        "language": "python",
        "run_timeout": 2,
        "provided_data": {"id": 1, "labels": {}, "test": [{"input": {"stdin": ""}, "output": {"stdout": "1"}}]},
    },
}
RIGHT: list[Asked] = [
    *(_ask("/v1/grade", submission) for submission in _SUBMISSIONS[:-1]),
    _ask("/v1/grade/batch", {"submissions": _SUBMISSIONS[-2:], "suites": {"s": _SUITES[0]}}),
    Asked(
        "POST",
        "/v1/grade/batch",
        b"".join(json.dumps(submission).encode() + b"\n" for submission in _SUBMISSIONS[:2]),
        {"Content-Type": "application/x-ndjson", "Accept": "application/x-ndjson"},
    ),
    _ask("/v1/jobs", {"submissions": _SUBMISSIONS[-1:], "suites": {"s": _SUITES[0]}}),
    _ask("/v1/jobs", {"submissions": [], "webhook": {"url": "http://192.0.2.1/a", "secret": "whsec_" + "A" * 32}}),
    _ask(f"/v1/suites/{_SUITE_ID}", _SUITES[0], "PUT"),
    _ask(
        "/v1/run",
        {
            "language": "python",
            "code": _CODE,
            "stdin": {"base64": "AAEC"},
            "args": ["a", "b"],
            "files": {"a/b.txt": "x"},
            "sources": {"m.py": "x = 1"},
            "collect": ["out.txt"],
            "limits": _LIMITS,
        },
    ),
    *(_ask(system.path, system.body(_CODE)) for system in SYSTEMS.values()),
    *(
        _ask(
            "/get_reward",
            {"query": [f"Q```python\n{_FUNCTION}```"], "prompts": ["Q"], "labels": [label]},
        )
        for label in _LABELS
    ),
    _ask("/slime/get_reward", {"response": _CODE, "label": _LABELS[0]}),
    _ask("/submissions?wait=true&base64_encoded=true&fields=*", _JUDGE0),
    *(_ask("/submissions?base64_encoded=true", {**_JUDGE0, "additional_files": each}) for each in _ARCHIVES),
    *(
        _ask(
            "/api/v2/execute",
            {
                "language": "python",
                "version": "3",
                "files": [{"name": "m.py", "content": content, "encoding": encoding}, {"name": "a/b", "content": ""}],
                "args": ["1"],
                "run_timeout": 2000,
                "run_memory_limit": 1 << 26,
            },
        )
        for encoding, content in [("utf8", _CODE), ("base64", _encoded(_CODE)), ("hex", _CODE.encode().hex())]
    ),
    _ask(
        "/api/v2/execute",
        {
            "language": "cms_ioi",
            "version": "*",
            "files": [
                {"name": "graders/grader_config.json", "content": '{"task_type": "Batch"}'},
                {"name": "graders/task.cpp", "content": "int main() {"},
            ],
        },
    ),
    _ask(
        "/api/v2/execute",
        {
            "language": "cf_python3",
            "version": "*",
            "files": [
                {"name": "main.python", "content": _CODE},
                {"name": "input.txt", "content": "1\n"},
                {"name": "correct_output.txt", "content": "1\n"},
                {"name": "grader_config", "content": "TIME_LIMIT=1\nMEMORY_LIMIT=64\nINPUT_MODE=file"},
                {"name": "checker.py", "content": "print(0.5)"},
            ],
        },
    ),
    _ask("/submissions/batch?base64_encoded=true", {"submissions": [_JUDGE0] * 2}),
    _ask("/submit", _FUSION),
    *(
        Asked(method, path, None, {})
        for method, path in [
            ("GET", "/v1/jobs/{job}?wait=0.1&reports=true"),
            ("GET", "/v1/jobs/{job}/events?after=1"),
            ("DELETE", "/v1/jobs/{job}?forget=true"),
            ("HEAD", f"/v1/suites/{_SUITE_ID}"),
            ("GET", "/submissions/batch?tokens={token},b&base64_encoded=true&fields=status,token"),
            ("GET", "/submissions/{token}?fields=*"),
            ("DELETE", "/submissions/{token}?fields=*"),
            ("GET", "/languages/71"),
            ("GET", "/v1/languages"),
            ("GET", "/metrics"),
        ]
    ),
]


def _nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


_ODD: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(
        [
            *(None, True, False, 0, -1, 1, 2, 0.5, -0.0, 1e308, 5e-324, float("nan"), float("inf"), 1 << 31, 1 << 63),
            *(1 << 64, 10**400, -(1 << 63), "", " ", "x", "0", "\0", "\ud83d", "😀", "\u2028", "a" * 5000, "../x", "/"),
            *("a/b", "NaN", "1e999", "[[", "{}", "```", "```python\n", "\r\n", "python", "bash", "javascript", "cpp"),
            *([], {}, [[]], [None], {"": ""}, {"base64": "AA=="}, {"base64": "!"}, {"base64": 1}, {"base64": ""}),
            *(
                _nested(60),
                _nested(150),
                {"kind": "program"},
                {"kind": "any_of"},
                "sha256:" + "0" * 64,
                "*",
                "AA==",
                "=",
            ),
            *(
                "[" * 400 + "]" * 400,
                '{"a":' * 900 + "null" + "}" * 900,
                "[" * 100_000,
                '"' + "\ud800" + '"',
                "1" * 5000,
            ),
            *("import time; time.sleep(0.1)", "1/0", "def f(", "\ud800 = 1", "print('\\ud800')", "while 1: print(1)"),
        ]
    ).map(copy.deepcopy),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(_CHECKERS + _SUITES + _SUBMISSIONS).map(copy.deepcopy),
)
_BYTES = st.one_of(
    st.sampled_from(
        [b"", b"\0", b"\xff", b"\xed\xa0\x80", b"\\ud83d", b"\\", b'"', b"{", b"[" * 3000, b"]", b",", b"9" * 5000]
    ),
    st.binary(max_size=8),
)
_QUERIES = st.sampled_from(
    [
        *("wait=true", "wait=x", "wait=nan", "wait=-1", "wait=1e400", "after=-1", "after=" + "9" * 30, "fields=%00"),
        *("fields=,", "base64_encoded=x", "tokens=,", "tokens=" + "a," * 30, "forget=x", "%ff=%fe", "reports=2", "&&="),
    ]
)
_ODD_PATHS = st.sampled_from(["/%00", "/..", "/%2e%2e/x", "/%ff", "//", "/a" * 300, "/1/2/3", "/%F0%9F%98%80", "?"])
_HEADERS = st.sampled_from(
    [
        {"Content-Type": "application/x-ndjson"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Accept": "application/x-ndjson"},
        {"Authorization": "Basic é"},
        {"Authorization": "Bearer é"},
        {"X-Auth-Token": "é"},
        {"Idempotency-Key": '"a"'},
        {"Idempotency-Key": '"'},
        {"Idempotency-Key": "k" * 300},
        {"Last-Event-ID": "9" * 30},
        {"Last-Event-ID": "x"},
        {"X-Request-Id": "é" * 300},
        {"Content-Encoding": "gzip"},
        {"Expect": "100-continue"},
    ]
)


def _places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place, *(below for key, each in inside for below in _places(each, (*place, key)))]


def _changed(body: Any, place: tuple[Any, ...], how: str, odd: Any) -> Any:
    """The body with one value replaced, left out, given twice, wrapped, or with another beside it."""
    if not place:
        return [body] if how == "wrap" else odd
    holder = body
    for key in place[:-1]:
        holder = holder[key]
    key = place[-1]
    if how == "replace":
        holder[key] = odd
    elif how == "corrupt" and isinstance(holder[key], str):
        holder[key] = _corrupted(holder[key], odd)
    elif how == "as text":
        holder[key] = json.dumps(holder[key])
    elif how == "wrap":
        holder[key] = [holder[key]]
    elif how == "leave out":
        del holder[key]
    elif isinstance(holder, list):
        holder.append(copy.deepcopy(holder[key]) if how == "twice" else odd)
    else:
        holder[odd if isinstance(odd, str) else "odd"] = copy.deepcopy(holder[key]) if how == "twice" else odd
    return body


def _corrupted(text: str, odd: Any) -> str:
    """The text with a few of its bytes, or of those that it stands for, replaced: where and by what, ``odd`` says."""
    try:
        data, write = bytearray(base64.b64decode(text, validate=True)), lambda made: base64.b64encode(made).decode()
    except ValueError:
        data, write = bytearray(text.encode("utf-8", "surrogatepass")), lambda made: made.decode("utf-8", "replace")
    chosen = random.Random(repr(odd))
    for _ in range(chosen.randint(1, 4) if data else 0):
        data[chosen.randrange(len(data))] = chosen.choice([0, 255, chosen.randrange(256)])
    return write(bytes(data))


@st.composite
def requests(draw: st.DrawFn) -> Asked:
    """A right request with some of it changed: values of its body, bytes of that, its query, path or headers."""
    method, path, body, headers = copy.deepcopy(draw(st.sampled_from(RIGHT)))
    lines = isinstance(body, bytes)
    for _ in range(0 if body is None or lines else draw(st.sampled_from([0, 1, 1, 1, 2, 3]))):
        place = draw(st.sampled_from(_places(body)))
        how = draw(
            st.sampled_from(
                ["replace", "replace", "replace", "leave out", "twice", "wrap", "beside", "corrupt", "as text"]
            )
        )
        body = _changed(body, place, how, draw(_ODD))
    content = b"" if body is None else body if lines else json.dumps(body).encode()
    if draw(st.integers(0, 1 if lines else 9)) == 0:
        at = draw(st.integers(0, len(content)))
        content = content[:at] + draw(_BYTES) + content[at + draw(st.integers(0, 8)) :]
    if draw(st.integers(0, 9)) == 0:
        headers |= draw(_HEADERS)
    if draw(st.integers(0, 9)) == 0:
        path += ("&" if "?" in path else "?") + draw(_QUERIES)
    if draw(st.integers(0, 19)) == 0:
        path = path.partition("?")[0] + draw(_ODD_PATHS)
    return Asked(method, path, content, headers)


class Wire:
    """A client of a service, and what it has been answered."""

    def __init__(self, client: httpx.Client, log: Path) -> None:
        self._client, self._log = client, log
        self._known = {"job": "0", "token": "a"}
        """Names of what the service keeps."""
        self.statuses: Counter[int] = Counter()
        self._lost, self._logged = (0, 0), 0

    def answer(self, asked: Asked) -> httpx.Response:
        """Send a request, about the latest job or submission that is kept where it is about one."""
        path = asked.path.replace("{job}", self._known["job"]).replace("{token}", self._known["token"])
        headers = {name: value.encode("latin-1") for name, value in asked.headers.items()}
        response = self._client.request(asked.method, path, content=asked.content, headers=headers)
        if response.status_code in (201, 202) and isinstance(said := response.json(), dict):
            self._known["job"] = said.get("job_id") or self._known["job"]
            self._known["token"] = said.get("token") or self._known["token"]
        return response

    def holds(self, asked: Asked) -> None:
        """Send a request.

        Raises:
            AssertionError: the answer is a fault of ours, or the request cost a worker, a slot or a line in the log.
        """
        response = self.answer(asked)
        self.statuses[response.status_code] += 1
        said = f"{response.status_code} {response.text[:2000]}\nfor {asked}"
        for_the_suite = response.status_code == 500 and any(each in response.text for each in _BROKEN_SUITE)
        assert response.status_code < 500 or response.status_code in _BUSY or for_the_suite, said
        if response.status_code in (400, 422) and asked.method != "HEAD":
            assert response.json(), said
        self.require_order(said)

    def require_order(self, said: str) -> None:
        """Make sure that nothing broke since the last time."""
        ready = self._client.get("/readyz").json()
        lost, self._lost = self._lost, (ready["workers_lost"], ready["slots_discarded"])
        log = self._log.read_text()
        new, self._logged = log[self._logged :], len(log)
        assert self._lost == lost, (ready, said)
        assert "Traceback" not in new, (new[-4000:], said)


@contextmanager
def served(directory: Path) -> Iterator[Wire]:
    """A client of a service of one's own, which keeps its things in ``directory``."""
    log = directory / "log"
    secret = keys.add(directory / "keys.toml", "fuzz", admin=True)
    settings = {
        "MICROCODER_DATA_DIR": str(directory / "data"),
        "MICROCODER_RESULTS_MB": "0",
        "MICROCODER_KEYS_FILE": str(directory / "keys.toml"),
        **_WEBHOOKS,
    }
    launcher = ("sh", "-c", 'exec "$@" 2>>"$0"', str(log))
    with (
        local_service(workers=1, settings=settings, launcher=launcher) as service,
        httpx.Client(base_url=service.url, timeout=_TIMEOUT_S, limits=_EACH_ITS_OWN, trust_env=False) as client,
    ):
        client.headers["Authorization"] = f"Bearer {secret}"
        yield Wire(client, log)


def fuzz(directory: Path, seconds: float, seed: int) -> Found:
    """Send changed requests for so long."""
    with served(directory) as wire:
        tried, findings = search(requests(), wire.holds, seconds, seed)
        return Found(
            tried, findings, ", ".join(f"{count} × {status}" for status, count in sorted(wire.statuses.items()))
        )
