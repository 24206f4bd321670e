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


@pytest.fixture(scope="module")
def service_of_links(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LocalService, Path]]:
    """A service, and the link that its file of keys is: it looks there for every request."""
    folder = tmp_path_factory.mktemp("keys")
    keys.add(folder / "none.toml", "nobody")
    link = folder / "keys.toml"
    link.symlink_to(folder / "none.toml")
    settings = {"MICROCODER_DATA_DIR": str(data_dir), "MICROCODER_KEYS_FILE": str(link)}
    with local_service(workers=1, settings=settings) as service:
        yield service, link


@pytest.fixture
def keyed(service_of_links: tuple[LocalService, Path], keys_file: Path) -> LocalService:
    """A service whose keys are in ``keys_file``, where nobody has one yet but ``owner``. Other tests have had others."""
    service, link = service_of_links
    keys.add(keys_file, "owner")
    link.unlink()
    link.symlink_to(keys_file)
    return service


def caller(service: LocalService, secret: str | None = None, **options: Any) -> httpx.Client:
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    return httpx.Client(base_url=service.url, headers=headers, timeout=120, trust_env=False, **options)
