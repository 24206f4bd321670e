"""A client that is slow, or never ends, costs nobody else anything."""

from __future__ import annotations

import contextlib
import itertools
import json
import re
import select
import socket
import time
from collections.abc import Callable, Iterator
from concurrent import futures
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from evaluator import keys
from evaluator.api.connection import client_of
from evaluator.local import LocalService
from tests.forked import local_service
from tests.operations.conftest import SUBMISSION, caller
from tests.waiting import DEADLINE_S, until

Start = Callable[..., LocalService]
HEAD = b"POST /v1/grade HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
SOON_S = 30.0
_LOOK_AGAIN_S = 0.02


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LocalService, str]]:
    """A service that waits for nobody for long, and a key. A busy machine may keep a test from speaking in time."""
    with _keyed(tmp_path_factory.mktemp("impatient"), head_s=1, body_s=1, stall_s=1) as service:
        yield service


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LocalService, str]]:
    """A service that waits as long as it does by default, and a key."""
    with _keyed(tmp_path_factory.mktemp("patient"), client_connections=20, max_body_mb=8) as service:
        yield service


@contextmanager
def _keyed(directory: Path, **settings: int) -> Iterator[tuple[LocalService, str]]:
    file = directory / "keys.toml"
    secret = keys.add(file, "alice")
    named = {f"MICROCODER_{name.upper()}": str(value) for name, value in settings.items()}
    places = {"MICROCODER_DATA_DIR": str(directory), "MICROCODER_KEYS_FILE": str(file)}
    with local_service(workers=1, settings=places | named) as service:
        yield service, secret


def connected(service: LocalService) -> socket.socket:
    url = urlsplit(service.url)
    return socket.create_connection((str(url.hostname), int(url.port or 0)), timeout=SOON_S)


def rest(connection: socket.socket) -> bytes:
    """All that is said until the service hangs up."""
    said = bytearray()
    try:
        while data := connection.recv(65536):
            said += data
    except ConnectionResetError:
        pass
    return bytes(said)


def status(said: bytes) -> int:
    return int(said.split(b" ", 2)[1])


def authorized(secret: str) -> bytes:
    return HEAD + b"Authorization: Bearer " + secret.encode() + b"\r\n"


