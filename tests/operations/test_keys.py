"""Keys: the holders that may ask, and how much."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from evaluator import keys
from evaluator.local import LocalService
from tests.command import microcoder, run_python
from tests.operations.conftest import RIGHT, SUBMISSION, SUM, caller
from tests.operations.test_metrics import queued
from tests.raw_request import asked_by_hand, sleeping
from tests.waiting import until

SERVE = ["-m", "evaluator", "serve", "--port", "0"]


def test_a_key_is_shown_once_and_only_its_hash_is_kept(keys_file: Path) -> None:
    made = microcoder("keys", "new", "alice", "--rate", "50", "--concurrent", "200", "--file", str(keys_file))
    secret = made.stdout.strip()
    assert (made.returncode, secret[:3]) == (0, "mc_")
    assert len(secret) >= 3 + 43  # 256 bits
    assert secret not in keys_file.read_text()
    assert keys_file.stat().st_mode & 0o077 == 0
    assert keys.read(keys_file) == {"alice": keys.Key(sha256=keys.hashed(secret), rate=50, concurrent=200)}
    listed = microcoder("keys", "list", MICROCODER_KEYS_FILE=str(keys_file))
    assert "alice" in listed.stdout


def test_a_name_is_given_once_and_what_an_operator_wrote_stays(keys_file: Path) -> None:
    keys_file.write_text("# mine\n")
    keys.add(keys_file, "alice")
    again = microcoder("keys", "new", "alice", "--file", str(keys_file))
    assert again.returncode == 2
    assert "alice" in again.stderr
    assert keys_file.read_text().startswith("# mine\n")
    assert list(keys.read(keys_file)) == ["alice"]


@pytest.mark.parametrize("name", ["", "a.b", "a]\n[b", "ä", "-x", "x" * 65])
def test_a_name_that_could_be_read_otherwise_is_refused(keys_file: Path, name: str) -> None:
    with pytest.raises(keys.KeysUnusable):
        keys.add(keys_file, name)


@pytest.mark.parametrize(
    "text", ["[a]\n", "[a]\nsha256 = 'abc'", "[a", "[a]\nsha256='" + "0" * 64 + "'\nrate=0", "\xff"]
)
def test_a_file_that_is_not_one_of_keys_is_refused(keys_file: Path, text: str) -> None:
    keys_file.write_bytes(text.encode("latin-1"))
    with pytest.raises(keys.KeysUnusable, match=keys_file.name):
        keys.read(keys_file)


def test_a_file_that_is_not_one_of_keys_is_refused_before_the_service_starts(keys_file: Path) -> None:
    keys_file.write_text("[a]\n")
    done = run_python(SERVE, keys_file.parent, MICROCODER_KEYS_FILE=str(keys_file))
    assert done.returncode == 2, done.stderr
    assert str(keys_file.name) in "".join(done.stderr.split("\n"))
    assert "Traceback" not in done.stderr


def test_without_keys_the_service_is_not_opened_to_the_network_by_accident(tmp_path: Path) -> None:
    done = run_python([*SERVE, "--host", "0.0.0.0"], tmp_path)
    assert done.returncode == 2
    said = " ".join(done.stderr.split())
    assert "MICROCODER_KEYS_FILE" in said
    assert "MICROCODER_ALLOW_OPEN" in said


def test_requests_without_a_known_key_are_refused_and_probes_are_not(keyed: LocalService) -> None:
    with caller(keyed) as nobody, caller(keyed, "mc_guessed") as guessing:
        for path in ("/healthz", "/readyz", "/docs", "/openapi.json"):
            assert nobody.get(path).status_code == 200
        described = nobody.get("/openapi.json").json()
        assert described["components"]["securitySchemes"]["key"] == {"type": "http", "scheme": "bearer"}
        missing, unknown = nobody.post("/v1/grade", json=SUBMISSION), guessing.post("/v1/grade", json=SUBMISSION)
        assert (missing.status_code, missing.json()["type"]) == (401, "/problems/key-missing")
        assert (unknown.status_code, unknown.json()["type"]) == (401, "/problems/key-unknown")
        assert missing.headers["WWW-Authenticate"] == "Bearer"
        for path in ("/metrics", "/v1/languages", "/api/v2/runtimes", "/nothing"):
            assert nobody.get(path).status_code == 401
        for path in ("/run_code", "/submissions", "/get_reward", "/v1/grade/batch", "/v1/run"):
            assert nobody.post(path, json={}).status_code == 401


def test_a_key_may_come_as_other_systems_clients_send_one(keyed: LocalService, keys_file: Path) -> None:
    secret = keys.add(keys_file, "alice")
    basic = base64.b64encode(f"any:{secret}".encode()).decode()
    with caller(keyed) as nobody:
        for header, value in (
            ("Authorization", f"bearer {secret}"),
            ("X-Auth-Token", secret),
            ("Authorization", f"Basic {basic}"),
        ):
            assert nobody.get("/v1/languages", headers={header: value}).status_code == 200
        for path in ("/authenticate", "/authorize"):
            assert nobody.post(path, params={"X-Auth-Token": secret}).status_code == 200
            assert nobody.post(path, params={"X-Auth-Token": "another"}).status_code == 401
            assert nobody.post(path).status_code == 401
        assert nobody.get("/v1/languages", params={"X-Auth-Token": secret}).status_code == 401
        for bad in ("Basic !!", "Basic " + base64.b64encode(b"\xff:\xff").decode(), "Basic", "Bearer", "", "Digest x"):
            assert nobody.get("/v1/languages", headers={"Authorization": bad}).status_code == 401
        for odd in ("Basic \u00e9", "Basic \u00ff\u00ff==", "Bearer \u00e9", "\u00e9"):
            answer = nobody.get("/v1/languages", headers={"Authorization": odd.encode("latin-1")})
            assert answer.status_code == 401, odd
        assert nobody.get("/v1/languages", headers={"X-Auth-Token": b"\xe9"}).status_code == 401
    with_password = keyed.url.replace("http://", f"http://any:{secret}@")
    with caller(LocalService(with_password, keyed.process)) as client:
        assert client.get("/v1/languages").status_code == 200


def test_metrics_need_a_key_of_an_operator_s(keyed: LocalService, keys_file: Path) -> None:
    made = microcoder("keys", "new", "prometheus", "--admin", MICROCODER_KEYS_FILE=str(keys_file))
    with caller(keyed, made.stdout.strip()) as prometheus, caller(keyed, keys.add(keys_file, "alice")) as alice:
        assert prometheus.get("/metrics").status_code == 200
        refused = alice.get("/metrics")
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/admin-needed")
        assert alice.post("/v1/languages/refresh").status_code == 403


def operator(service: LocalService, keys_file: Path) -> httpx.Client:
    """A client that may see the metrics."""
    return caller(service, keys.add(keys_file, "watcher", admin=True))


def test_a_key_that_is_revoked_counts_no_more(keyed: LocalService, keys_file: Path) -> None:
    keys_file.write_text("# before\n")
    secrets = {name: keys.add(keys_file, name) for name in ("alice", "bob", "carol")}
    with keys_file.open("a") as file:
        file.write("# the last\n['dave']\nsha256 = '" + "0" * 64 + "'\n\n[ eve ]\nsha256='" + "1" * 64 + "'")
    for name in ("bob", "eve"):
        assert microcoder("keys", "revoke", name, "--file", keys_file).returncode == 0
    assert list(keys.read(keys_file)) == ["alice", "carol", "dave"]
    assert keys_file.read_text().startswith("# before\n\n[alice]")
    assert "# the last\n['dave']" in keys_file.read_text()
    for name, status in (("alice", 200), ("bob", 401)):
        with caller(keyed, secrets[name]) as client:
            assert client.get("/v1/languages").status_code == status
    again = microcoder("keys", "revoke", "bob", "--file", keys_file)
    assert (again.returncode, "no key of 'bob'; there are alice, carol, dave" in again.stderr) == (2, True)
    keys_file.write_text(f"alice = {{ sha256 = '{'2' * 64}' }}\n")
    assert "delete it by hand" in microcoder("keys", "revoke", "alice", "--file", keys_file).stderr


def test_without_a_file_there_is_one_and_its_use_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "SYSTEM_FILE", tmp_path / "microcoder" / "keys.toml")
    home = {"XDG_CONFIG_HOME": str(tmp_path), "MICROCODER_KEYS_FILE": ""}
    made = microcoder("keys", "new", "alice", **home)
    file = tmp_path / "microcoder" / "keys.toml"
    assert (made.returncode, list(keys.read(file))) == (0, ["alice"])
    assert f"MICROCODER_KEYS_FILE={file}" in made.stderr
    assert made.stdout.count("\n") == 1, "the key alone, for $(...)"


def test_keys_come_and_go_while_the_service_runs(keyed: LocalService, keys_file: Path) -> None:
    before = keys_file.read_text()
    secret = keys.add(keys_file, "alice")
    with caller(keyed, secret) as alice:
        assert alice.post("/v1/grade", json=SUBMISSION).json()["verdict"] == "accepted"
        keys_file.write_text("[broken")  # what was known holds
        assert alice.get("/v1/languages").status_code == 200
        keys_file.write_text(before)
        assert alice.get("/v1/languages").status_code == 401


def test_a_key_with_many_slow_requests_keeps_no_other_key_waiting(keyed: LocalService, keys_file: Path) -> None:
    many, few = keys.add(keys_file, "many"), keys.add(keys_file, "few")
    slow = [{**SUBMISSION, "code": f"import time\ntime.sleep(0.5)\n{RIGHT}  # {number}"} for number in range(130)]
    with (
        caller(keyed, few) as client,
        caller(keyed, many) as other,
        operator(keyed, keys_file) as admin,
        asked_by_hand(other, "/v1/grade", *slow),
    ):
        until(lambda: queued(admin) > 20, "most of them wait")
        for _ in range(2):
            assert client.post("/v1/grade", json=SUBMISSION).json()["verdict"] == "accepted"
        assert queued(admin) > 0, "more than a minute's work"


def test_a_rate_is_kept_by_429_and_by_waiting_for_drop_in_clients(keyed: LocalService, keys_file: Path) -> None:
    with caller(keyed, keys.add(keys_file, "slow", rate=0.01)) as slow:
        assert slow.post("/v1/grade", json=SUBMISSION).status_code == 200
        refused = slow.post("/v1/grade", json=SUBMISSION)
        assert (refused.status_code, refused.json()["type"]) == (429, "/problems/quota-reached")
        assert 1 <= int(refused.headers["Retry-After"]) <= 101
    with caller(keyed, keys.add(keys_file, "drop-in", rate=1)) as drop_in:
        for _ in range(3):
            ran = drop_in.post("/run_code", json={"code": "print(1)", "language": "python"})
            assert (ran.status_code, ran.json()["status"]) == (200, "Success")
    with operator(keyed, keys_file) as admin:
        assert 'microcoder_key_refusals_total{key="slow",reason="rate"}' in admin.get("/metrics").text


def test_a_batch_larger_than_a_seconds_worth_passes_and_is_owed(keyed: LocalService, keys_file: Path) -> None:
    secret = keys.add(keys_file, "bursts", rate=0.2)
    batch = {"suites": {"s": SUM}, "submissions": [{"code": f"{RIGHT} # {n}", "suite_id": "s"} for n in range(40)]}
    with caller(keyed, secret) as client:
        reports = client.post("/v1/grade/batch", json=batch).json()["reports"]
        assert {report["verdict"] for report in reports} == {"accepted"}
        refused = client.post("/v1/grade", json=SUBMISSION)
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) > 5


def test_so_many_at_once_and_no_more_whoever_else_asks(keyed: LocalService, keys_file: Path) -> None:
    secret = keys.add(keys_file, "two", concurrent=2)
    batch = {"submissions": [SUBMISSION] * 3}
    with (
        caller(keyed, secret) as two,
        caller(keyed, keys.add(keys_file, "other")) as other,
        operator(keyed, keys_file) as admin,
    ):
        assert two.post("/v1/grade/batch", json=batch).status_code == 413
        with asked_by_hand(two, "/v1/grade", sleeping(0), sleeping(1)):
            until(lambda: queued(admin) == 2, "both are taken in")
            refused = two.post("/v1/grade", json=SUBMISSION)
            assert (refused.status_code, refused.json()["type"]) == (429, "/problems/quota-reached")
            with asked_by_hand(other, "/v1/grade", sleeping(2)):
                until(lambda: queued(admin) == 3, "another key's is taken in")
        until(lambda: two.post("/v1/grade", json=SUBMISSION).status_code == 200, "the two have left")


def test_the_command_line_sends_its_key(keyed: LocalService, keys_file: Path, tmp_path: Path) -> None:
    secret = keys.add(keys_file, "alice")
    (tmp_path / "right.py").write_text(RIGHT)
    (tmp_path / "suite.json").write_text('{"mode": "stdio", "tests": [{"input": "1 2", "output": "3"}]}')
    asked = ("grade", str(tmp_path / "right.py"), "--suite", str(tmp_path / "suite.json"), "--server", keyed.url)
    assert microcoder(*asked).returncode == 2
    done = microcoder(*asked, "--json", MICROCODER_API_KEY=secret)
    assert '"verdict":"accepted"' in done.stdout, done.stderr


def test_a_service_of_ones_own_asks_for_no_key(tmp_path: Path, keys_file: Path) -> None:
    keys.add(keys_file, "alice")
    (tmp_path / "right.py").write_text(RIGHT)
    (tmp_path / "suite.json").write_text('{"mode": "stdio", "tests": [{"input": "1 2", "output": "3"}]}')
    done = microcoder(
        *("grade", str(tmp_path / "right.py"), "--suite", str(tmp_path / "suite.json"), "--json"),
        MICROCODER_KEYS_FILE=str(keys_file),
        MICROCODER_DATA_DIR=str(tmp_path / "data"),
    )
    assert '"verdict":"accepted"' in done.stdout, done.stderr


def test_a_browser_is_told_to_make_nothing_of_an_answer(start: Callable[..., LocalService]) -> None:
    with caller(start()) as client:
        for answer in (client.get("/v1/languages"), client.get("/nothing"), client.post("/v1/grade", content=b"{")):
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        asked = {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}
        assert "Access-Control-Allow-Origin" not in client.options("/v1/grade", headers=asked).headers


def test_scripts_of_pages_that_were_named_may_ask_though_the_question_brings_no_key(
    start: Callable[..., LocalService], keys_file: Path
) -> None:
    keys.add(keys_file, "alice")
    with caller(start(keys_file=keys_file, cors_origins='["https://a.example"]')) as client:
        for origin, allowed in (("https://a.example", "https://a.example"), ("https://b.example", None)):
            asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
            answer = client.options("/v1/grade", headers=asked)
            assert answer.headers.get("Access-Control-Allow-Origin") == allowed
        refused = client.post("/v1/grade", json=SUBMISSION, headers={"Origin": "https://a.example"})
        assert (refused.status_code, refused.headers["Access-Control-Allow-Origin"]) == (401, "https://a.example")


def test_a_submission_of_judge0_is_found_by_its_own_key_alone(keyed: LocalService, keys_file: Path) -> None:
    alice, bob = keys.add(keys_file, "alice"), keys.add(keys_file, "bob")
    with caller(keyed, alice) as mine, caller(keyed, bob) as other:
        token = mine.post("/submissions", json={"source_code": "print(1)", "language_id": 71}).json()["token"]
        for method in ("GET", "DELETE"):
            assert other.request(method, f"/submissions/{token}").status_code == 404
        assert other.get("/submissions/batch", params={"tokens": token}).json() == {"submissions": [None]}
        assert mine.get(f"/submissions/{token}").status_code == 200
