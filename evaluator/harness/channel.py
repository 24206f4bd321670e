"""Two Python processes that use each other's objects, over the pipes that are their stdin and stdout.

Plain values cross by value (``values``); anything else stays where it is and crosses as a reference. Either side may
ask while it is asked: a function that gets a callback calls it.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from evaluator.harness import values

_HIGH = 200
"""Descriptors from here on: out of the way of programs that open files and count on small numbers."""


_LARGEST_MESSAGE = 256 << 20


class Gone(Exception):
    """The other process has ended."""


class Reference:
    """An object of the other process."""

    def __init__(self, channel: Channel, number: int, facts: dict[str, Any]) -> None:
        self.channel, self.number, self.facts = channel, number, facts


Serve = Callable[[dict[str, Any]], dict[str, Any]]


class Channel:
    """One side of the conversation. ``serve`` answers what the other side asks; ``wrap`` makes what stands here for an
    object over there; ``describe`` says what the other side should know of one of ours."""

    def __init__(
        self,
        serve: Serve,
        wrap: Callable[[Reference], Any],
        describe: Callable[[Any], dict[str, Any]],
        *,
        trusts_only_values: bool,
    ) -> None:
        self._serve, self._wrap, self._describe = serve, wrap, describe
        self._trusts_only_values = trusts_only_values
        self.passes_end_of_iteration = False
        """Whether ``StopIteration`` of the other side is raised as such here."""
        self._reader: BinaryIO = os.fdopen(_moved(0), "rb")
        self._writer = _moved(1)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        os.dup2(2, 1)  # what is printed is for people
        self._ours: dict[int, Any] = {}
        self._theirs: dict[int, Any] = {}
        # Taken now: a submission may replace what it likes.
        self._dumps, self._loads, self._write = json.dumps, json.loads, os.write

    def ask(self, **message: Any) -> dict[str, Any]:
        """Say something and wait for the answer, serving what is asked in between.

        Raises:
            Gone: the other process has ended.
        """
        self._send(message)
        while "do" in (heard := self._receive()):
            self._send(self._serve(heard))
        return heard

    def serve_for_ever(self) -> None:
        """Answer until the other process has ended."""
        try:
            while True:
                self._send(self._serve(self._receive()))
        except Gone:
            return

    def form(self, value: Any) -> Any:
        """The form of any value: plain, or a reference."""
        return values.encode(value, self._refer)

    def value(self, form: Any) -> Any:
        """The value of a form.

        Raises:
            NotPlain: it is none.
        """
        return values.decode(form, self._resolve)

    def _refer(self, value: Any) -> Any:
        reference = getattr(value, "_microcoder_reference", None)
        if isinstance(reference, Reference) and reference.channel is self:
            return values.tagged("yours", reference.number)
        if (named := self._by_name(value)) is not None:
            return values.tagged("library", named)
        self._ours[id(value)] = value
        return values.tagged("mine", [id(value), self._describe(value)])

    def _resolve(self, form: dict[str, Any]) -> Any:
        if form["type"] == "yours":
            return self._ours[form["value"]]
        if form["type"] == "library" and not self._trusts_only_values:
            module, name = form["value"]
            return getattr(importlib.import_module(module), name)
        if form["type"] != "mine":
            raise values.NotPlain(str(form["type"]))
        number, facts = form["value"]
        if number not in self._theirs:
            self._theirs[number] = self._wrap(Reference(self, number, dict(facts)))
        return self._theirs[number]

    def _by_name(self, value: Any) -> list[str] | None:
        """Where both processes find a class or function of the standard library. Only the tests' side names objects
        so: it takes nothing from the submission's side by name."""
        module, name = getattr(value, "__module__", None), getattr(value, "__name__", None)
        if not (self._trusts_only_values and isinstance(module, str) and isinstance(name, str)):
            return None
        known = module.partition(".")[0] in sys.stdlib_module_names and module != "__main__"
        return [module, name] if known and getattr(sys.modules.get(module), name, None) is value else None

    def _send(self, message: dict[str, Any]) -> None:
        data = self._dumps(message).encode()
        data = len(data).to_bytes(8, "little") + data
        try:
            while data:
                data = data[self._write(self._writer, data) :]
        except BrokenPipeError:
            raise Gone from None

    def _receive(self) -> dict[str, Any]:
        size = int.from_bytes(self._reader.read(8), "little")
        if not 0 < size <= _LARGEST_MESSAGE:
            raise Gone
        data = self._reader.read(size)
        if len(data) < size:
            raise Gone
        try:
            heard = self._loads(data)
        except (ValueError, RecursionError):
            raise Gone from None
        if not isinstance(heard, dict):
            raise Gone
        return heard


def _moved(descriptor: int) -> int:
    """A copy that is closed on exec and inherited by nobody."""
    import fcntl

    return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _HIGH)
