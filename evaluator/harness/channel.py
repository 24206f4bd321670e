"""Two Python processes that ask each other, over the pipes that are their stdin and stdout, in messages of JSON."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable
from typing import Any, BinaryIO

_HIGH = 200
"""Descriptors from here on: out of the way of programs that open files and count on small numbers."""
_MAX_MESSAGE_BYTES = 256 << 20
_SIZE_BYTES = 8

Message = dict[str, Any]


class Gone(Exception):
    """The other process has ended, or says what is no message."""


class Channel:
    """One side of the conversation."""

    def __init__(self) -> None:
        self._reader: BinaryIO = os.fdopen(_moved(0), "rb")
        self._writer = _moved(1)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        os.dup2(2, 1)  # what is printed is for people
        # Taken now: a submission may replace what it likes.
        self._dumps, self._loads, self._write = json.dumps, json.loads, os.write

    def ask(self, **message: Any) -> Message:
        """Say something and wait for the answer.

        Raises:
            Gone: there is none.
        """
        self._send(message)
        return self._receive()

    def serve(self, answer: Callable[[Message], Message]) -> None:
        """Answer until the other process has ended."""
        try:
            while True:
                self._send(answer(self._receive()))
        except Gone:
            return

    def _send(self, message: Message) -> None:
        data = self._dumps(message).encode()
        data = len(data).to_bytes(_SIZE_BYTES, "little") + data
        try:
            while data:
                data = data[self._write(self._writer, data) :]
        except BrokenPipeError:
            raise Gone from None

    def _receive(self) -> Message:
        size = int.from_bytes(self._reader.read(_SIZE_BYTES), "little")
        if not 0 < size <= _MAX_MESSAGE_BYTES:
            raise Gone
        data = self._reader.read(size)
        if len(data) < size:
            raise Gone
        try:
            message = self._loads(data)
        except (ValueError, RecursionError):
            raise Gone from None
        if not isinstance(message, dict):
            raise Gone
        return message


def _moved(descriptor: int) -> int:
    """A copy that is closed on exec and inherited by nobody."""
    return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _HIGH)
