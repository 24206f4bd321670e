"""Harnesses in other languages: each is put behind (or around) a submission, and both become one program."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

_HERE = Path(__file__).parent
_COMMENTS = re.compile(rb"//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_BEGINS_WITH_HEADER = re.compile(rb'\s*#\s*include\s*[<"]bits/stdc\+\+\.h[>"]')
# A submission's source is scanned outside of the sandbox: no part of it may be gone over from each of many places where
# a match could start. So what starts a line is looked for in that line alone, and no repetition gives anything back.
_JAVA_IMPORT = re.compile(rb"^[^\S\n]*+(?:import\s++(?:static\s++)?|package\s++)[\w.*]++\s*+;", re.MULTILINE)
_JAVA_PUBLIC = re.compile(
    rb"\bpublic\s++(?=(?:(?:abstract|final|sealed|strictfp)\s++)*+(?:class|interface|enum|record)\b)"
)
_JAVA_PRELUDE = b"import java.math.*;\nimport java.util.*;\nimport java.util.function.*;\nimport java.util.stream.*;"
_NODES = {
    "cpp": {
        b"ListNode": b"struct ListNode { int val; ListNode *next; "
        b"ListNode(int x = 0, ListNode *n = nullptr) : val(x), next(n) {} };\n",
        b"TreeNode": b"struct TreeNode { int val; TreeNode *left, *right; "
        b"TreeNode(int x = 0, TreeNode *l = nullptr, TreeNode *r = nullptr) : val(x), left(l), right(r) {} };\n",
        b"RandomNode": b"struct Node { int val; Node *next, *random; "
        b"Node(int x = 0, Node *n = nullptr, Node *r = nullptr) : val(x), next(n), random(r) {} };\n",
        b"NaryNode": b"#include <vector>\nstruct Node { int val; std::vector<Node *> children; "
        b"Node(int x = 0, std::vector<Node *> c = {}) : val(x), children(c) {} };\n",
        b"GraphNode": b"#include <vector>\nstruct Node { int val; std::vector<Node *> neighbors; "
        b"Node(int x = 0, std::vector<Node *> n = {}) : val(x), neighbors(n) {} };\n",
    },
    "java": {
        b"ListNode": b"class ListNode { int val; ListNode next; ListNode() {} ListNode(int val) { this.val = val; } "
        b"ListNode(int val, ListNode next) { this.val = val; this.next = next; } }\n",
        b"TreeNode": b"class TreeNode { int val; TreeNode left, right; TreeNode() {} "
        b"TreeNode(int val) { this.val = val; } TreeNode(int val, TreeNode left, TreeNode right) "
        b"{ this.val = val; this.left = left; this.right = right; } }\n",
        b"RandomNode": b"class Node { int val; Node next, random; Node() {} Node(int val) { this.val = val; } "
        b"Node(int val, Node next, Node random) { this.val = val; this.next = next; this.random = random; } }\n",
        b"NaryNode": b"class Node { int val; java.util.List<Node> children = new java.util.ArrayList<>(); Node() {} "
        b"Node(int val) { this.val = val; } "
        b"Node(int val, java.util.List<Node> children) { this.val = val; this.children = children; } }\n",
        b"GraphNode": b"class Node { int val; java.util.List<Node> neighbors = new java.util.ArrayList<>(); Node() {} "
        b"Node(int val) { this.val = val; } Node(int val, java.util.ArrayList<Node> neighbors) "
        b"{ this.val = val; this.neighbors = neighbors; } }\n",
    },
    "javascript": {
        b"ListNode": b"function ListNode(val, next) { this.val = val ?? 0; this.next = next ?? null; }\n",
        b"TreeNode": b"function TreeNode(val, left, right) "
        b"{ this.val = val ?? 0; this.left = left ?? null; this.right = right ?? null; }\n",
        b"RandomNode": b"function Node(val, next, random) "
        b"{ this.val = val; this.next = next ?? null; this.random = random ?? null; }\n",
        b"NaryNode": b"function Node(val, children) { this.val = val; this.children = children ?? []; }\n",
        b"GraphNode": b"function Node(val, neighbors) { this.val = val ?? 0; this.neighbors = neighbors ?? []; }\n",
    },
}
"""LeetCode's definitions, for submissions that have none."""

_LINKS = {b"RandomNode": b"random", b"NaryNode": b"children", b"GraphNode": b"neighbors"}
"""LeetCode calls nodes of three different things ``Node``: what tells them apart."""

_DEFINES = (
    rb"\b(?:class|struct|enum|union|interface|record|function)\s++%(name)s\b\s*+(?:[{:<(]|final\b|extends\b|implements\b)"
    rb"|\b(?:using|type)\s++%(name)s\s*+=|\b(?:const|let|var)\s++%(name)s\b|\}\s*+%(name)s\s*+;"
)
_TYPEDEF = re.compile(rb"\btypedef\b[^;]*+(?:;|\Z)")
"""A whole statement, so that those inside of it are not looked at once more."""

_CPP_KEYWORD = re.compile(
    r"alignas|alignof|and|and_eq|asm|auto|bitand|bitor|bool|break|case|catch|char|char16_t|char32_t|class|compl"
    r"|const|const_cast|constexpr|continue|decltype|default|delete|do|double|dynamic_cast|else|enum|explicit"
    r"|export|extern|false|float|for|friend|goto|if|inline|int|long|mutable|namespace|new|noexcept|not|not_eq"
    r"|nullptr|operator|or|or_eq|private|protected|public|register|reinterpret_cast|return|short|signed|sizeof"
    r"|static|static_assert|static_cast|struct|switch|template|this|thread_local|throw|true|try|typedef|typeid"
    r"|typename|union|unsigned|using|virtual|void|volatile|wchar_t|while|xor|xor_eq"
)


