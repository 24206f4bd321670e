"""Suites of the tests that requests bring: every sample of a group, and every epoch, brings the same tests again."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from pydantic import ValidationError

from evaluator.api import body
from evaluator.api.compat import shared
from evaluator.errors import InvalidRequest, SuiteNotFound
from evaluator.schema import Mode, to_bytes
from evaluator.schema.shapes import RowTests, UnknownTests, read_row
from evaluator.suites import SuiteStore

_KNOWN_LABELS = 65_536


@dataclass(frozen=True, slots=True)
class LabelSuite:
    """A suite that is stored. ``mode`` and ``tests``, their number, are None where it was stored before, and the label
    is its id; ``language`` is the one that the label names."""

    id: str
    mode: Mode | None = None
    tests: int | None = None
    language: str | None = None


class LabelSuites:
    """Suites by their labels, the texts or values that hold the tests."""

    def __init__(self, read: Callable[[Any], RowTests] = read_row, name: str = "label") -> None:
        """``name`` is what the system calls a label, for what is said of a wrong one."""
        self._read, self._name = read, name
        self._known: OrderedDict[bytes, LabelSuite] = OrderedDict()

    def ready(self, request: Request, label: Any, language: str, **fields: Any) -> tuple[LabelSuite, str]:
        """Return a label's suite, which is stored here, and the language of its programs: the label's, else the one
        that is given. ``fields`` are the suite's, and override those that the label states.

        Raises:
            InvalidRequest: it holds no tests.
            SuiteNotFound: it is the id of a suite that is not stored.
            UnknownLanguage: programs of that language are not judged by such tests here.
        """
        store: SuiteStore = request.app.state.suites
        suite = self._suite(label, store, fields)
        shared.queue_of(request).languages.require(suite.language or language, suite.mode or "stdio")
        if suite.id not in store:
            raise SuiteNotFound(suite.id)
        return suite, suite.language or language

    def _suite(self, label: Any, store: SuiteStore, fields: dict[str, Any]) -> LabelSuite:
        text = label if isinstance(label, str) else json.dumps(label)
        key = hashlib.sha256(to_bytes(text) + repr(sorted(fields.items())).encode()).digest()
        known = self._known.get(key)
        if known is not None and known.id in store:
            self._known.move_to_end(key)
            return known
        new = self._stored(label, store, fields)
        if new.mode is not None:
            self._known[key] = new
        if len(self._known) > _KNOWN_LABELS:
            self._known.popitem(last=False)
        return new

    def _stored(self, label: Any, store: SuiteStore, fields: dict[str, Any]) -> LabelSuite:
        try:
            tests = self._read(label)
            if tests.suite_id is not None:
                return LabelSuite(tests.suite_id, language=tests.language)
            suite = tests.suite(**fields)
        except UnknownTests as error:
            raise InvalidRequest(f"{self._name}: {error}") from error
        except ValidationError as error:
            raise body.refused(error, self._name) from error
        return LabelSuite(store.put(suite)[0], suite.mode, len(suite.tests), tests.language)
