"""The store of suites on disk, by the hash of their canonical form: uploaded once, read by every worker."""

from __future__ import annotations

import re
from collections import OrderedDict
from pathlib import Path
from typing import Self

from pydantic import ValidationError

from evaluator.errors import SuiteNotFound, SuiteTooLarge
from evaluator.schema import Mode, Suite
from evaluator.settings import Settings
from sandbox.limits import MIB
from sandbox.store import HashStore

_NAME = re.compile(r"(?:sha256:)?([0-9a-f]{64})")
_READABLE = 65_536
"""The number of suites known to be readable that are remembered, by their ids."""
_PARSED_BYTES = 256 * MIB
"""The size on disk of the suites that are kept parsed: enough for those of a training step. The inputs on which
programs were run are cached as bytes too, which takes at most about as much again."""


class SuiteStore:
    """A bounded directory of suites, shared by processes. The least recently used suites are evicted first.

    A file that cannot be read as a suite counts as absent: another version may have stored it, or a full disk may have
    cut it short. A client that sends the suite again replaces it, or gets an error that explains what is wrong.
    """

    def __init__(self, directory: Path, *, max_bytes: int, max_tests: int | None = None) -> None:
        self._max_tests = max_tests
        self._files = HashStore(directory, max_bytes=max_bytes)
        self._parsed: OrderedDict[str, tuple[Suite, int]] = OrderedDict()
        self._parsed_bytes = 0
        self._readable: OrderedDict[str, Mode] = OrderedDict()

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Open the store that the settings describe."""
        return cls(settings.data_dir / "suites", max_bytes=settings.suites_mb * MIB, max_tests=settings.max_tests)

    def put(self, suite: Suite) -> tuple[str, bool]:
        """Store a suite. Returns its id, and True if it is new here.

        Raises:
            SuiteTooLarge: it has more tests than the store accepts.
        """
        if self._max_tests is not None and len(suite.tests) > self._max_tests:
            raise SuiteTooLarge(len(suite.tests), self._max_tests)
        suite_id = suite.id
        new = suite_id not in self
        if new:
            self._write(suite_id, suite.canonical())
            self.remember(suite_id, suite.mode)
        return suite_id, new

    def get(self, suite_id: str) -> Suite:
        """Return the suite with this id.

        Raises:
            SuiteNotFound: it is not here, or cannot be read.
        """
        if suite_id in self._parsed:
            self._parsed.move_to_end(suite_id)
            return self._parsed[suite_id][0]
        data = self._read(suite_id)
        suite = None if data is None else _suite_in(data)
        if data is None or suite is None:
            raise SuiteNotFound(suite_id)
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
        """Return the stored form of the suite with this id.

        Raises:
            SuiteNotFound: it is not here.
        """
        data = self._read(suite_id)
        if data is None:
            raise SuiteNotFound(suite_id)
        return data

    def __contains__(self, suite_id: str) -> bool:
        if _NAME.fullmatch(suite_id) is None or not self._files.touch(_hexadecimal(suite_id)):
            return False
        mode = self._readable.get(suite_id)
        if mode is None:
            data = self._read(suite_id)
            suite = None if data is None else _suite_in(data)
            if suite is None:
                return False
            mode = suite.mode
        self.remember(suite_id, mode)
        return True

    def mode_of(self, suite_id: str) -> Mode:
        """Return the mode of the suite with this id.

        Raises:
            SuiteNotFound: it is not here, or cannot be read.
        """
        if suite_id not in self:
            raise SuiteNotFound(suite_id)
        return self._readable[suite_id]

    def remember(self, suite_id: str, mode: Mode) -> None:
        """Remember that a suite is stored and readable, for instance since another process has just written it."""
        self._readable[suite_id] = mode
        self._readable.move_to_end(suite_id)
        if len(self._readable) > _READABLE:
            self._readable.popitem(last=False)


def _suite_in(data: bytes) -> Suite | None:
    try:
        return Suite.model_validate_json(data)
    except ValidationError:
        return None


def _hexadecimal(suite_id: str) -> str:
    match = _NAME.fullmatch(suite_id)
    if match is None:
        raise SuiteNotFound(suite_id)
    return match[1]
