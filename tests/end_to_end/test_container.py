"""The service as a default container would run it: no namespaces, no control groups, no more rights than Docker gives."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.kernel import landlock
from tests.end_to_end.conftest import RIGHT, Client
from tests.forked import local_service

PYTHON = "/usr/bin/python3"
LAUNCHER = [sys.executable, str(Path(__file__).parents[1] / "sandbox" / "docker_like.py"), "0"]

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can take rights away as a container does"),
    pytest.mark.skipif(landlock.abi() == 0, reason="the kernel has no Landlock"),
    pytest.mark.skipif(not Path(PYTHON).exists(), reason=f"needs an interpreter that everybody can read: {PYTHON}"),
]


@pytest.fixture(scope="module")
def contained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    settings = {"MICROCODER_DATA_DIR": str(tmp_path_factory.mktemp("data")), "MICROCODER_PYTHON": PYTHON}
    with local_service(settings=settings, launcher=LAUNCHER) as service, Client(service) as client:
        yield client


@pytest.mark.parametrize(
    ("language", "code", "verdict"),
    [
        ("python", RIGHT, "accepted"),
        ("c", "int main(void) { for (;;); }", "time_limit_exceeded"),
        ("cpp", "#include <iostream>\nint main() { long a, b; std::cin >> a >> b; std::cout << a + b; }", "accepted"),
        ("bash", "read a b; echo $((a + b))", "accepted"),
        ("python", "x = []\nwhile True: x.append(bytearray(1 << 20))", "memory_limit_exceeded"),
    ],
)
def test_programs_are_judged_in_the_landlock_tier(contained: Client, language: str, code: str, verdict: str) -> None:
    suite = {
        "mode": "stdio",
        "tests": [{"input": "1 2\n", "output": "3\n"}],
        "limits": {"cpu_s": 1, "memory_mb": 256},
    }
    report = contained.grade(code, suite, language=language)
    assert (report["verdict"], report["isolation"]) == (verdict, "landlock"), report


def test_a_minimum_that_cannot_be_met_is_refused_in_one_paragraph(tmp_path: Path) -> None:
    environment = {"MICROCODER_MIN_ISOLATION": "namespaces", "MICROCODER_DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [*LAUNCHER, sys.executable, "-m", "evaluator", "serve", "--port", "0"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    said = " ".join(done.stderr.split())
    assert "No isolation tier from 'namespaces' up works on this host" in said
    assert "Operation not permitted" in said
