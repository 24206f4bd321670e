"""Whatever dies or is away for a while: every submission is answered once, with the verdict of a calm run."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import psutil
import pytest

from evaluator.queueing.shared import POOLS, WORKERS
from evaluator.schema import Suite
from tests import forked
from tests.distributed.conftest import Host, Site
from tests.end_to_end.conftest import RIGHT, SUM, WRONG
from tests.end_to_end.test_workers import in_background
from tests.raw_request import asked_by_hand, sleeping
from tests.waiting import until

SLOW = """import time
while time.process_time() < {seconds}: sum(range(1000))
print(sum(map(int, input().split())))
# {number}"""
LONG: dict[str, Any] = {"mode": "stdio", "limits": {"cpu_s": 60}, "tests": [{"input": "1 2\n", "output": "3\n"}]}
COUNT = 32
WORKING = """import time
while time.process_time() < 0.6: pass
time.sleep(4)
print(sum(map(int, input().split())))
# {number}"""
"""Seen by its CPU time for as long as it sleeps, which leaves the CPU to other tests."""


def mixed(count: int = COUNT) -> list[dict[str, Any]]:
    """Submissions with verdicts of all kinds, no two alike."""
    kinds = [RIGHT, WRONG, "print(1/0)", SLOW.format(seconds=0.05, number="")]
    return [{"id": str(n), "code": f"{kinds[n % 4]}\n# {n}", "suite": SUM} for n in range(count)]


EXPECTED = ["accepted", "wrong_answer", "runtime_error", "accepted"]


def verdicts(answer: Future[Any]) -> list[str]:
    response = answer.result(120)
    assert response.status_code == 200, response.text
    reports = response.json()["reports"]
    assert [report["id"] for report in reports] == [str(n) for n in range(len(reports))]
    return [report["verdict"] for report in reports]


def expected(count: int = COUNT) -> list[str]:
    return [EXPECTED[n % 4] for n in range(count)]


def spinning(host: Host) -> list[psutil.Process]:
    """Slots whose program is using the CPU."""
    return [slot for slot in host.slots() if forked.spinning(slot)]


def test_verdicts_are_those_of_one_machine(site: Site) -> None:
    site.host(workers=2)
    client = site.client(ready=2)
    batch = {"submissions": mixed()}
    with in_background() as run:
        assert verdicts(run(client.post, "/v1/grade/batch", json=batch)) == expected()
    report = client.grade(RIGHT)
    assert (report["verdict"], report["passed"], report["total"]) == ("accepted", 2, 2)
    ran = client.post("/v1/run", json={"language": "python", "code": "print(input())", "stdin": "hello"}).json()
    assert ran["stdout"] == "hello\n"


def test_nothing_is_ready_without_workers_and_all_is_once_they_come(site: Site) -> None:
    client_without: list[Any] = []
    with in_background() as run:
        starting = run(site.client)
        until(lambda: len(site.store.client_list()) > 1, "the service has come to Redis, beside this test")
        site.host()
        client_without.append(starting.result(60))
    assert client_without[0].grade(RIGHT)["verdict"] == "accepted"


def test_a_suite_stored_by_one_service_is_known_to_the_other(site: Site) -> None:
    site.host()
    first, second = site.client(), site.client()
    suite_id = Suite.model_validate(SUM).id
    assert first.put(f"/v1/suites/{suite_id}", json=SUM).status_code == 201
    assert second.head(f"/v1/suites/{suite_id}").is_success
    for client in (second, first):
        answer = client.post("/v1/grade", json={"code": RIGHT, "suite_id": suite_id})
        assert answer.json()["verdict"] == "accepted", answer.text


def test_a_worker_killed_in_the_middle(site: Site) -> None:
    host = site.host(workers=2)
    client = site.client(ready=2)
    long = [{"id": str(n), "code": WORKING.format(number=n), "suite": LONG} for n in range(2)]
    with in_background() as run:
        answer = run(client.post, "/v1/grade/batch", json={"submissions": long})
        for victim in until(lambda: spinning(host), "a program runs"):
            victim.kill()
        assert verdicts(answer) == ["accepted"] * 2
    site.until_ready(client, 2)


def test_a_host_that_is_gone_and_comes_back(site: Site) -> None:
    lost = site.host()
    client = site.client()
    with in_background() as run:
        answer = run(client.grade, WORKING.format(number=0), suite=LONG)
        until(lambda: spinning(lost), "the program runs on the first host")
        lost.signal(signal.SIGSTOP)
        site.host()
        assert answer.result(120)["verdict"] == "accepted"
        lost.signal(signal.SIGCONT)
    site.until_ready(client, 2)  # and what it had is of no interest to anybody
    assert client.grade(RIGHT)["verdict"] == "accepted"


@pytest.mark.parametrize("persistent", [True, False])
def test_redis_restarted(new_site: Callable[[bool], Site], persistent: bool) -> None:
    site = new_site(persistent)
    site.host(workers=2)
    client = site.client(ready=2)
    batch = {"submissions": [{**each, "code": each["code"] + "\nimport time; time.sleep(0.05)"} for each in mixed()]}
    with in_background() as run:
        answer = run(client.post, "/v1/grade/batch", json=batch)
        until(lambda: site.store.keys("microcoder:lease:*") or answer.done(), "a chunk is being graded")
        site.redis.stop()
        site.redis.start()
        assert verdicts(answer) == expected()


