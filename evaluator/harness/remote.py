"""What stands in the tests' process for the submission's objects.

Nothing of the submission's decides a comparison with plain data: ``==`` between an object of the submission's and a
plain value is false without asking, and arithmetic with one is an error, unless the tests treat that very object as one
to be tested: they have made it, or used an attribute of it. What a call returns is an answer first, be it the object
that was called. An ``__eq__`` that is always true gains nothing.
"""

from __future__ import annotations

import builtins
import importlib
import sys
from contextlib import suppress
from typing import Any

from evaluator.harness import values
from evaluator.harness.channel import Channel, Reference


class Remote:
    """An object of the submission's."""

    def __init__(self, reference: Reference) -> None:
        object.__setattr__(self, "_microcoder_reference", reference)

    def __getattr__(self, name: str) -> Any:
        if name == "_microcoder_reference":
            raise AttributeError(name)
        value = _ask(self, do="get", name=name)
        if not name.startswith("__"):  # libraries look for those on whatever they are given
            _trusted.add(_number(self))
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        _trusted.add(_number(self))
        _ask(self, do="set", name=name, value=_channel(self).form(value))

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return _call(self, arguments, named)

    def __iter__(self) -> Any:
        return _operate("iter", self)

    def __next__(self) -> Any:
        return _operate("next", self)

    def __bool__(self) -> bool:
        return bool(_operate("bool", self))

    def __hash__(self) -> int:
        return int(_operate("hash", self))

    def __eq__(self, other: object) -> bool:
        return bool(_operate("eq", self, other)) if isinstance(other, Remote) else False

    def __ne__(self, other: object) -> bool:
        return bool(_operate("ne", self, other)) if isinstance(other, Remote) else True

    def __setitem__(self, key: Any, value: Any) -> None:
        _operate("setitem", self, key, value)

    def __exit__(self, *error: object) -> None:
        _operate("exit", self, None, None, None)

    def __instancecheck__(self, value: object) -> bool:
        return isinstance(value, Remote) and bool(_ask(self, do="instance", value=_channel(self).form(value)))

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        raise TypeError('a class of the submission is derived from: such tests need "apart": false')


def _unary(name: str) -> Any:
    return lambda self: _operate(name, self)


def _binary(name: str) -> Any:
    return lambda self, other: _with_plain(name, self, other)


def _reflected(name: str) -> Any:
    return lambda self, other: _with_plain(name, other, self)


for _name in ("len", "str", "repr", "float", "int", "index", "abs", "neg", "pos", "invert", "enter"):
    setattr(Remote, f"__{_name}__", _unary(_name))
for _name in ("lt", "le", "gt", "ge", "contains", "getitem", "delitem"):
    setattr(Remote, f"__{_name}__", _binary(_name))
for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor"):
    setattr(Remote, f"__{_name}__", _binary(_name))
    setattr(Remote, f"__r{_name}__", _reflected(_name))


def _with_plain(name: str, left: Any, right: Any) -> Any:
    """An operator with an operand that may be plain."""
    remote = left if isinstance(left, Remote) else right
    both = isinstance(left, Remote) and isinstance(right, Remote)
    if not both and name != "getitem" and _number(remote) not in _trusted:
        raise TypeError(f"the result is a {_facts(remote).get('type')}, not a plain value")
    value = _operate(name, left, right)
    if isinstance(value, Remote) and _number(remote) in _trusted:
        _trusted.add(_number(value))
    return value


_trusted: set[int] = set()
"""The numbers of objects that the tests treat as such."""


def _number(remote: Remote) -> int:
    reference: Reference = object.__getattribute__(remote, "_microcoder_reference")
    return reference.number


def _facts(remote: Remote) -> dict[str, Any]:
    reference: Reference = object.__getattribute__(remote, "_microcoder_reference")
    return reference.facts


def _channel(remote: Remote) -> Channel:
    reference: Reference = object.__getattribute__(remote, "_microcoder_reference")
    return reference.channel


def _ask(remote: Remote, **message: Any) -> Any:
    channel = _channel(remote)
    return result(channel, channel.ask(of=channel.form(remote), **message))


def _operate(name: str, *operands: Any) -> Any:
    remote = next(operand for operand in operands if isinstance(operand, Remote))
    channel = _channel(remote)
    return result(channel, channel.ask(do="operate", name=name, operands=channel.form(operands)))


