"""docker-compose.yml, its services started as plain processes: the same commands, environment, rights and health checks,
another address for each."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.ports import free_port
from tests.waiting import until

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
LIKE_DOCKER = [sys.executable, str(ROOT / "tests" / "sandbox" / "docker_like.py"), "0"]
SYSTEM_PYTHON = "/usr/bin/python3"
TESTS = [{"input": "1 2\n", "output": "3\n"}]
PROGRAMS = {
    "python": "print(sum(map(int, input().split())))",
    "c": '#include <stdio.h>\nint main(void) { int a, b; scanf("%d %d", &a, &b); printf("%d", a + b); }',
    "bash": "read a b; echo $((a + b))",
}

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can take rights away as a container does"),
    pytest.mark.skipif(not Path(SYSTEM_PYTHON).exists(), reason=f"needs {SYSTEM_PYTHON}, which every user can read"),
    *(
        pytest.mark.skipif(shutil.which(tool) is None, reason=f"needs {tool}")
        for tool in ("redis-server", "redis-cli", "setpriv", "gcc")
    ),
]


def interpolated(value: Any) -> str:
    """A value as compose gives it on a machine where nothing is set."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(value))


def seconds(text: str) -> float:
    return float(text.removesuffix("s"))


class Composed:
    """The services of the file, as processes of this machine."""

    def __init__(self, directory: Path, open_: ExitStack) -> None:
        self._directory, self._open = directory, open_
        self._ports = {"redis": free_port(), "api": free_port()}
        self.url = f"http://127.0.0.1:{self._ports['api']}"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        service = COMPOSE["services"][name]
        command = [*self._rights(service), *self._command(name, service)]
        process = subprocess.Popen(command, env=self._environment(name, service), stdout=subprocess.DEVNULL)
        self.processes[name] = process
        if name == "redis":  # what needs it ends before it, whichever was started again
            self._open.callback(self.stop_all)
        until(lambda: self.healthy(name), f"{name} is healthy")

    def stop_all(self) -> None:
        for name in ("api", "worker", "redis"):
            if name in self.processes:
                self.stop(name)

    def stop(self, name: str) -> int:
        """As ``docker compose stop`` does: SIGTERM, and SIGKILL after the grace period."""
        process = self.processes[name]
        process.terminate()
        try:
            return process.wait(seconds(COMPOSE["services"][name]["stop_grace_period"]))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise

    def healthy(self, name: str) -> bool:
        assert self.processes[name].poll() is None, f"{name} has ended"
        service = COMPOSE["services"][name]
        kind, *check = service["healthcheck"]["test"]
        assert kind == "CMD"
        check = [
            sys.executable if each == "python" else each.replace(":8000", f":{self._ports['api']}") for each in check
        ]
        if check[0] == "redis-cli":
            check[1:1] = ["-p", str(self._ports["redis"])]
        environment = self._environment(name, service)
        done = subprocess.run(check, env=environment, capture_output=True, timeout=60, check=False)
        return done.returncode == 0

    def _command(self, name: str, service: dict[str, Any]) -> list[str]:
        if name == "redis":
            place = ["--bind", "127.0.0.1", "--port", str(self._ports["redis"]), "--dir", str(self._directory)]
            return [*service["command"], *place]
        return [sys.executable, "-m", "evaluator", *service["command"]]

    def _rights(self, service: dict[str, Any]) -> list[str]:
        kept = "".join(f",+{right.lower()}" for right in service.get("cap_add", ()))
        return [
            *LIKE_DOCKER,
            "/usr/bin/setpriv",
            "--no-new-privs",
            "--inh-caps=-all",
            f"--bounding-set=-all{kept}",
            "--",
        ]

    def _environment(self, name: str, service: dict[str, Any]) -> dict[str, str]:
        given = {key: interpolated(value) for key, value in service.get("environment", {}).items()}
        ours = {key: value for key, value in os.environ.items() if not key.startswith("MICROCODER_")}
        environment = {**ours, **given, "PYTHONPATH": str(ROOT)}
        if "MICROCODER_REDIS_URL" in given:
            assert "redis:6379" in given["MICROCODER_REDIS_URL"]
            environment["MICROCODER_REDIS_URL"] = given["MICROCODER_REDIS_URL"].replace(
                "redis:6379", f"127.0.0.1:{self._ports['redis']}"
            )
        if name != "redis":
            data = self._directory / name
            data.mkdir(exist_ok=True)
            environment |= {"MICROCODER_DATA_DIR": str(data), "MICROCODER_LOG_LEVEL": "error"}
            environment |= {"MICROCODER_PORT": str(self._ports["api"]), "MICROCODER_PYTHON": SYSTEM_PYTHON}
        return environment


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composed]:
    """All that the file says, started, and stopped in order. Each test leaves it running."""
    with ExitStack() as stack:
        site = Composed(tmp_path_factory.mktemp("composed"), stack)
        for name in ("redis", "worker", "api"):  # as depends_on has it; the API is healthy once a program was judged
            site.start(name)
        yield site
        assert [site.stop(name) for name in ("api", "worker", "redis")] == [0, 0, 0]