class NotInLanguage(Exception):
    """The language has no form for what the suite asks for; the message says what that is."""


@dataclass(frozen=True, slots=True)
class Operations:
    """The calls that a suite's tests make of a class: of its constructor, by number of arguments, and of its methods,
    by name and number of arguments."""

    constructors: frozenset[int]
    methods: frozenset[tuple[str, int]]

    @classmethod
    def of(cls, inputs: Iterable[Any]) -> Self:
        """Those of tests' inputs, each ``[[names], [arguments]]``."""
        constructors, methods = set(), set()
        for names, arguments in inputs:
            constructors.add(len(arguments[0]))
            methods |= {(name, len(values)) for name, values in zip(names[1:], arguments[1:], strict=True)}
        return cls(frozenset(constructors), frozenset(methods))


def javascript(code: bytes, name: str, kinds: Iterable[str] = ()) -> bytes:
    """A submission with the harness behind it, in its own scope. ``kinds``: of the suite's types, those of nodes."""
    nodes = _missing_nodes("javascript", _COMMENTS.sub(b" ", code), kinds)
    return code + b"\n" + nodes + _text("function.js").replace(b"@name@", name.encode())


def cpp(
    code: bytes, name: str, *, prelude: bool, kinds: Iterable[str] = (), operations: Operations | None = None
) -> bytes:
    """The same; the function is a method of ``Solution`` where there is such a class, else a free one; with
    ``operations``, it is a class.

    Raises:
        NotInLanguage: an operation has a name that no method can have.
    """
    plain = _COMMENTS.sub(b" ", code)
    of_class = re.search(rb"\b(?:class|struct)\s+Solution\b", plain)
    if operations is None:
        perform = f"microcoder::call(result, json, &{'Solution::' if of_class else ''}{name});"
    else:
        perform = _cpp_operations(name, operations)
    before = _text("prelude.cpp") if prelude else hiding_main(plain)
    harness = _text("function.cpp").replace(b"@name@", name.encode()).replace(b"@perform@", perform.encode())
    return before + _missing_nodes("cpp", plain, kinds) + b'#line 1 "solution"\n' + code + harness


def hiding_main(code: bytes) -> bytes:
    """Return the lines before a submission in C or C++ that keep its ``main`` from being the program's.

    The usual header comes first where the submission begins with it: a compiler takes the one that is prepared only
    where nothing is defined before it that it mentions.
    """
    header = b"#include <bits/stdc++.h>\n" if _BEGINS_WITH_HEADER.match(_COMMENTS.sub(b" ", code)) else b""
    return header + b"#define main microcoder_submission_main\n"


def _cpp_operations(name: str, operations: Operations) -> str:
    for called in (name, *(method for method, _ in operations.methods)):
        if _CPP_KEYWORD.fullmatch(called):
            raise NotInLanguage(f"C++ has no class and no method that is called {called}")
    lines = [f"microcoder::Design<{name}> design;"]
    lines += [f"design.constructor<{count}>();" for count in sorted(operations.constructors)]
    lines += [
        f'design.method<{count}>("{method}", MICROCODER_METHOD({method}));'
        for method, count in sorted(operations.methods)
    ]
    return "\n        ".join([*lines, "design.perform(result, json);"])


def java(code: bytes, *, prelude: bool, kinds: Iterable[str] = ()) -> bytes:
    """The same; the harness is the only public class, since a file is named after that."""
    imports, body = java_units(code)
    before = _JAVA_PRELUDE + b"\n" + imports if prelude else imports
    nodes = _missing_nodes("java", _COMMENTS.sub(b" ", code), kinds)
    return before + b"\n" + body + b"\n" + nodes + _text("function.java")


def java_units(*sources: bytes) -> tuple[bytes, bytes]:
    """Several sources as one: all imports, and what follows them, with no class public (a file is named after that)."""
    imports = (line for source in sources for line in _JAVA_IMPORT.findall(_COMMENTS.sub(b" ", source)))
    import_lines = dict.fromkeys(line.strip() for line in imports if b"package" not in line)
    bodies = (_JAVA_PUBLIC.sub(b"", _JAVA_IMPORT.sub(b"", source)) for source in sources)
    return b"\n".join(import_lines), b"\n".join(bodies)


def _missing_nodes(language: str, plain: bytes, kinds: Iterable[str]) -> bytes:
    """Definitions of the nodes that a submission mentions and does not define."""
    classes = {b"ListNode": b"ListNode", b"TreeNode": b"TreeNode"}
    by_suite = [kind.encode() for kind in kinds if kind.encode() in _LINKS]
    by_use = [kind for kind, link in _LINKS.items() if _mentions(plain, link)]
    if kind := next(iter(by_suite + by_use), None):
        classes[b"Node"] = kind
    return b"".join(
        _NODES[language][kind] for name, kind in classes.items() if _mentions(plain, name) and not _defines(plain, name)
    )


def _defines(plain: bytes, name: bytes) -> bool:
    if re.search(_DEFINES % {b"name": name}, plain):
        return True
    is_last = re.compile(rb"\b%b\s*+;\Z" % name)
    return any(is_last.search(statement[0]) for statement in _TYPEDEF.finditer(plain))


def _mentions(plain: bytes, name: bytes) -> bool:
    return re.search(rb"\b%s\b" % name, plain) is not None


def _text(file: str) -> bytes:
    return (_HERE / file).read_bytes()
