"""A JSON list that was pickled as one text, compressed and written in base64, read value by value.

LiveCodeBench's tests come so: a row of ten megabytes may hold a hundred. Nothing but the values is ever held whole.
"""

from __future__ import annotations

import base64
import codecs
import json
import pickle
import zlib
from collections.abc import Iterator
from typing import Any

from evaluator.schema.shapes.values import UnknownTests

_PART = 1 << 18
"""Characters of base64 that are decoded at once; a multiple of four."""
_HEAD = 32
"""Bytes that hold the beginning of a pickle, up to its text."""
_TEXT_SIZES = {pickle.BINUNICODE: 4, pickle.BINUNICODE8: 8}
"""Bytes of the length of a text, by its operation. Short texts are left to the unpickler."""
_BLANKS = " \t\r\n"


def values(text: str, max_bytes: int) -> list[Any] | None:
    """Return the values of the list. None where the pickle does not begin with a long
    text. What comes behind it is not read.

    Raises:
        UnknownTests: the list is longer than ``max_bytes``, or cut off.
        ValueError, zlib.error: it is damaged.
    """
    parts = _decompressed(text)
    head = b""
    while len(head) < _HEAD and (part := next(parts, None)) is not None:
        head += part
    start, size = _text_place(head)
    if start is None:
        return None
    if size > max_bytes:
        raise UnknownTests(f"tests take more than {max_bytes >> 20} MiB unpacked")
    return list(_listed(_texts(head[start:], parts, size)))


def _decompressed(text: str) -> Iterator[bytes]:
    """Yield what the base64 text holds, in parts of a few megabytes at most."""
    stream = zlib.decompressobj()
    for at in range(0, len(text), _PART):
        data = base64.b64decode(text[at : at + _PART])
        while data and not stream.eof:
            yield stream.decompress(data, _PART)
            data = stream.unconsumed_tail
    while not stream.eof and (rest := stream.decompress(stream.unconsumed_tail, _PART)):
        yield rest


def _text_place(head: bytes) -> tuple[int | None, int]:
    """Return where the text of a pickle begins, and its length in bytes."""
    start = 2 if head[:1] == pickle.PROTO else 0
    start += 9 if head[start : start + 1] == pickle.FRAME else 0
    length = _TEXT_SIZES.get(head[start : start + 1])
    if length is None:
        return None, 0
    start += 1 + length
    return start, int.from_bytes(head[start - length : start], "little")


def _texts(first: bytes, parts: Iterator[bytes], size: int) -> Iterator[str]:
    """Yield so many bytes of a text."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogatepass")
    part: bytes | None = first
    while size:
        if part is None:
            raise UnknownTests("tests are cut off")
        yield decoder.decode(part[:size])
        size -= min(size, len(part))
        part = next(parts, None)


def _listed(parts: Iterator[str]) -> Iterator[Any]:
    """Yield the values of a JSON list that comes in parts."""
    decoder, window, at = json.JSONDecoder(), "", 0
    opened = False
    while True:
        at = next((place for place in range(at, len(window)) if window[place] not in f"{_BLANKS},"), len(window))
        if at < len(window) and not opened:
            if window[at] != "[":
                raise ValueError("no JSON list")
            opened, at = True, at + 1
            continue
        if at < len(window) and window[at] == "]":
            return
        try:
            value, at = decoder.raw_decode(window, at)
        except (
            ValueError
        ):  # so far it may only be a part of a value: as much again, so that long ones are not read often
            more = _at_least(parts, max(len(window) - at, 1))
            if not more:
                raise
            window, at = window[at:] + more, 0
            continue
        yield value


def _at_least(parts: Iterator[str], size: int) -> str:
    """Take parts of a text until there are so many characters."""
    texts: list[str] = []
    while size > 0 and (part := next(parts, None)) is not None:
        texts.append(part)
        size -= len(part)
    return "".join(texts)
