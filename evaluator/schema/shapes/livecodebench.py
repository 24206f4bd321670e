"""The tests of LiveCodeBench's code_generation_lite, public and private."""

from __future__ import annotations

import base64
import io
import json
import pickle
import pickletools
import zlib
from collections.abc import Mapping
from typing import Any

from evaluator.schema.shapes import packed
from evaluator.schema.shapes.pairs import RawTests, function_name, of_cases
from evaluator.schema.shapes.values import UnknownTests

MAX_UNPACKED_BYTES = 1 << 30
MAX_OPERATIONS = 200_000
"""Bounds on tests that came packed: a few bytes may stand for any number, in zlib and in a pickle."""


class _NoGlobals(pickle.Unpickler):
    """Reads strings, numbers and containers: a pickle that names anything to be called is refused."""

    def find_class(self, module_name: str, global_name: str) -> Any:
        raise UnknownTests(f"a pickled test names {module_name}.{global_name}, and is refused: tests are plain values")


def cases_of(row: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return a row's tests: the public ones, then the private ones.

    Raises:
        UnknownTests: they were packed, and cannot be read.
        ValueError, KeyError, TypeError: they cannot be read.
    """
    return [*_cases(row["public_test_cases"]), *_cases(row.get("private_test_cases") or "[]")]


def of_row(row: Mapping[str, Any]) -> RawTests:
    """Read the tests of a row.

    Raises:
        UnknownTests: they cannot be read.
    """
    try:
        cases = cases_of(row)
    except (ValueError, KeyError, TypeError) as error:
        raise error if isinstance(error, UnknownTests) else UnknownTests(f"tests cannot be read: {error!r}") from error
    return of_cases(cases, function_name(row))


def _cases(value: Any) -> list[dict[str, str]]:
    """Read JSON, or JSON that was pickled, compressed and written in base64."""
    if not isinstance(value, str):
        return list(value)
    if value.lstrip()[:1] in ("[", "{", '"', ""):
        return list(json.loads(value))
    try:
        cases = packed.values(value, MAX_UNPACKED_BYTES)
    except (ValueError, zlib.error) as error:
        raise UnknownTests(f"tests cannot be read: {error!r}") from error
    return list(json.loads(unpacked(value))) if cases is None else cases


def unpacked(text: str, max_bytes: int = MAX_UNPACKED_BYTES) -> Any:
    """Read plain values that were pickled, compressed and written in base64.

    Raises:
        UnknownTests: they cannot be read, are longer than the bound, or not plain.
    """
    try:
        decompressor = zlib.decompressobj()
        pickled = decompressor.decompress(base64.b64decode(text.encode()), max_bytes)
        if not decompressor.eof:
            raise UnknownTests(f"tests are cut off, or take more than {max_bytes >> 20} MiB unpacked")
        _check_operations(pickled)
        return _NoGlobals(io.BytesIO(pickled)).load()
    except UnknownTests:
        raise
    except Exception as error:  # what was written to be no pickle may end in any
        raise UnknownTests(f"tests cannot be read: {error!r}") from error


def _check_operations(pickled: bytes) -> None:
    """Refuse a pickle of very many values, or one that has Python make a table for as many.

    Raises:
        UnknownTests, ValueError
    """
    for number, (operation, argument, _) in enumerate(pickletools.genops(pickled)):
        place = argument if "PUT" in operation.name else 0
        if max(number, int(place or 0)) > MAX_OPERATIONS:
            raise UnknownTests(f"packed tests are more than about {MAX_OPERATIONS} values")