def test_what_the_file_says_grades(site: Composed) -> None:
    with httpx.Client(base_url=site.url, timeout=120, trust_env=False) as client:
        for language, code in PROGRAMS.items():
            submission = {"language": language, "code": code, "suite": {"mode": "stdio", "tests": TESTS}}
            report = client.post("/v1/grade", json=submission).json()
            assert (report["verdict"], report["isolation"]) == ("accepted", "landlock"), report
        reading = "print(open('/proc/1/environ', 'rb').read())"
        hostile = {"code": reading, "suite": {"mode": "stdio", "tests": TESTS}}
        assert client.post("/v1/grade", json=hostile).json()["verdict"] in ("runtime_error", "wrong_answer")
        assert client.get("/metrics").status_code == 200


def test_what_is_running_when_a_worker_is_stopped_is_finished(site: Composed) -> None:
    code = "import time\ntime.sleep(4)\n" + PROGRAMS["python"]
    suite = {"mode": "stdio", "tests": TESTS, "limits": {"cpu_s": 60}}
    with httpx.Client(base_url=site.url, timeout=120, trust_env=False) as client, ExitStack() as stack:
        asked = {"submissions": [{"code": code, "suite": suite}]}
        accept = {"Accept": "application/x-ndjson"}
        answer = stack.enter_context(client.stream("POST", "/v1/grade/batch", json=asked, headers=accept))
        with httpx.Client(base_url=site.url, timeout=120, trust_env=False) as other:
            waiting = "microcoder_queue_submissions 1.0\n", "microcoder_queue_oldest_seconds 0.0\n"
            until(lambda: all(line in other.get("/metrics").text for line in waiting), "a worker has it")
        assert site.stop("worker") == 0
        assert '"verdict":"accepted"' in "".join(answer.iter_lines())
    site.start("worker")


def test_a_job_survives_the_api_and_redis_being_started_again(site: Composed) -> None:
    asked = {"submissions": [{"code": PROGRAMS["python"], "suite": {"mode": "stdio", "tests": TESTS}}] * 20}
    with httpx.Client(base_url=site.url, timeout=120, trust_env=False) as client:
        accepted = client.post("/v1/jobs", json=asked)
        assert accepted.status_code == 202, accepted.text
    for name in ("api", "redis"):
        assert site.stop(name) == 0
    for name in ("redis", "api"):
        site.start(name)
    with httpx.Client(base_url=site.url, timeout=120, trust_env=False) as client:
        job = client.get(accepted.json()["status_url"], params={"wait": 60}).json()
    assert (job["state"], job["verdicts"]) == ("finished", {"accepted": 20})
