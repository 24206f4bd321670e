"""The harness of C++ around a submission: one source, in which neither's names and macros mean the other's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from evaluator.harness.native import nodes
from evaluator.harness.native.shapes import UNKNOWN, Shape, shapes_of

_COMMENTS = re.compile(rb"//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_COMMENTS_AND_LITERALS = re.compile(
    rb"//[^\n]*+|/\*(?:.*?\*/|.*)|\"(?:\\.|[^\"\\\n])*+\"?|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])*+'?", re.DOTALL
)
_BEGINS_WITH_HEADER = re.compile(rb'\s*#\s*include\s*[<"]bits/stdc\+\+\.h[>"]')
_KEYWORD = re.compile(
    r"alignas|alignof|and|and_eq|asm|auto|bitand|bitor|bool|break|case|catch|char|char16_t|char32_t|class|compl"
    r"|const|const_cast|constexpr|continue|decltype|default|delete|do|double|dynamic_cast|else|enum|explicit"
    r"|export|extern|false|float|for|friend|goto|if|inline|int|long|mutable|namespace|new|noexcept|not|not_eq"
    r"|nullptr|operator|or|or_eq|private|protected|public|register|reinterpret_cast|return|short|signed|sizeof"
    r"|static|static_assert|static_cast|struct|switch|template|this|thread_local|throw|true|try|typedef|typeid"
    r"|typename|union|unsigned|using|virtual|void|volatile|wchar_t|while|xor|xor_eq"
)
_HIDES_MAIN = b"#define main microcoder_submission_main\n"
_WORDS = (
    *("auto", "class", "const", "decltype", "int", "main", "namespace", "operator", "return", "static_cast"),
    *("struct", "template", "using"),
)
"""All that stands behind the submission is written in these: they mean again what they mean in C++."""
_MAIN = """\
int main() {
    microcoder::run([](auto &microcoder_to, const auto &microcoder_json) {
        %s
    });
}
"""


class NotInLanguage(Exception):
    """The language has no form for what the suite asks for; the message says what that is."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function of that name, or a class (``is_class``), that a suite's tests call with ``inputs``. ``types`` are the
    suite's of the parameters."""

    name: str
    inputs: tuple[Any, ...]
    is_class: bool = False
    answer: int | None = None
    types: tuple[str, ...] = ()


def join(code: bytes, function: Function, *, prelude: bool, kinds: Iterable[str] = ()) -> bytes:
    """A submission with the harness before it, and behind it what names its functions. ``kinds``: of the suite's types,
    those of nodes.

    Raises:
        NotInLanguage: an operation has a name that no method can have.
    """
    methods = {name for names, _ in function.inputs for name in names[1:]} if function.is_class else set()
    for called in (function.name, *sorted(methods)):
        if _KEYWORD.fullmatch(called):
            raise NotInLanguage(f"C++ has no function, class or method that is called {called}")
    before, behind = _of_class(function) if function.is_class else _of_function(function)
    parts = (
        nodes.text("function.cpp"),
        before.encode(),
        b"using namespace std;\n" if prelude else b"",
        _HIDES_MAIN,
        nodes.missing_in_cpp(_COMMENTS_AND_LITERALS.sub(b" ", code), kinds),
        b'#line 1 "solution"\n',
        code,
        b'\n#line 1 "harness"\n',
        "".join(f"#undef {word}\n" for word in _WORDS).encode(),
        behind.encode(),
    )
    return b"".join(parts)


def hiding_main(code: bytes) -> bytes:
    """Return the lines before a submission in C or C++ that keep its ``main`` from being the program's.

    The usual header comes first where the submission begins with it: a compiler takes the one that is prepared only
    where nothing is defined before it that it mentions.
    """
    header = b"#include <bits/stdc++.h>\n" if _BEGINS_WITH_HEADER.match(_COMMENTS.sub(b" ", code)) else b""
    return header + _HIDES_MAIN


def _of_function(function: Function) -> tuple[str, str]:
    """The lines before and behind a submission whose function is called."""
    name, answer = function.name, "microcoder::no_answer" if function.answer is None else function.answer
    types = f"::Solution, microcoder_method_{name}, microcoder_function, microcoder_library::Function, {answer}"
    calls = shapes_of(map(_listed, function.inputs), function.types)
    arguments = ", ".join(["microcoder_to", "microcoder_json", *map(_shapes, calls)])
    behind = f"MICROCODER_FUNCTION({name})\nMICROCODER_METHOD({name})\n"
    return f"MICROCODER_LIBRARY({name})\n", behind + _MAIN % f"microcoder::Call<{types}>::perform({arguments});"


def _of_class(function: Function) -> tuple[str, str]:
    """The lines before and behind a submission of whose class an object is made."""
    constructors = shapes_of((arguments[0] for _, arguments in function.inputs), function.types)
    methods: dict[str, list[Any]] = {}
    for names, arguments in function.inputs:
        for name, values in zip(names[1:], arguments[1:], strict=True):
            methods.setdefault(name, []).append(values)
    lines = [f"microcoder::Design<::{function.name}> microcoder_design;"]
    lines += [f"microcoder_design.constructor({_shapes(call)});" for call in constructors]
    for name, inputs in sorted(methods.items()):
        calls = shapes_of(inputs)
        lines += [f'microcoder_design.method<microcoder_method_{name}>("{name}", {_shapes(call)});' for call in calls]
    lines.append("microcoder_design.perform(microcoder_to, microcoder_json);")
    wrappers = "".join(f"MICROCODER_METHOD({name})\n" for name in sorted(methods))
    return "", wrappers + _MAIN % "\n        ".join(lines)


def _listed(arguments: Any) -> list[Any]:
    """Arguments in their order; those with names have it too."""
    return list(arguments.values()) if isinstance(arguments, dict) else arguments


def _shapes(call: tuple[Shape, ...]) -> str:
    return f"microcoder::Shapes<{', '.join(map(_written, call))}>()"


def _written(shape: Shape) -> str:
    if isinstance(shape, tuple):
        return f"microcoder::{shape[0]}<{_written(shape[1])}>"
    return "microcoder::Any" if shape == UNKNOWN else f"microcoder::{shape}"
