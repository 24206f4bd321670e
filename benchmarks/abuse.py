"""A day's worth of abuse: what honest clients get beside forty hostile ones.

``python -m benchmarks.abuse [--minutes 10] [--record]``. Four honest clients send programs that are right and wrong.
Beside them are, in turns, forty clients that try all that a submission or a request can do to others, and forty honest
ones whose programs use as much CPU; each has a key of its own. What counts is that verdicts are the same, the ratio of
the honest clients' latencies, and that nothing of the hostile clients is left.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import random
import socket
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psutil

from benchmarks.machine import RUN_ALL, facts, record
from benchmarks.soak import Holdings
from evaluator import keys
from evaluator.local import local_service
from tests.fuzz.outcomes import submissions as odd_outcomes
from tests.hostile.program import every_program

HOSTILE, HONEST, ROUNDS = 40, 4, 3
_LIMITS = {"cpu_s": 1, "wall_s": 3, "memory_mb": 128, "output_mb": 4, "processes": 32}
_LARGE = 1 << 20
_SETTLED_S, _LOOK_EVERY_S = 60.0, 2.0
Step = Callable[["Client"], httpx.Response | None]


class Client(httpx.Client):
    """A client with a key of its own."""

    def __init__(self, url: str, key: str) -> None:
        super().__init__(
            base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=120, trust_env=False, http2=False
        )
        self.key = key

    def grade(self, **request: Any) -> httpx.Response:
        """Post a submission; lone surrogates travel as escapes."""
        headers = {"Content-Type": "application/json"}
        return self.post("/v1/grade", content=json.dumps(request), headers=headers)


def stdio(*tests: tuple[str, str], **limits: float) -> dict[str, Any]:
    """A suite of inputs and outputs."""
    cases = [{"input": given, "output": said} for given, said in tests]
    return {"mode": "stdio", "tests": cases, "limits": {**_LIMITS, **limits}}


SUITE = stdio(*[(f"{n} {n + 1}\n", f"{2 * n + 1}\n") for n in range(8)])
ADD = "a, b = map(int, input().split())\nprint(a + b)"
EXPECTED = [
    (ADD, "accepted"),
    ("a, b = map(int, input().split())\nprint(a + b if a != 6 else 0)", "wrong_answer"),
    ("a, b = map(int, input().split())\nprint((a + b) / (a - 7))", "wrong_answer"),
    ("x = [int(w) for w in input().split()]\nprint(sum(x))", "accepted"),
]


def _grades(requests: Sequence[dict[str, Any]]) -> Step:
    """Send these one after the other."""
    waiting = itertools.cycle(requests)
    return lambda client: client.grade(**next(waiting))


def _python(*codes: str, **limits: float) -> list[dict[str, Any]]:
    return [{"code": code, "suite": stdio(("1 2\n", "3\n"), **limits)} for code in codes]


def _hostile_programs() -> list[dict[str, Any]]:
    """All of ``tests/hostile``, as they lie there."""
    values = {"half": "x", "file": "/etc/passwd", "dir": "/etc", "data": "/tmp", "runner": "1", "port": "9", "udp": "9"}
    found = []
    for program in every_program():
        code = program.code({**values, "abstract": "none"})
        tests = [(given + "\n", said + "\n") for given, said in zip(program.inputs, program.says, strict=True)]
        suite = stdio(*tests) | {"limits": dict(program.limits)}
        found.append({"language": program.language, "code": code, "suite": suite, "policy": "all"})
    random.Random(1).shuffle(found)
    return found


def _late() -> list[dict[str, Any]]:
    """Programs that use a little more than they may, or wait for long."""
    burn = "import time\nwhile time.process_time() < {}: pass\n"
    return _python(
        burn.format(1.05) + "time.sleep(60)",
        burn.format(1.05) + "print(3)",
        burn.format(0.98) + "time.sleep(2)\nprint(3)",
        "import time\ntime.sleep(60)",
        "import os, signal, time\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
        "for _ in range(4):\n    if os.fork() == 0:\n"
        + "        while time.process_time() < 0.9: pass\n        os._exit(0)\n"
        "time.sleep(1.2)\nprint(3)",
    )


def _greedy() -> list[dict[str, Any]]:
    """Programs that take all that they can get of something."""
    return _python(
        "import os\nfor i in range(10**6):\n    try: os.mkdir(f'd{i}')\n    except OSError: break\nprint(3)",
        "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
        "x = []\nwhile True: x.append(bytearray(1 << 20))",
        "while True: print('x' * 9999)",
        "import socket\nx = []\nwhile True:\n    try: x += socket.socketpair()\n    except OSError: break\nprint(3)",
    )


def _texts() -> list[dict[str, Any]]:
    """Texts on which our own code might work for long."""
    function = {"mode": "function", "function": {"name": "f"}, "tests": [{"input": [1], "output": 1}]}
    suite = stdio(("1\n", "1\n"))
    return [
        {"response": "```python\n" + " " * _LARGE, "suite": suite},
        {"response": "```" * (_LARGE // 8), "suite": suite},
        {"response": "<think>" * (_LARGE // 8), "suite": suite},
        {"response": "`" * _LARGE + "\n" + "~" * _LARGE, "suite": suite},
        {"language": "javascript", "code": "/* " * 80_000, "suite": function},
        {
            "language": "cpp",
            "code": "typedef " * 40_000,
            "suite": function | {"function": {"name": "f", "signature": "int f(int x)"}},
        },
        {"language": "java", "code": "\n" * _LARGE, "suite": function},
        {"code": "def f(n): return [[]] * 9_000_000", "suite": function},
        {"code": "def f(n): return '1e16000000'", "suite": function | {"checker": {"kind": "lcb"}}},
        {"code": "print('1e16000000 ' * 100000)", "suite": stdio(("1\n", "1\n")) | {"checker": {"kind": "lcb"}}},
        {"code": "print('1 ' * 2_000_000)", "suite": stdio(("1\n", "1 2\n"))},
        {"code": "(" * 200_000, "suite": suite},
        {"code": "x = " + "-" * 100_000 + "1", "suite": suite},
        {
            "language": "cpp",
            "code": "template<int A, int B> struct G { static const long v = G<A-1, B>::v + G<A, B-1>::v; };\n"
            "template<int B> struct G<0, B> { static const long v = 1; };\n"
            "template<int A> struct G<A, 0> { static const long v = 1; };\n"
            "int main() { return G<400, 400>::v; }",
            "suite": suite,
        },
    ]


def _fusion(client: Client) -> None:
    """Extraction through another judge's endpoint."""
    problem = {"id": 1, "content": "", "labels": {}, "test": [{"input": {"stdin": "1"}, "output": {"stdout": "1"}}]}
    config = {"language": "python", "provided_data": problem}
    for completion in ("```python\n" + " " * 40_000, "```x\na ```cpp\n" * (_LARGE // 8)):
        answer = client.post("/submit", json={"dataset": "x", "id": 1, "completion": completion, "config": config})
        _expect_taken(answer)


def _half_head(client: Client) -> None:
    """A request whose head never ends."""
    with _connected(client) as raw:
        raw.sendall(b"POST /v1/grade HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 4000)
        _wait_for_end(raw)


def _half_body(client: Client) -> None:
    """A request whose body never ends."""
    with _connected(client) as raw:
        head = ("POST /v1/grade HTTP/1.1", "Host: x", f"Authorization: Bearer {client.key}", "Content-Length: 9999999")
        raw.sendall(("\r\n".join(head) + '\r\n\r\n{"code": "').encode())
        _wait_for_end(raw)


def _never_reads(client: Client) -> None:
    """Many requests on one connection, and no answer read."""
    with _connected(client) as raw, contextlib.suppress(TimeoutError):
        raw.settimeout(5)
        for _ in range(2000):
            raw.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(5)


@contextlib.contextmanager
def _connected(client: Client) -> Iterator[socket.socket]:
    address = urlsplit(str(client.base_url))
    with contextlib.suppress(ConnectionError), socket.create_connection((address.hostname, address.port or 80)) as raw:
        yield raw


def _wait_for_end(raw: socket.socket) -> None:
    raw.settimeout(10)
    with contextlib.suppress(TimeoutError):
        raw.recv(1)


def _large_bodies(client: Client) -> None:
    """12 MB of tests, then of nesting, then of nothing that is JSON."""
    tests = ",".join(['{"input":"1","output":"1"}'] * (12 * _LARGE // 26))
    for body in (
        f'{{"code":"print(1)","suite":{{"mode":"stdio","tests":[{tests}]}}}}',
        "[" * (12 * _LARGE),
        " " * (12 * _LARGE) + "x",
    ):
        client.post("/v1/grade", content=body, headers={"Content-Type": "application/json"})


def _doctors(client: Client) -> None:
    for _ in range(5):
        client.get("/v1/isolation")


def _others_jobs(client: Client) -> None:
    """Ask for jobs of others, and leave webhooks that fail."""
    job = {"submissions": [{"code": ADD, "suite": SUITE}], "webhook": {"url": "http://127.0.0.1:9/none"}}
    _expect_taken(client.post("/v1/jobs", json=job))
    for job_id in ("0" * 32, "../../etc/passwd", "x" * 5000):
        client.delete(f"/v1/jobs/{job_id}")


def _expect_taken(answer: httpx.Response) -> None:
    """Fail where a request was refused for what it is, and not for the load: then it tries nothing."""
    if 400 <= answer.status_code < 500 and answer.status_code not in (408, 429):
        raise RuntimeError(f"{answer.request.url}: {answer.status_code} {answer.text[:300]}")


def _abuse() -> list[Step]:
    """Return the steps of the hostile clients, in order."""
    programs = _hostile_programs()
    odd = list(odd_outcomes(7, 2000))
    parts = [_grades(programs[start::12]) for start in range(12)]
    parts += [_grades(odd[start::4]) for start in range(4)]
    parts += [_grades(_late()) for _ in range(4)]
    parts += [_grades(_greedy()) for _ in range(5)]
    parts += [_grades(_texts()) for _ in range(5)]
    parts += [_fusion, _half_head, _half_body, _half_body, _never_reads, _large_bodies, _doctors, _others_jobs]
    return list(itertools.islice(itertools.cycle(parts), HOSTILE))


def _busy(used_s: Sequence[float]) -> list[Step]:
    """Honest neighbours, whose programs compute for as long as hostile ones did, and are right."""
    code = f"import time\nwhile time.process_time() < {{}}: pass\n{ADD}"
    suite = stdio(("1 2\n", "3\n"), cpu_s=10, wall_s=60)
    requests = [{"code": code.format(seconds), "suite": suite} for seconds in used_s]
    random.Random(1).shuffle(requests)
    return [_grades(requests[start:] + requests[:start]) for start in range(HOSTILE)]


@dataclass
class Seen:
    """The experience of honest clients in one kind of neighbourhood."""

    latencies_ms: list[float] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    """Of the neighbours."""
    cpu_s: float = 0.0
    """Of the service, while they were there."""
    used_s: list[float] = field(default_factory=list)
    """CPU seconds of each of the neighbours' programs."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def p99_ms(self) -> float:
        """Only a hundredth of the honest requests took longer."""
        return statistics.quantiles(self.latencies_ms, n=100)[-1]


class Neighbourhood:
    """A service, its honest clients, and those beside them."""

    def __init__(self, url: str, pid: int, secrets: Sequence[str]) -> None:
        self._url, self._service, self._secrets = url, psutil.Process(pid), secrets

    def run(self, seen: Seen, neighbours: Sequence[Step], seconds: float) -> None:
        """Let all of them do what they do for so long."""
        over = threading.Event()
        before = self._cpu_s()
        secrets = iter(self._secrets)
        with ThreadPoolExecutor(len(self._secrets)) as pool:
            clients = [pool.submit(self._loop, next(secrets), step, seen, over) for step in neighbours]
            clients += [pool.submit(self._honest, next(secrets), seen, over) for _ in range(HONEST)]
            over.wait(seconds)
            seen.cpu_s += self._cpu_s() - before
            over.set()
            for client in clients:
                client.result()

    def _loop(self, secret: str, step: Step, seen: Seen, over: threading.Event) -> None:
        with Client(self._url, secret) as client:
            while not over.is_set():
                response = None
                with contextlib.suppress(httpx.HTTPError):
                    response = step(client)
                report = response.json() if response is not None and response.is_success else {}
                with seen.lock:
                    seen.requests += 1
                    seen.used_s += [sum(test["cpu_s"] or 0.0 for test in report["tests"])] if "tests" in report else []

    def _honest(self, secret: str, seen: Seen, over: threading.Event) -> None:
        with Client(self._url, secret) as client:
            for code, verdict in itertools.cycle(EXPECTED):
                if over.is_set():
                    return
                started = time.perf_counter()
                response = client.grade(code=code, suite=SUITE)
                took_ms = 1000 * (time.perf_counter() - started)
                said = response.json().get("verdict", response.text[:200])
                with seen.lock:
                    seen.latencies_ms.append(took_ms)
                    seen.wrong.update([] if said == verdict else [f"{verdict} became {said}"])

    def _cpu_s(self) -> float:
        used = 0.0
        for process in (self._service, *self._service.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                used += sum(process.cpu_times()[:4])
        return used


def _held_by_kernel() -> dict[str, int]:
    """Count the objects that a program may leave in the kernel."""
    sockets = sum(line.count("\n") for line in map(Path.read_text, map(Path, ("/proc/net/unix", "/proc/net/tcp"))))
    ipc = sum(Path(f"/proc/sysvipc/{kind}").read_text().count("\n") for kind in ("shm", "sem", "msg"))
    leases = sum(" LEASE " in line for line in Path("/proc/locks").read_text().splitlines())
    aio = int(Path("/proc/sys/fs/aio-nr").read_text())
    return {"sockets": sockets, "System V objects": ipc, "leases": leases, "aio slots": aio}


def _holdings(pid: int) -> dict[str, int]:
    held = Holdings.of(pid)
    return {name: getattr(held, name) for name in Holdings.__slots__} | _held_by_kernel()


def _settled(pid: int) -> dict[str, int]:
    """Return what is held once all clients have gone and two consecutive looks agree: some of it ends by itself."""
    deadline = time.monotonic() + _SETTLED_S
    before, held = {}, _holdings(pid)
    while held != before and time.monotonic() < deadline:
        time.sleep(_LOOK_EVERY_S)
        before, held = held, _holdings(pid)
    return held


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="of abuse; half as long of ordinary load")
    parser.add_argument("--record", action="store_true")
    asked = parser.parse_args()
    before = facts()
    seconds = 60 * asked.minutes / ROUNDS
    ordinary, hostile = Seen(), Seen()
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory, "keys.toml")
        secrets = [keys.add(file, f"client-{number}") for number in range(HOSTILE + HONEST)]
        settings = {
            **RUN_ALL,
            "MICROCODER_KEYS_FILE": str(file),
            "MICROCODER_DATA_DIR": f"{directory}/data",
            "MICROCODER_WEBHOOK_NETWORKS": '["127.0.0.1/32"]',
        }
        with local_service(settings=settings) as service:
            place = Neighbourhood(service.url, service.process.pid, secrets)
            abuse = _abuse()
            place.run(Seen(), abuse, min(60.0, seconds))  # all that is made once is there after it
            held = [_settled(service.process.pid)]
            for _ in range(ROUNDS):
                place.run(hostile, abuse, seconds)
                place.run(ordinary, _busy(hostile.used_s), seconds / 2)
                held.append(_settled(service.process.pid))
                print(f"p99 {hostile.p99_ms:.0f} ms beside hostile clients, {ordinary.p99_ms:.0f} beside ordinary ones")
            ready = httpx.get(f"{service.url}/readyz", trust_env=False).json()
    lines = _table(ordinary, hostile, held, ready)
    print(before, *lines, sep="\n")
    if asked.record:
        record("Abuse", f"python -m benchmarks.abuse --minutes {asked.minutes:g}", before, lines)


def _table(ordinary: Seen, hostile: Seen, held: list[dict[str, int]], ready: dict[str, Any]) -> list[str]:
    rows = {"ordinary": ordinary, "hostile": hostile}
    wrong = ordinary.wrong + hostile.wrong
    return [
        f"| beside {HOSTILE} clients | honest requests | p50 ms | p99 ms | wrong verdicts | their requests "
        "| CPU s of a program of theirs | CPU s of the service |",
        "|---|---|---|---|---|---|---|---|",
        *(
            f"| {name} | {len(seen.latencies_ms)} | {statistics.median(seen.latencies_ms):.0f} | {seen.p99_ms:.0f} "
            f"| {seen.wrong.total()} | {seen.requests} | {statistics.fmean(seen.used_s):.2f} | {seen.cpu_s:.0f} |"
            for name, seen in rows.items()
        ),
        "",
        f"p99 {hostile.p99_ms / ordinary.p99_ms:.2f} times that beside ordinary clients; "
        f"{ready.get('workers_lost')} workers lost, {ready.get('slots_discarded')} slots discarded; kept reports off",
        "",
        f"| held | {' | '.join(f'after {i} rounds' for i in range(len(held)))} |",
        "|---" * (len(held) + 1) + "|",
        *(f"| {name} | {' | '.join(str(each[name]) for each in held)} |" for name in held[0]),
        "",
        *(f"- {count} × {what}" for what, count in wrong.items()),
    ]


if __name__ == "__main__":
    main()