def _call(remote: Remote, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
    channel = _channel(remote)
    sent = channel.form(arguments), channel.form(named)
    answer = channel.ask(do="call", of=channel.form(remote), arguments=sent[0], named=sent[1])
    try:
        returned = result(channel, answer)
    except (StopIteration, StopAsyncIteration) as error:
        # It would end a loop of the tests' (map's, all's) as if all was done.
        if channel.passes_end_of_iteration:
            raise
        raise _as_runtime_error(error) from None
    if isinstance(returned, Remote):
        (_trusted.add if _facts(remote).get("kind") == "class" else _trusted.discard)(_number(returned))
    after = channel.value(answer.get("arguments", sent[0])), channel.value(answer.get("named", sent[1]))
    if (answer.get("arguments"), answer.get("named")) != sent:
        for ours, changed in (*zip(arguments, after[0], strict=False), *((named[k], after[1].get(k)) for k in named)):
            _change(ours, changed)
    return returned


def _as_runtime_error(error: BaseException) -> RuntimeError:
    """Make the error that Python makes of it where a generator raises it (PEP 479)."""
    made = RuntimeError(f"the program raised {type(error).__name__}")
    made.__dict__.update(error.__dict__)
    return made


def _change(ours: Any, changed: Any) -> None:
    """Do to an argument what the submission did to its copy."""
    if type(ours) is not type(changed) or isinstance(ours, Remote):
        return
    if isinstance(ours, list | bytearray):
        ours[:] = changed
    elif isinstance(ours, dict | set):
        ours.clear()
        ours.update(changed)
    elif hasattr(ours, "extend") and hasattr(ours, "clear"):
        ours.clear()
        ours.extend(changed)
    elif hasattr(ours, "tolist") and hasattr(ours, "shape") and ours.shape == changed.shape:
        ours[...] = changed


def result(channel: Channel, answer: dict[str, Any]) -> Any:
    """What the submission answered.

    Raises:
        BaseException: what it raised, as the same class where that is a library's, else as one made to stand for it.
    """
    if "class" in answer:
        raise _raised(channel, answer)
    return channel.value(answer.get("value"))


def _raised(channel: Channel, answer: dict[str, Any]) -> BaseException:
    """What the submission raised. Whatever it says of that, it has raised something."""
    try:
        arguments = channel.value(answer["arguments"])
        raised = _exception(exception_class(answer["class"]), arguments if isinstance(arguments, tuple) else ())
    except (values.NotPlain, LookupError, TypeError, ValueError) as error:
        raised = RuntimeError(f"the program raised what is no exception: {type(error).__name__}")
    raised.__dict__["microcoder_trace"] = str(answer.get("trace"))
    return raised


def _exception(kind: type[BaseException], arguments: tuple[Any, ...]) -> BaseException:
    """As the class makes it; where that takes more than it tells, with its arguments only."""
    with suppress(Exception):
        return kind(*arguments)
    raised: BaseException = Exception()
    with suppress(TypeError):  # a group is not made so
        raised = BaseException.__new__(kind)
    raised.args = arguments
    return raised


_RUNNERS = frozenset({"unittest", "doctest", "pytest", "_pytest"})
"""Whose exceptions tell the runner what to do: to skip a test, to stop, to pass it."""
_exceptions: dict[tuple[str, str, str], type[BaseException]] = {}
"""Those made to stand for one."""


def exception_class(facts: dict[str, Any]) -> type[BaseException]:
    """The class here that stands for an exception class there; always the same for the same. The library's own is taken
    only from modules that the tests have imported: the submission says its name, and may say any."""
    name, module, base = str(facts["name"]), str(facts["module"]), str(facts["base"])
    known = module == "builtins" or module.partition(".")[0] in sys.stdlib_module_names
    found: Any = vars(sys.modules.get(module, object)).get(name) if known else None
    if _is_exception(found) and (found.__module__, found.__name__) == (module, name) and not _is_of_runner(found):
        kind: type[BaseException] = found
        return kind
    if (module, name, base) not in _exceptions:
        above: Any = vars(builtins).get(base)
        told = name if name.isidentifier() else "Exception"
        _exceptions[module, name, base] = type(told, (above if _is_exception(above) else Exception,), {})
    return _exceptions[module, name, base]


def _is_exception(found: Any) -> bool:
    return isinstance(found, type) and issubclass(found, BaseException)


def _is_of_runner(kind: type[BaseException]) -> bool:
    return any(above.__module__.partition(".")[0] in _RUNNERS for above in kind.__mro__)


def wrap(reference: Reference) -> Any:
    """What stands for an object of the submission's. Modules that both have are the same thing here."""
    facts = reference.facts
    if facts.get("kind") == "exception":
        return exception_class(facts)
    found = _library(str(facts.get("name"))) if facts.get("kind") == "module" else None
    return Remote(reference) if found is None else found


def _library(name: str) -> Any:
    """A module of the standard library or numpy, if there is one of that name. Below the first name, only what that
    imports itself: some of them run something."""
    top = name.partition(".")[0]
    if top not in sys.stdlib_module_names | {"numpy"}:
        return None
    try:
        importlib.import_module(top)
    except Exception:
        return None
    return sys.modules.get(name)


def is_of_library(value: object) -> bool:
    """Whether the submission has it from the standard library."""
    return isinstance(value, Remote) and str(_facts(value).get("module")).partition(".")[0] in sys.stdlib_module_names
