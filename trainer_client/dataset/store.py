"""Suites on disk, each under the hash of its content: ``suites/ab/<sha256>.json.zst``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import zstandard

from evaluator.schema import Suite
from trainer_client.blocking import EvaluatorClient
from trainer_client.dataset.files import RunError, write_whole
from trainer_client.dataset.row import RAW_TESTS_PREFIX, write_canonical

_LEVEL = 3
_SUITE_PREFIX = "sha256:"


class SuiteLost(RunError):
    """A file of the store is missing or damaged."""

    def __init__(self, path: Path, fault: str) -> None:
        super().__init__(
            f"{path} {fault}. Remove it and the stages' folders beside {path.parents[1]}, and run again: the sources "
            "are read anew, and the service's answers are still there"
        )


class SuiteFiles:
    """A ``SuiteStore``. Nothing is kept in memory; a file that exists is whole."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, suite_id: str) -> Suite:
        """A suite.

        Raises:
            KeyError: the name is no suite's.
            SuiteLost: its file is missing or damaged.
        """
        if not suite_id.startswith(_SUITE_PREFIX):
            raise KeyError(f"{suite_id!r} names no suite")
        return Suite.model_validate_json(self.read(suite_id))

    def put(self, suite: Suite) -> tuple[str, int]:
        """Store a suite, unless it is there. Return its name (``Suite.id``) and the bytes of its canonical form."""
        data = suite.canonical()
        return _SUITE_PREFIX + self._write(data), len(data)

    def get_raw(self, name: str) -> Any:
        """Tests as their source wrote them.

        Raises:
            KeyError: the name is not of raw tests.
            SuiteLost: their file is missing or damaged.
        """
        if not name.startswith(RAW_TESTS_PREFIX):
            raise KeyError(f"{name!r} names no raw tests")
        return json.loads(self.read(name))

    def put_raw(self, tests: Any) -> tuple[str, int]:
        """Store tests as their source wrote them, as JSON. Return their name and bytes."""
        data = write_canonical(tests)
        return RAW_TESTS_PREFIX + self._write(data), len(data)

    def read(self, name: str) -> bytes:
        """The canonical JSON of a suite or of raw tests.

        Raises:
            SuiteLost: it is not here, or damaged.
        """
        path = self.path(name)
        try:
            return zstandard.ZstdDecompressor().decompress(path.read_bytes())
        except (FileNotFoundError, zstandard.ZstdError) as error:
            raise SuiteLost(path, "does not exist" if isinstance(error, OSError) else "is damaged") from error

    def path(self, name: str) -> Path:
        """Return the path of a suite or of raw tests, even if it does not exist yet."""
        digest = name.rpartition(":")[2]
        return self.folder / digest[:2] / f"{digest}.json.zst"

    def _write(self, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        path = self.path(digest)
        if not path.exists():
            write_whole(path, zstandard.ZstdCompressor(_LEVEL).compress(data))
        return digest


def push_suites(dataset: Path, client: EvaluatorClient, on_suite: Callable[[str], object] = lambda _: None) -> int:
    """Upload every suite of a data set's folder that the service lacks, so that rows can name them by id. Return the
    number of all suites.

    Raises:
        RunError: the folder has no suites.
        EvaluatorError: the service cannot be reached, or refuses one.
    """
    store = SuiteFiles(dataset / "suites")
    names = [_SUITE_PREFIX + file.name.removesuffix(".json.zst") for file in sorted(store.folder.glob("*/*.json.zst"))]
    if not names:
        raise RunError(f"{store.folder} has no suites: name the folder of a complete data set")
    for name in names:
        client.store_suite(store.get(name))
        on_suite(name)
    return len(names)
