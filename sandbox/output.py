"""A program's output, compared with what was expected of it while it comes."""

from __future__ import annotations


class OutputBuffer:
    """A stream's bytes. For as long as they are the first of what was expected, nothing is kept but their number: a
    large right output takes no memory, and at its end nothing is left to compare."""

    def __init__(self, expected: bytes = b"") -> None:
        self._expected, self._same = expected, 0
        self._rest = bytearray()
        """All that came since something else did."""

    def __len__(self) -> int:
        return self._same + len(self._rest)

    def add(self, data: bytes) -> None:
        """Take the next data of the stream."""
        if not self._rest and self._expected.startswith(data, self._same):
            self._same += len(data)
        else:
            self._rest += data

    def cut(self, size: int) -> None:
        """Leave out so many of the last bytes, which came last together."""
        if self._rest:
            del self._rest[-size:]
        else:
            self._same -= size

    def whole(self) -> bytes:
        """Return all that came: the very object that was expected, where it was that."""
        same = self._expected[: self._same]
        return same + self._rest if self._rest else same
