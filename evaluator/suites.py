"""Suites on disk, by the hash of their canonical form; uploaded once, read by every worker."""

from __future__ import annotations

import re
from collections import OrderedDict
from pathlib import Path
from typing import Self

from pydantic import ValidationError

from evaluator.errors import SuiteTooLarge, UnknownSuite
from evaluator.schema import Mode, Suite
from evaluator.settings import Settings
from sandbox.limits import MIB
from sandbox.store import HashStore

_NAME = re.compile(r"(?:sha256:)?([0-9a-f]{64})")
_READABLE = 65_536
"""How many suites that could be read are remembered, by their ids."""
_PARSED_BYTES = 256 * MIB
"""How much is kept parsed, by the size on disk: at least the suites of a training step. What programs were
run on is kept as bytes too: at most about as much again."""


class SuiteStore:
    """A bounded directory of suites, shared by processes. What was used least lately goes first.

    A file that cannot be read as a suite, as one that another version stored or that a full disk cut, counts as absent:
    whoever sends the suite again replaces it, or is told what is wrong with it.
    """

    def __init__(self, directory: Path, *, max_bytes: int, max_tests: int | None = None) -> None:
        self._max_tests = max_tests
        self._files = HashStore(directory, max_bytes=max_bytes)
        self._parsed: OrderedDict[str, tuple[Suite, int]] = OrderedDict()
        self._parsed_bytes = 0
        self._readable: OrderedDict[str, Mode] = OrderedDict()

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """As the settings say."""
        return cls(settings.data_dir / "suites", max_bytes=settings.suites_mb * MIB, max_tests=settings.max_tests)

    def put(self, suite: Suite) -> tuple[str, bool]:
        """Keep a suite. Returns its id, and whether it is new here.

        Raises:
            SuiteTooLarge
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
        """Return the suite of that name.

        Raises:
            UnknownSuite: it is not here, or cannot be read.
        """
        if suite_id in self._parsed:
            self._parsed.move_to_end(suite_id)
            return self._parsed[suite_id][0]
        data = self._read(suite_id)
        suite = None if data is None else _suite_in(data)
        if data is None or suite is None:
            raise UnknownSuite(suite_id)
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
        """Return the mode of the suite of that name.

        Raises:
            UnknownSuite: it is not here, or cannot be read.
        """
        if suite_id not in self:
            raise UnknownSuite(suite_id)
        return self._readable[suite_id]

    def remember(self, suite_id: str, mode: Mode) -> None:
        """Know that a suite which is stored can be read: another process has just written it."""
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
        raise UnknownSuite(suite_id)
    return match[1]
