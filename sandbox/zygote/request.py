"""What the owner sends to a child that waits: a memory file of a line of JSON, then contents one after the other."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterable
from typing import Any

from sandbox.kernel import memory_file

JSON = json.JSONDecoder()


def written(header: dict[str, Any], contents: Iterable[bytes]) -> int:
    """A descriptor to send. The caller closes it."""
    return memory_file.readable("request", [json.dumps(header).encode(), b"\n", *contents])


def read(body: int) -> tuple[dict[str, Any], bytes]:
    """The line and the contents."""
    data = os.pread(body, os.fstat(body).st_size, 0)
    header, _, contents = data.partition(b"\n")
    request, _ = JSON.raw_decode(header.decode())
    return request, contents


def place(sizes: list[tuple[str, int]], contents: bytes, offset: int = 0) -> dict[str, bytes]:
    """Write files, whose contents stand one after the other from ``offset`` on, into the working directory.

    Raises:
        OSError: they do not fit.
    """
    files = {}
    for name, size in sizes:
        files[name] = contents[offset : offset + size]
        offset += size
        if "/" in name:
            os.makedirs(os.path.dirname(name), exist_ok=True)
        with open(name, "wb", buffering=0) as file:
            if file.write(files[name]) != size:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), name)
    return files
