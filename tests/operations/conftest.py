"""A service that asks for keys, started for a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from evaluator import keys
from evaluator.local import LocalService
from tests.forked import local_service

SUM = {"mode": "stdio", "tests": [{"input": "1 2\n", "output": "3\n"}]}
RIGHT = "print(sum(map(int, input().split())))"
SUBMISSION = {"code": RIGHT, "suite": SUM}
LASTING = {"code": "import time\ntime.sleep(300)", "suite": {**SUM, "limits": {"cpu_s": 150}}}
"""It lasts until somebody cancels it."""


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def keys_file(tmp_path: Path) -> Path:
    return tmp_path / "keys.toml"


@pytest.fixture
def start(data_dir: Path) -> Iterator[Callable[..., LocalService]]:
    with ExitStack() as stack:

        def started(**settings: Any) -> LocalService:
            named = {f"MICROCODER_{name.upper()}": str(value) for name, value in settings.items()}
            return stack.enter_context(
                local_service(workers=1, settings={"MICROCODER_DATA_DIR": str(data_dir), **named})
            )

        yield started


@pytest.fixture
def keyed(start: Callable[..., LocalService], keys_file: Path) -> LocalService:
    """A service whose keys are in ``keys_file``, where nobody has one yet but ``owner``."""
    keys.add(keys_file, "owner")
    return start(keys_file=keys_file)


def caller(service: LocalService, secret: str | None = None, **options: Any) -> httpx.Client:
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    return httpx.Client(base_url=service.url, headers=headers, timeout=120, trust_env=False, **options)
