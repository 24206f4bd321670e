"""No submission whatsoever yields ``judge_error``, ends a worker or costs a neighbour its verdict."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.data_dirs import DataDirs
from tests.forked import local_service
from tests.fuzz import native
from tests.fuzz.outcomes import runs, submissions
from tests.waiting import until

HONEST = {
    "code": "print(sum(map(int, input().split())))",
    "suite": {"mode": "stdio", "tests": [{"input": f"{n} 1\n", "output": f"{n + 1}\n"} for n in range(6)]},
}
NATIVE_STEPS = [
    ("javascript", 2),
    ("typescript", 10),
    ("cpp", 18),
    ("javascript", 1),
    ("typescript", 5),
    ("cpp", 6),
    ("java", 6),
]
"""Every so many-th program of a language; ``python -m benchmarks.fuzz`` runs all."""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, data_dirs: DataDirs) -> Iterator[httpx.Client]:
    data_dir = data_dirs.fill(tmp_path_factory.mktemp("data"))
    settings = {"MICROCODER_DATA_DIR": str(data_dir), "MICROCODER_RESULTS_MB": "0"}
    with (
        local_service(workers=2, settings=settings) as service,
        httpx.Client(base_url=service.url, timeout=600, trust_env=False) as client,
    ):
        yield client
        ready = client.get("/readyz").json()
        assert (ready["workers_lost"], ready["slots_discarded"]) == (0, 0)


def faults(client: httpx.Client, requests: list[dict[str, Any]]) -> list[Any]:
    """Return the part of a batch that was not judged; every tenth submission is honest and must be accepted."""
    mixed = [
        each
        for number, request in enumerate(requests)
        for each in ([request, HONEST] if number % 10 == 0 else [request])
    ]
    # With escapes for what UTF-8 cannot hold, which httpx would refuse to encode.
    response = client.post("/v1/grade/batch", content=json.dumps({"submissions": mixed}))
    assert response.status_code == 200, response.text[:1000]
    reports = response.json()["reports"]
    honest = [report["verdict"] for report, request in zip(reports, mixed, strict=True) if request is HONEST]
    assert set(honest) == {"accepted"}
    return [
        (report["reason"], request)
        for report, request in zip(reports, mixed, strict=True)
        if report["verdict"] == "judge_error"
    ]


@pytest.mark.parametrize("seed", range(10))
def test_an_odd_outcome_is_a_verdict(client: httpx.Client, seed: int) -> None:
    assert faults(client, list(submissions(seed, 40))) == []


@pytest.mark.parametrize(("language", "step"), NATIVE_STEPS)
def test_an_odd_result_in_another_language_is_a_verdict(client: httpx.Client, language: str, step: int) -> None:
    offered = {each["name"] for each in client.get("/v1/languages").json()["languages"]}
    if language not in offered:
        pytest.skip(f"no toolchain for {language}")
    assert faults(client, native.requests(language, step)) == []


def test_honest_clients_are_answered_beside_three_that_send_odd_results_without_end(client: httpx.Client) -> None:
    odd = [request for request in submissions(99, 60) if request["suite"]["mode"] == "function"]
    over = threading.Event()

    answered = [0] * 3

    def loop(sender: int) -> None:
        """Send them again and again; with a bound, should the test fail to end it."""
        with httpx.Client(base_url=client.base_url, timeout=600, trust_env=False) as own:
            for request in itertools.islice(itertools.cycle(odd), 10_000):
                if over.is_set():
                    return
                response = own.post("/v1/grade", content=json.dumps(request))
                assert response.status_code == 200, response.text
                assert response.json()["verdict"] != "judge_error", response.text
                answered[sender] += 1

    with ThreadPoolExecutor(3) as pool:
        hostile = [pool.submit(loop, sender) for sender in range(3)]
        try:
            until(lambda: all(answered), "each of them has had an answer")
            verdicts = [client.post("/v1/grade", json=HONEST).json()["verdict"] for _ in range(30)]
        finally:
            over.set()
        assert verdicts == ["accepted"] * 30
        for each in hostile:
            each.result()


def test_an_odd_run_is_a_run(client: httpx.Client) -> None:
    for request in runs(seed=1, count=60):
        response = client.post("/v1/run", content=json.dumps(request))
        assert response.status_code == 200, (request, response.text)


@pytest.mark.parametrize(
    "names",
    [
        {"é" * 700 + "/" + "x" * 200: ""},
        {"😀" * 1000: ""},
        {"😀" * 512 + "/a": "", "😀" * 512: ""},
        {"a": "", "a/b": ""},
        {"\x01\n\u2028": "x"},
        {"main.py/x": ""},
    ],
    ids=["long directory", "long name", "cut in a character", "clash", "control characters", "below the program"],
)  # fmt: skip
def test_an_odd_name_of_a_file_is_answered(client: httpx.Client, names: dict[str, str]) -> None:
    response = client.post("/v1/run", json={"code": "print(1)", "files": names})
    assert response.status_code in (200, 422), response.text
    if response.status_code == 422:
        assert response.json()["type"].endswith("invalid-request")
