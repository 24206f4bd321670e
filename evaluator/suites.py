"""Suites on disk, by the hash of their canonical form; uploaded once, read by every worker."""

from __future__ import annotations

import re
from collections import OrderedDict
from pathlib import Path
from typing import Self

from evaluator.errors import UnknownSuite
from evaluator.schema import Suite
from evaluator.settings import Settings
from sandbox.limits import MIB
from sandbox.store import HashStore

_NAME = re.compile(r"(?:sha256:)?([0-9a-f]{64})")
_PARSED_BYTES = 256 * MIB
"""How much is kept parsed, by the size on disk: at least the suites of a training step. What programs were
run on is kept as bytes too: at most about as much again."""


class SuiteStore:
    """A bounded directory of suites, shared by processes. What was used least lately goes first."""

    def __init__(self, directory: Path, *, max_bytes: int) -> None:
        self._files = HashStore(directory, max_bytes=max_bytes)
        self._parsed: OrderedDict[str, tuple[Suite, int]] = OrderedDict()
        self._parsed_bytes = 0

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """As the settings say."""
        return cls(settings.data_dir / "suites", max_bytes=settings.suites_mb * MIB)

    def put(self, suite: Suite) -> tuple[str, bool]:
        """Keep a suite. Returns its id, and whether it is new here."""
        suite_id = suite.id
        new = suite_id not in self
        if new:
            self._write(suite_id, suite.canonical())
        return suite_id, new

    def get(self, suite_id: str) -> Suite:
        """The suite of that name.

        Raises:
            UnknownSuite: it is not here.
        """
        if suite_id in self._parsed:
            self._parsed.move_to_end(suite_id)
            return self._parsed[suite_id][0]
        data = self._read(suite_id)
        if data is None:
            raise UnknownSuite(suite_id)
        suite = Suite.model_validate_json(data)
        self._parsed[suite_id] = suite, len(data)
        self._parsed_bytes += len(data)
        while self._parsed_bytes > _PARSED_BYTES and len(self._parsed) > 1:
            self._parsed_bytes -= self._parsed.popitem(last=False)[1][1]
        return suite

    def _read(self, suite_id: str) -> bytes | None:
        return self._files.get(_hexadecimal(suite_id))

    def _write(self, suite_id: str, data: bytes) -> None:
        self._files.put(_hexadecimal(suite_id), data)

    def canonical(self, suite_id: str) -> bytes:
        """The suite of that name as it is stored.

        Raises:
            UnknownSuite: it is not here.
        """
        data = self._read(suite_id)
        if data is None:
            raise UnknownSuite(suite_id)
        return data

    def __contains__(self, suite_id: str) -> bool:
        return _NAME.fullmatch(suite_id) is not None and self._files.touch(_hexadecimal(suite_id))


def _hexadecimal(suite_id: str) -> str:
    match = _NAME.fullmatch(suite_id)
    if match is None:
        raise UnknownSuite(suite_id)
    return match[1]