def test_redis_that_does_not_answer_for_a_while(site: Site) -> None:
    site.host()
    client = site.client()
    with in_background() as run:
        first = run(client.post, "/v1/grade/batch", json={"submissions": mixed()})
        until(lambda: site.store.keys("microcoder:lease:*") or first.done(), "a chunk is being graded")
        site.redis.process.send_signal(signal.SIGSTOP)
        second = run(client.post, "/v1/grade/batch", json={"submissions": mixed(8)})
        threading.Event().wait(4 * 1.0)  # four leases long, as the fault has it
        site.redis.process.send_signal(signal.SIGCONT)
        assert verdicts(first) == expected()
        assert verdicts(second) == expected(8)


def test_a_redis_that_is_gone_is_said_and_found_again(site: Site) -> None:
    site.host()
    client = site.client()
    site.redis.stop()
    until(lambda: client.get("/readyz").status_code == 503, "the service says that it is not ready")
    assert client.get("/v1/live").json()["warnings"][0].startswith("Redis cannot be reached")
    site.redis.start()
    site.until_ready(client, 1)
    assert not [each for each in client.get("/v1/live").json()["warnings"] if "Redis" in each]
    assert client.grade(RIGHT)["verdict"] == "accepted"


def test_a_service_killed_leaves_nothing_behind(site: Site) -> None:
    site.host()
    client = site.client()
    with in_background() as run:
        answer = run(client.post, "/v1/grade/batch", json={"submissions": [*mixed(), sleeping(0)]})
        until(lambda: site.store.keys("microcoder:lease:*"), "a chunk is being graded")
        client.service.process.kill()
        assert answer.exception(60) is not None
    again = site.client()
    assert again.grade(RIGHT)["verdict"] == "accepted"
    until(lambda: not site.store.keys("microcoder:lease:*"), "what it sent has been worked off")
    for key in set(site.store.keys("microcoder:*")) - {WORKERS.encode(), POOLS.encode()}:
        assert site.store.ttl(key) != -1, f"{key!r} would stay for ever"


def test_what_a_killed_service_has_sent_is_ended(site: Site) -> None:
    host = site.host()
    client = site.client()
    with in_background() as run:
        answer = run(client.grade, "while True: pass", suite=LONG)
        until(lambda: spinning(host), "the program runs")
        client.service.process.kill()
        assert answer.exception(60) is not None
    until(lambda: not spinning(host), "nobody waits for it, and it has been ended")
    assert site.client().grade(RIGHT)["verdict"] == "accepted"


def test_a_submission_that_ends_every_worker_is_set_aside_and_the_others_are_not(site: Site) -> None:
    host = site.host(workers=1)
    client = site.client()
    done = threading.Event()

    def kill_whoever_runs_it() -> None:
        while not done.is_set():
            for slot in spinning(host):
                with contextlib.suppress(psutil.NoSuchProcess):
                    slot.kill()
            done.wait(0.05)

    poison = {"id": "0", "code": "while True: pass", "suite": LONG}
    others = [{**each, "id": str(n + 1)} for n, each in enumerate(mixed(8))]
    with in_background() as run:
        answer = run(client.post, "/v1/grade/batch", json={"submissions": [poison, *others]})
        killing = run(kill_whoever_runs_it)
        try:
            found = verdicts(answer)
        finally:
            done.set()
        killing.result(30)
    assert found == ["judge_error", *expected(8)]


def test_who_leaves_takes_the_program_along(site: Site) -> None:
    host = site.host()
    client = site.client()
    with asked_by_hand(client, "/v1/grade", {"code": "while True: pass", "suite": LONG}):
        until(lambda: spinning(host), "the program runs")
    until(lambda: not spinning(host), "the program has been ended")
    assert client.grade(RIGHT)["verdict"] == "accepted"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_is_our_fault_and_passes(site: Site, tmp_path: Path) -> None:
    disk = tmp_path / "small"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], check=True)
    try:
        host = site.host(data=disk)
        client = site.client()
        filler = disk / "filler"
        with pytest.raises(OSError, match="space"):
            filler.write_bytes(bytes(1 << 21))
        report = client.grade("int main() { return 0; }", language="c")
        assert report["verdict"] in ("accepted", "wrong_answer", "judge_error"), report
        assert client.grade(RIGHT)["verdict"] == "accepted"
        filler.unlink()
        assert client.grade(RIGHT + "  # again")["verdict"] == "accepted"
        host.stop()
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


SKEWED = """import datetime

class Skewed(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return super().now(tz) + datetime.timedelta(hours={hours})

datetime.datetime = Skewed
"""


@pytest.mark.parametrize("hours", [2, -2])
def test_clocks_that_differ(site: Site, tmp_path: Path, hours: int) -> None:
    (tmp_path / "sitecustomize.py").write_text(SKEWED.format(hours=hours))
    site.host()
    site.host(PYTHONPATH=str(tmp_path))
    client = site.client(ready=2)
    with in_background() as run:
        assert verdicts(run(client.post, "/v1/grade/batch", json={"submissions": mixed()})) == expected()
