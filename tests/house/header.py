"""Writes ``sandbox/zygote/protocol.h`` from ``protocol.py``: ``python -m tests.house.header``."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import Any

from sandbox.zygote import protocol
from tests.house.source import ROOT

HEADER = ROOT / "sandbox" / "zygote" / "protocol.h"
_TOP = """\
/* Written by tests/house/header.py from protocol.py, which says what each of these is. */
/* clang-format off */

#pragma once

#include <stdint.h>
"""
_C_TYPES = {"B": "uint8_t", "i": "int32_t", "I": "uint32_t", "q": "int64_t", "Q": "uint64_t"}


def text() -> str:
    """Return the header as it should be."""
    parts = [_TOP]
    for name, value in vars(protocol).items():
        if name.startswith("_") or name in ("RecordLayout", "IntEnum", "unique", "struct", "annotations"):
            continue
        parts.append("\n".join(_lines(name, value)) + "\n")
    return "\n".join(parts)


def _lines(name: str, value: Any) -> Iterator[str]:
    match value:
        case type() if issubclass(value, IntEnum):
            yield f"enum {_snake(name)} {{"
            yield from (f"    {_snake(name).upper()}_{member.name} = {member.value}," for member in value)
            yield "};"
        case protocol.RecordLayout():
            yield f"struct __attribute__((packed)) {name.lower()}_record {{"
            yield from (f"    {_C_TYPES[code]} {field};" for field, code in value.formats.items())
            yield "};"
            yield f'_Static_assert(sizeof(struct {name.lower()}_record) == {value.size}, "{name} has no padding");'
        case dict():
            yield f"#define {name}" + _continued(f"{{{key}, {number}}}" for key, number in value.items())
        case tuple():
            yield f"#define {name}" + _continued(f'"{each}"' for each in value)
            yield f"#define {name}_COUNT {len(value)}"
        case int() | float():
            yield f"#define {name} {value!r}"
        case _:
            raise TypeError(f"{name}: C has no form for {value!r}")


def _continued(parts: Iterator[str]) -> str:
    """Write the elements of a table, one a line."""
    return " \\\n    " + ", \\\n    ".join(parts)


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).removeprefix("_")


if __name__ == "__main__":
    HEADER.write_text(text())
