"""Runs in the submission's jail: loads the submission, and calls its functions for tests that run elsewhere.

It is assumed hostile once the submission is loaded; all that it can do is answer. What crosses are plain values
(``evaluator.forms``): arguments, what they are after the call where it changed them, and the result.
"""

from __future__ import annotations

import itertools
import sys
import types
from typing import Any

from evaluator.forms import codec
from evaluator.harness import loading
from evaluator.harness.channel import Channel, Message
from evaluator.harness.trace import describe

_MAX_ITERATED = 1 << 16
"""Elements of an iterator that is returned."""
_ITERATORS = (
    *(types.GeneratorType, map, filter, zip, enumerate, reversed, itertools.chain, itertools.islice),
    *map(type, (iter([]), iter(()), iter({}), iter(set()), iter(""), iter(range(0)), iter({}.items()), reversed([]))),
)


class Server:
    """Answers what tests ask for."""

    def __init__(self) -> None:
        self._module = types.ModuleType("solution")

    def answer(self, message: Message) -> Message:
        """Do what a message asks for; whatever the submission raises is the answer."""
        try:
            return self._load(message) if message["do"] == "load" else self._call(message)
        except loading.NotPython as error:
            return {"syntax_error": str(error)}
        except BaseException as error:
            line, trace = describe(error)
            return {"raised": line, "trace": trace}

    def _load(self, message: Message) -> Message:
        self._module = loading.load(loading.BUILTIN_NAMES if message["prelude"] else None)
        names = vars(self._module)
        return {"functions": [name for name in names if callable(names[name]) and not name.startswith("__")]}

    def _call(self, message: Message) -> Message:
        arguments, named = message["arguments"], message["named"]
        values = [codec.decode(form) for form in arguments]
        named_values = {name: codec.decode(form) for name, form in named.items()}
        value = vars(self._module)[message["name"]](*values, **named_values)
        answer: Message = {"value": _result(value)}
        after = [codec.encode(each) for each in values], {name: codec.encode(named_values[name]) for name in named}
        return answer if after == (arguments, named) else {**answer, "after": after}


def _result(value: Any) -> codec.Form:
    """The form of what a call returned; an iterator crosses as what it gives."""
    if type(value) in _ITERATORS:
        elements = list(itertools.islice(value, _MAX_ITERATED + 1))
        if len(elements) <= _MAX_ITERATED:
            return {"iterator": [codec.encode(element) for element in elements]}
    return codec.encode(value, truth=True)


def rehearse() -> None:
    """Load a submission and call its function, so often that Python has adapted the code, as ``rehearsal`` does."""
    server = Server()
    for _ in range(12):
        server._module = loading.run(compile("def f(x): return [x, {1: 2.5}]", f"/{loading.SOURCE}", "exec"), None)
        server.answer({"do": "call", "name": "f", "arguments": [{"tuple": [1, "a"]}], "named": {"x": None}})
        server.answer({"do": "call", "name": "f", "arguments": [[1, "a", {"dict": [[1, 2]]}]], "named": {}})
    loading.forget()


def main() -> None:
    """Entry point."""
    loading.prepare()
    sys.argv = [loading.SOURCE]
    Channel().serve(Server().answer)