@pytest.mark.parametrize("sent", [b"", b"\r\n", b"GET /healthz HT", b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: b"])
def test_a_request_whose_head_does_not_come_is_given_up(impatient: tuple[LocalService, str], sent: bytes) -> None:
    service, _ = impatient
    with connected(service) as connection:
        connection.sendall(sent)
        said = rest(connection)
    if sent.strip():
        assert status(said) == 408
        assert json.loads(said.partition(b"\r\n\r\n")[2])["type"] == "/problems/request-too-slow"
    else:
        assert said == b""


def test_a_head_that_comes_a_byte_at_a_time_is_given_up(impatient: tuple[LocalService, str]) -> None:
    service, _ = impatient
    began = time.monotonic()
    with connected(service) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nX-A: ")
        connection.settimeout(0.05)
        said = b""
        while not said and time.monotonic() - began < SOON_S:
            try:
                connection.sendall(b"a")
                said = connection.recv(4096)
            except TimeoutError:
                continue
            except OSError:  # it has hung up
                said = rest(connection)
    assert status(said) == 408


def test_who_has_no_key_is_refused_before_the_body_and_does_not_keep_the_connection(
    patient: tuple[LocalService, str],
) -> None:
    service, _ = patient
    began = time.monotonic()
    with connected(service) as connection:
        connection.sendall(HEAD + b"Content-Length: 8000000\r\n\r\n{")
        said = connection.recv(65536)
        assert status(said) == 401
        ended = False
        while not ended and time.monotonic() - began < SOON_S:
            try:
                connection.sendall(b" " * 1000)  # a client that goes on and on
                connection.settimeout(0.05)
                ended = not connection.recv(1)
            except TimeoutError:
                continue
            except OSError:
                ended = True
    assert ended


@pytest.mark.parametrize("framing", [b"Content-Length: 1000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n3e8\r\n"])
def test_a_body_that_does_not_come_is_given_up(impatient: tuple[LocalService, str], framing: bytes) -> None:
    service, secret = impatient
    with connected(service) as connection:
        connection.sendall(authorized(secret) + framing + b'{"code": "')
        answer = HTTPResponse(connection)
        answer.begin()
        assert answer.status == 408
        assert json.load(answer)["type"] == "/problems/request-too-slow"


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("path", ["/v1/jobs/any", "/v1/jobs/any/events"])
def test_a_body_where_none_belongs_is_bounded_too(patient: tuple[LocalService, str], method: str, path: str) -> None:
    service, secret = patient
    with caller(service, secret) as client:
        answer = client.request(method, path, content=(b" " * (1 << 20) for _ in range(9)))
    assert answer.status_code in (405, 413)


def test_a_body_that_comes_steadily_is_taken_however_long_it_takes(impatient: tuple[LocalService, str]) -> None:
    service, secret = impatient
    body = json.dumps(SUBMISSION).encode() + b" " * (300 << 10)

    def pieces() -> Iterator[bytes]:  # 300 KiB in two seconds, of which one is for the start
        for start in range(0, len(body), len(body) // 20):
            time.sleep(0.1)
            yield body[start : start + len(body) // 20]

    def is_taken() -> bool:
        """Send it. A busy machine may hold a piece up for too long, and then it is sent again."""
        with caller(service, secret) as client, contextlib.suppress(httpx.TransportError):
            answer = client.post("/v1/grade", content=pieces(), headers={"Content-Type": "application/json"})
            return answer.is_success and answer.json()["verdict"] == "accepted"
        return False

    until(is_taken, "it is taken")


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nX-A: " + b"a" * 1_000_000,
        b"GET /healthz HTTP/1.1\r\n" + b"X-A: b\r\n" * 200 + b"\r\n",
        b"GET /healthz HTTP/1.1\r\n" + (b"X-A: " + b"b" * 1000 + b"\r\n") * 90 + b"\r\n",
    ],
    ids=["path", "endless header", "many headers", "large headers"],
)
def test_a_head_that_is_too_large_is_refused(patient: tuple[LocalService, str], head: bytes) -> None:
    service, _ = patient
    with connected(service) as connection:
        with contextlib.suppress(OSError):  # it has hung up already
            connection.sendall(head)
        said = rest(connection)
    assert status(said) == 431, said


def test_what_is_no_http_is_refused_as_everything_else_is(patient: tuple[LocalService, str]) -> None:
    with connected(patient[0]) as connection:
        connection.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        said = rest(connection)
    assert status(said) == 400
    assert b"/problems/not-http" in said


def test_an_address_has_so_many_connections_and_others_are_served_when_they_end(
    patient: tuple[LocalService, str],
) -> None:
    service, _ = patient
    with ExitStack() as stack:
        held = [stack.enter_context(connected(service)) for _ in range(20)]
        for connection in held:
            connection.sendall(b"GET /healthz HTTP/1.1\r\n")
        with connected(service) as one_too_many:
            said = rest(one_too_many)
        assert status(said) == 429
        assert b"/problems/too-many-connections" in said
    with caller(service) as client:
        until(lambda: client.get("/healthz").status_code == 200, "their ends were seen")


def test_who_does_not_read_an_answer_loses_the_connection(impatient: tuple[LocalService, str]) -> None:
    service, secret = impatient
    code = "print('x' * 30_000_000)"  # more than the kernel keeps for both ends
    body = json.dumps({"code": code, "limits": {"output_mb": 64}}).encode()
    head = authorized(secret).replace(b"/v1/grade", b"/v1/run") + b"Content-Length: %d\r\n\r\n" % len(body)
    process = psutil.Process(service.process.pid)
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect((urlsplit(service.url).hostname, urlsplit(service.url).port))
        connection.sendall(head + body)
        local = connection.getsockname()

        def served() -> bool:
            return any(each.raddr == local for each in process.net_connections("tcp"))

        assert select.select([connection], [], [], DEADLINE_S)[0], "the answer has begun"
        until(lambda: not served(), "the service has hung up")
        assert len(rest(connection)) < 30_000_000


def test_a_connection_is_used_again_after_an_answer_and_ends_when_it_idles(patient: tuple[LocalService, str]) -> None:
    service, _ = patient
    with connected(service) as connection:
        for _ in range(3):
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            said = b""
            while not said.endswith(b"}") and (more := connection.recv(65536)):
                said += more
            assert status(said) == 200
        connection.sendall(b"\r\n")  # which begins nothing
        assert rest(connection) == b""


def test_an_answer_comes_in_one_piece_and_whole_where_the_connection_ends(patient: tuple[LocalService, str]) -> None:
    service, _ = patient
    for method, ends in itertools.product(("GET", "HEAD"), (False, True)):
        closing = "Connection: close\r\n" * ends
        with connected(service) as connection:
            connection.sendall(f"{method} /healthz HTTP/1.1\r\nHost: x\r\n{closing}\r\n".encode())
            head, blank, body = connection.recv(65536).partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 "), head
            length = int(re.findall(rb"(?i)content-length: (\d+)", head)[0])
            assert (blank, len(body)) == (b"\r\n\r\n", length if method == "GET" else 0)
            assert not ends or connection.recv(65536) == b""


def test_pipelined_requests_are_answered_in_order(patient: tuple[LocalService, str]) -> None:
    with connected(patient[0]) as connection:
        connection.sendall(
            b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" + b"GET /nothing HTTP/1.1\r\nConnection: close\r\n\r\n"
        )
        said = rest(connection)
    assert said.index(b" 200 ") < said.index(b" 401 ")


@pytest.mark.parametrize(
    "framing", [b"Content-Length: 50\r\n\r\n{", b"Transfer-Encoding: chunked\r\n\r\nnot a number\r\n"]
)
def test_a_body_that_breaks_off_is_no_fault_of_the_service(start: Start, framing: bytes) -> None:
    service = start()
    with connected(service) as connection:
        connection.sendall(HEAD + framing)

    def requests(status: int) -> str | None:
        name = f'microcoder_request_seconds_count{{method="POST",route="/v1/grade",status="{status}"}}'
        return next((line for line in httpx.get(f"{service.url}/metrics").text.splitlines() if name in line), None)

    until(lambda: requests(499) or requests(500), "the request is over")
    assert requests(500) is None


def test_a_compressed_body_is_refused_and_not_unpacked(patient: tuple[LocalService, str]) -> None:
    service, secret = patient
    with caller(service, secret) as client:
        answer = client.post("/v1/grade", json=SUBMISSION, headers={"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.json()["type"]) == (415, "/problems/unsupported-media-type")


def test_a_connection_is_not_upgraded(patient: tuple[LocalService, str]) -> None:
    with connected(patient[0]) as connection:
        connection.sendall(
            b"GET /v1/languages HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        assert status(connection.recv(65536)) == 401


def test_a_key_has_so_many_requests_under_way(start: Start, keys_file: Path) -> None:
    alice, bob = keys.add(keys_file, "alice"), keys.add(keys_file, "bob")
    service = start(keys_file=keys_file, client_connections=3)

    def at(host: str, secret: str) -> httpx.Client:
        return caller(service, secret, transport=httpx.HTTPTransport(local_address=host))

    with ExitStack() as stack:
        here, there, neighbour = (
            stack.enter_context(at(f"127.0.0.{number}", secret))
            for number, secret in ((2, alice), (3, alice), (3, bob))
        )
        suite = {**SUBMISSION["suite"], "limits": {"cpu_s": 60, "wall_s": 120}}
        job = {"submissions": [{"code": "import time; time.sleep(100)", "suite": suite}]}
        path = here.post("/v1/jobs", json=job).json()["status_url"]
        # What was streamed counts until the service has seen its end.
        stack.callback(until, lambda: here.delete(path).status_code == 200, "the job is cancelled")
        for client in (here, here, there):
            stack.enter_context(client.stream("GET", f"{path}/events"))
        refused = there.get("/v1/languages")
        assert (refused.status_code, refused.json()["type"]) == (429, "/problems/quota-reached")
        assert neighbour.get("/v1/languages").status_code == 200


def test_the_doctor_is_asked_once_by_all_who_want_to_know(start: Start) -> None:
    service = start()
    doctors: set[int] = set()
    with ThreadPoolExecutor(6) as threads, caller(service) as client:
        asked = [threads.submit(client.get, "/v1/isolation") for _ in range(5)]
        while futures.wait(asked, timeout=_LOOK_AGAIN_S).not_done:
            for child in psutil.Process(service.process.pid).children():
                try:
                    if "doctor" in child.cmdline():
                        doctors.add(child.pid)
                except psutil.Error:
                    continue
        answers = [each.result() for each in asked]
        assert {answer.status_code for answer in answers} == {200}
        assert len(doctors) <= 1  # a test that waits for a CPU may see none
        assert client.get("/v1/isolation").json() == answers[0].json()


@pytest.mark.parametrize(
    ("host", "client"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_a_client_is_an_address_or_a_customer_s_network(host: str, client: str) -> None:
    assert client_of(host) == client
