"""The tests of LiveCodeBench's code_generation_lite, public and private."""

from __future__ import annotations

import base64
import io
import json
import pickle
import zlib
from collections.abc import Mapping
from typing import Any

from evaluator.schema.shapes.pairs import RawTests, function_name, of_cases
from evaluator.schema.shapes.values import UnknownTests


class _NoGlobals(pickle.Unpickler):
    """Reads strings, numbers and containers: a pickle that names anything to be called is refused."""

    def find_class(self, module_name: str, global_name: str) -> Any:
        raise UnknownTests(
            f"a pickled test names {module_name}.{global_name}, and is refused: LiveCodeBench's hold text alone"
        )


def cases_of(row: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return a row's tests: the public ones, then the private ones.

    Raises:
        UnknownTests: a pickle holds more than text.
        ValueError, KeyError, TypeError, zlib.error, pickle.UnpicklingError: they cannot be read.
    """
    return [*_cases(row["public_test_cases"]), *_cases(row.get("private_test_cases") or "[]")]


def of_row(row: Mapping[str, Any]) -> RawTests:
    """Read the tests of a row.

    Raises:
        UnknownTests: they cannot be read.
    """
    try:
        cases = cases_of(row)
    except (ValueError, KeyError, TypeError, zlib.error, pickle.UnpicklingError, EOFError) as error:
        raise error if isinstance(error, UnknownTests) else UnknownTests(f"tests cannot be read: {error!r}") from error
    return of_cases(cases, function_name(row))


def _cases(value: Any) -> list[dict[str, str]]:
    """Read JSON, or JSON that was pickled, compressed and written in base64."""
    if not isinstance(value, str):
        return list(value)
    try:
        return list(json.loads(value))
    except ValueError:
        pickled = zlib.decompress(base64.b64decode(value.encode()))
        return list(json.loads(_NoGlobals(io.BytesIO(pickled)).load()))
