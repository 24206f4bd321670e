"""The submission's functions, for tests that run in another process than it: called over a channel, by plain values."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any, NoReturn

from evaluator.forms import codec
from evaluator.harness import loading
from evaluator.harness.channel import Channel, Gone, Message
from evaluator.harness.trace import SubmissionRaised


class CannotLoad(Exception):
    """The submission could not be loaded; ``answer`` says why."""

    def __init__(self, answer: Message) -> None:
        super().__init__()
        self.answer = answer


class Remote:
    """The submission in its own process; ``gone`` is called, and does not return, when that has ended."""

    def __init__(self, gone: Callable[[], NoReturn]) -> None:
        self._channel, self._gone = Channel(), gone

    def module(self, *, prelude: bool) -> types.ModuleType:
        """Have the submission loaded. Returns a module of its functions.

        Raises:
            CannotLoad: it does not parse, or raised an exception.
        """
        answer = self._ask(do="load", prelude=prelude)
        functions = answer.get("functions")
        if not isinstance(functions, list):
            raise CannotLoad(answer)
        module = types.ModuleType("solution")
        if prelude:
            vars(module).update(loading.constants())
        vars(module).update({str(name): self._function(str(name)) for name in functions})
        return module

    def _function(self, name: str) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            return self._call(name, arguments, named)

        call.__name__ = call.__qualname__ = name
        return call

    def _call(self, name: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        sent = [_form(name, value) for value in arguments], {key: _form(name, named[key]) for key in named}
        answer = self._ask(do="call", name=name, arguments=sent[0], named=sent[1])
        if "raised" in answer:
            raise SubmissionRaised(str(answer["raised"]), str(answer.get("trace", "")))
        value = _value(name, answer.get("value"))
        if "after" in answer:
            _take_over(name, (arguments, named), answer["after"])
        return value

    def _ask(self, **message: Any) -> Message:
        try:
            return self._channel.ask(**message)
        except Gone:
            self._gone()


def _form(name: str, value: Any) -> codec.Form:
    form = codec.encode(value)
    if type(form) is dict and not form.keys().isdisjoint(("own", "object", "large")):
        raise TypeError(f'{name} is given an object of class {type(value).__name__}: such tests need "apart": false')
    return form


def _value(name: str, form: codec.Form) -> Any:
    try:
        if type(form) is dict and form.keys() == {"iterator"}:
            return iter([codec.decode(element) for element in form["iterator"]])
        return codec.decode(form)
    except (codec.BadForm, TypeError) as error:
        raise AssertionError(f"{name} returned what is no plain value: {error}") from None


def _take_over(name: str, ours: tuple[tuple[Any, ...], dict[str, Any]], after: Any) -> None:
    """Do to the arguments what the submission did to its copies."""
    try:
        (arguments, named) = after
        pairs = [*zip(ours[0], arguments, strict=True), *((ours[1][key], named[key]) for key in ours[1])]
        for value, form in pairs:
            _change(value, codec.decode(form))
    except (codec.BadForm, TypeError, ValueError, LookupError) as error:
        raise AssertionError(f"{name} changed its arguments to what are no plain values: {error}") from None


def _change(ours: Any, theirs: Any) -> None:
    """Make a container equal to another one of its type, and so the containers in it as far as they are still there."""
    if not isinstance(theirs, type(ours)) and not isinstance(ours, type(theirs)):
        return
    if isinstance(ours, list):
        ours[:] = [_changed(old, new) for old, new in zip(ours, theirs, strict=False)] + theirs[len(ours) :]
    elif isinstance(ours, dict):
        old = dict(ours)
        ours.clear()
        ours.update({key: _changed(old.get(key), value) for key, value in theirs.items()})
    elif isinstance(ours, set):
        ours.clear()
        ours.update(theirs)
    elif isinstance(ours, bytearray):
        ours[:] = theirs
    elif hasattr(ours, "extend") and hasattr(ours, "clear"):
        ours.clear()
        ours.extend(theirs)
    elif hasattr(ours, "tolist") and hasattr(ours, "shape") and ours.shape == theirs.shape:
        ours[...] = theirs


def _changed(old: Any, new: Any) -> Any:
    if type(old) is type(new) and isinstance(old, list | dict | set | bytearray):
        _change(old, new)
        return old
    return new
