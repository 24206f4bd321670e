"""Runs in the submission's jail: loads the submission and does with its objects what the tests ask for.

It is assumed hostile once the submission is loaded; all that it can do is answer.
"""

from __future__ import annotations

import builtins
import sys
import types
from typing import Any

from evaluator.harness import loading, values
from evaluator.harness.channel import Channel, Reference

_OPERATORS = frozenset(
    [
        "len",
        "iter",
        "next",
        "bool",
        "str",
        "repr",
        "hash",
        "getitem",
        "setitem",
        "delitem",
        "contains",
        "eq",
        "ne",
        "lt",
        "le",
        "gt",
        "ge",
        "add",
        "sub",
        "mul",
        "truediv",
        "floordiv",
        "mod",
        "pow",
        "matmul",
        "and",
        "or",
        "xor",
        "neg",
        "pos",
        "invert",
        "abs",
        "enter",
        "exit",
        "float",
        "int",
        "index",
    ]
)


class Callback:
    """A function, or another object, of the tests'."""

    def __init__(self, reference: Reference) -> None:
        self._microcoder_reference = reference

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        channel = self._microcoder_reference.channel
        answer = channel.ask(
            do="call", of=channel.form(self), arguments=channel.form(arguments), named=channel.form(named)
        )
        if "raised" in answer:
            raise getattr(builtins, str(answer["raised"]), RuntimeError)(answer["text"])
        return channel.value(answer["value"])


class Server:
    """What the tests can ask for."""

    def __init__(self) -> None:
        self._channel = Channel(self._serve, Callback, _facts, trusts_only_values=False)
        self._module = types.ModuleType("solution")

    def run(self) -> None:
        self._channel.serve_for_ever()

    def _serve(self, message: dict[str, Any]) -> dict[str, Any]:
        try:
            return getattr(self, f"_{message['do']}")(message)  # type: ignore[no-any-return]
        except loading.NotPython as error:
            return {"syntax_error": str(error)}
        except BaseException as error:
            return self._raised(error)

    def _load(self, message: dict[str, Any]) -> dict[str, Any]:
        self._module = loading.load(loading.FOUND if message["prelude"] else None)
        return {"loaded": True}

    def _global(self, message: dict[str, Any]) -> dict[str, Any]:
        names = vars(self._module)
        found = message["name"] in names
        value = names.get(message["name"])
        return {"found": found, "value": self._channel.form(value)}

    def _call(self, message: dict[str, Any]) -> dict[str, Any]:
        function = self._channel.value(message["of"])
        arguments, named = self._channel.value(message["arguments"]), self._channel.value(message["named"])
        value = self._channel.form(function(*arguments, **named))
        # Tests see what a function did to its arguments.
        return {"value": value, "arguments": self._channel.form(arguments), "named": self._channel.form(named)}

    def _get(self, message: dict[str, Any]) -> dict[str, Any]:
        return {"value": self._channel.form(getattr(self._channel.value(message["of"]), message["name"]))}

    def _set(self, message: dict[str, Any]) -> dict[str, Any]:
        setattr(self._channel.value(message["of"]), message["name"], self._channel.value(message["value"]))
        return {"value": None}

    def _instance(self, message: dict[str, Any]) -> dict[str, Any]:
        return {"value": isinstance(self._channel.value(message["value"]), self._channel.value(message["of"]))}

    def _operate(self, message: dict[str, Any]) -> dict[str, Any]:
        """A built-in function or an operator, by the name of its special method."""
        import operator

        name, operands = message["name"], self._channel.value(message["operands"])
        if name not in _OPERATORS:
            raise TypeError(f"no operator {name}")
        if name in ("len", "iter", "next", "bool", "str", "repr", "hash", "float", "int"):
            return {"value": self._channel.form(getattr(builtins, name)(*operands))}
        if name in ("enter", "exit"):
            return {"value": self._channel.form(getattr(type(operands[0]), f"__{name}__")(*operands))}
        return {"value": self._channel.form(getattr(operator, f"__{name}__")(*operands))}

    def _raised(self, error: BaseException) -> dict[str, Any]:
        trace = "".join(_lines(error))
        try:
            arguments = self._channel.form(error.args)
        except values.NotPlain:
            arguments = self._channel.form(())
        return {"class": _exception_facts(type(error)), "arguments": arguments, "trace": trace}


def _lines(error: BaseException) -> list[str]:
    import traceback

    return traceback.format_exception(type(error), error, loading.own_trace(error), limit=-20)


def _facts(value: Any) -> dict[str, Any]:
    """What the tests need to know of an object that stays here."""
    facts: dict[str, Any] = {"kind": "object", "type": type(value).__name__, "module": type(value).__module__}
    if isinstance(value, types.ModuleType):
        return {"kind": "module", "name": value.__name__}
    if isinstance(value, type):
        if issubclass(value, BaseException):
            return {"kind": "exception", **_exception_facts(value)}
        return {"kind": "class", "name": value.__name__, "module": value.__module__}
    if callable(value) and hasattr(value, "__name__"):
        facts |= {"kind": "function", "name": str(value.__name__), "module": str(value.__module__)}
    return facts


def _exception_facts(kind: type[BaseException]) -> dict[str, Any]:
    """Its name, where it comes from, and its nearest ancestor that is built in."""
    base = next(above for above in kind.__mro__ if above.__module__ == "builtins")
    return {"name": kind.__name__, "module": kind.__module__, "base": base.__name__}


def main() -> None:
    """Entry point."""
    loading.prepare()
    sys.argv = [loading.SOURCE]
    Server().run()
