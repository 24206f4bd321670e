"""For how long programs may have the machine alone while all others wait: a share of the time, for each holder of a key
and for all of them together.

Token buckets in a file that the processes of a host share; whoever reads or writes it keeps the gate shut
(``sandbox.contention``).
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple


class AllowanceShare(NamedTuple):
    """``of_time`` is what comes back each second, ``most_s`` what is there when nothing was used for long."""

    of_time: float
    most_s: float


OF_HOST = AllowanceShare(of_time=0.2, most_s=30.0)
OF_HOLDER = AllowanceShare(of_time=0.05, most_s=15.0)
_HOST_NAME = ""
"""In the place of a holder's name, and the holder of all that comes without a key."""
_MAX_STATE_BYTES = 1 << 20


class Allowance:
    """Seconds of exclusive use that each holder has left, and the host. A balance may fall below zero: then nothing is
    covered until it has grown back."""

    def __init__(self, file: int, now: Callable[[], float] = time.monotonic) -> None:
        """``file`` is a descriptor, which stays the caller's. Its processes have one monotonic clock."""
        self._file, self._now = file, now

    def covers(self, holder: str, seconds: float) -> bool:
        """Tell whether holder and host both have so much left."""
        left = self._read()
        return all(left.get(name, share.most_s) >= seconds for name, share in _shares(holder))

    def charge(self, holder: str, seconds: float) -> None:
        """Take it from the holder's balance and from the host's."""
        left = self._read()
        for name, share in _shares(holder):
            left[name] = left.get(name, share.most_s) - seconds
        self._write(left)

    def _read(self) -> dict[str, float]:
        """Seconds left, of those that have used any lately."""
        # A power cut may have left half of it.
        with contextlib.suppress(ValueError, TypeError, KeyError, AttributeError):
            state = json.loads(os.pread(self._file, _MAX_STATE_BYTES, 0))
            past_s = self._now() - state["at"]
            if past_s >= 0:  # else the machine has been started anew
                grown = ((name, left_s, _share_of(name)) for name, left_s in state["left_s"].items())
                now_left = {name: left_s + share.of_time * past_s for name, left_s, share in grown}
                return {name: left_s for name, left_s in now_left.items() if left_s < _share_of(name).most_s}
        return {}

    def _write(self, left: dict[str, float]) -> None:
        data = json.dumps({"at": self._now(), "left_s": left}).encode()
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, data, 0)


def _share_of(name: str) -> AllowanceShare:
    return OF_HOST if name == _HOST_NAME else OF_HOLDER


def _shares(holder: str) -> Iterator[tuple[str, AllowanceShare]]:
    for name in {_HOST_NAME, holder}:
        yield name, _share_of(name)
