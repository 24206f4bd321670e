"""Runs in the jail: loads the submission, calls one function with plain arguments, writes what it gave to result.json.

It is assumed hostile once the submission is loaded: what it writes is only what the program answers.
"""

from __future__ import annotations

import json
import os
import sys
import types
from collections.abc import Callable, Iterable
from typing import Any

from evaluator.harness import hints, loading, structures, values

CALL, RESULT = "call.json", "result.json"
_BUILTIN_NAMES = loading.beside_builtins(structures.CLASSES)
_TYPICAL = """
from typing import List, Optional
class Solution:
    def typical(self, numbers: List[int], text: str) -> List[int]:
        seen = {}
        for place, number in enumerate(sorted(numbers)):
            seen[number] = max(seen.get(number, 0), place)
        return [len(text), *seen.values()]
"""
_TYPICAL_CALL = (
    b'{"name": "typical", "style": "call", "types": null, "answer": null, "arguments": [[3, 1, 2], "some text"]}'
)
_TIMES = 16
"""As in ``sandbox.zygote.scripts``."""


class Missing(Exception):
    """The submission defines no such function; the message names it."""


def main() -> None:
    """Entry point."""
    with open(CALL, "rb", buffering=0) as file:
        call = json.loads(file.read())
    write, dumps = _writer(f"{os.getcwd()}/{RESULT}"), json.dumps  # a submission may replace what it likes
    loading.prepare()
    sys.argv = [loading.SOURCE]
    try:
        module = loading.load(_BUILTIN_NAMES if call["prelude"] else None)
        answer = {"value": _OF_STYLE[call["style"]](module, call)}
    except loading.NotPython as error:
        answer = {"syntax_error": str(error)}
    except Missing as error:
        answer = {"missing": str(error)}
    except values.NotPlain as error:
        answer = {"not_plain": str(error)}
    except SystemExit:
        raise
    except BaseException as error:
        loading.show(error)
        os._exit(1)
    write(dumps(answer))
    loading.forget()


def answer_of(code: types.CodeType, call: dict[str, Any]) -> Any:
    """Run a program that was compiled, and return the form of its call's value."""
    module = loading.run(code, _BUILTIN_NAMES if call["prelude"] else None)
    return _OF_STYLE[call["style"]](module, call)


def rehearse() -> None:
    """Do once, before there is a submission, what the first does in the interpreter: a child that did it would copy the
    memory that it changes."""
    code = compile(_TYPICAL, loading.SOURCE, "exec", dont_inherit=True)
    for _ in range(_TIMES):
        call = json.loads(_TYPICAL_CALL)
        module = loading.run(code, _BUILTIN_NAMES)
        json.dumps({"value": _call(module, call)}).encode("utf-8", "surrogatepass")
        loading.forget()


def _call(module: types.ModuleType, call: dict[str, Any]) -> Any:
    """Call a function once. Its answer is what it returns, or an argument as it left it."""
    function = _find(module, call["name"])
    arguments = call["arguments"]
    params, returns = hints.types_of(function, call["types"], vars(module))
    known = list(params.values())
    if isinstance(arguments, dict):
        by_name = params.keys() >= arguments.keys()
        kinds = [params[name] for name in arguments] if by_name else _as_many(known, len(arguments))
        arguments = _built(arguments.values(), kinds, module)
        returned = function(**dict(zip(call["arguments"], arguments, strict=True)))
    else:
        kinds = _as_many(known, len(arguments))
        arguments = _built(arguments, kinds, module)
        returned = function(*arguments)
    if call["answer"] is not None:
        number = call["answer"]
        return _form(arguments[number], kinds[number])
    return _form(returned, returns)


def _as_many(kinds: list[hints.Type], count: int) -> list[hints.Type]:
    """Return a type for each argument: more than there are parameters belong to the last, ``*args``."""
    return [*kinds, *(kinds[-1:] or [hints.PLAIN]) * count][:count]


def _built(arguments: Iterable[Any], kinds: list[hints.Type], module: types.ModuleType) -> list[Any]:
    return [structures.build(value, kind, module) for value, kind in zip(arguments, kinds, strict=True)]


def _operations(module: types.ModuleType, call: dict[str, Any]) -> list[Any]:
    """Make an object and call its methods, as design problems are written: names, and a list of arguments for each."""
    names, arguments = call["arguments"]
    kind = vars(module).get(call["name"])
    if not isinstance(kind, type):
        raise Missing(call["name"])
    instance, answers = None, []
    for position, (name, call_arguments) in enumerate(zip(names, arguments, strict=True)):
        method = kind if position == 0 else getattr(instance, name, None)
        if method is None:
            raise Missing(f"{call['name']}.{name}")
        typed = vars(kind).get("__init__") if position == 0 else method
        params, returns = hints.types_of(typed, None, vars(module))
        kinds = _as_many(list(params.values()), len(call_arguments))
        returned = method(*_built(call_arguments, kinds, module))
        if position == 0:
            instance = returned
        # The instance itself, for calls in a chain: no value of it is meant.
        answers.append(None if returned is instance else _form(returned, returns))
    return answers


_OF_STYLE: dict[str, Callable[[types.ModuleType, dict[str, Any]], Any]] = {"call": _call, "operations": _operations}


def _find(module: types.ModuleType, name: str) -> Any:
    """``Solution().name`` (a fresh instance for each test) or the module's own ``name``."""
    solution = vars(module).get("Solution")
    if solution is not None and hasattr(solution, name):
        return getattr(solution(), name)
    if not callable(vars(module).get(name)):
        raise Missing(name)
    return vars(module)[name]


def _form(value: Any, kind: hints.Type) -> Any:
    """The form of a result. A generator, or another iterator of the library's, is the list of what it gives, told apart
    from a list that the program made."""
    lazy = isinstance(value, types.GeneratorType) or (
        type(value).__module__ in ("builtins", "itertools") and hasattr(type(value), "__next__")
    )
    return values.tagged("list", structures.form(list(value), kind)) if lazy else structures.form(value, kind)


def _writer(path: str) -> Callable[[str], None]:
    """Writes text to a path that was fixed before the submission ran."""
    opened, wrote, closed = os.open, os.write, os.close

    def write(text: str) -> None:
        data = text.encode("utf-8", "surrogatepass")
        descriptor = opened(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        while data:
            data = data[wrote(descriptor, data) :]
        closed(descriptor)

    return write
