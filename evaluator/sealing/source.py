"""The author's text as a tree, bounded in size and depth."""

from __future__ import annotations

import ast
import contextlib
import sys
import warnings
from collections.abc import Iterator

from evaluator.sealing.sealed import TooComplex, UnparsableTests

MAX_TEXT_BYTES = 4 << 20
MAX_DEPTH = 400
"""Of the tree. People's tests reach 40; every recursion over the tree stays within ``_RECURSION_LIMIT``."""
_RECURSION_LIMIT = 8_000
"""Enough for ``MAX_DEPTH`` in each walk, and few enough for the parser's own recursion to fit the C stack."""
MAX_EXCERPT_LENGTH = 300

_NO_CHILDREN = {"ctx", "op", "ops", "kind", "id", "attr", "type_comment"}
"""Fields without nodes, and those with nodes that the parser shares between expressions, as ``Load()``."""


class Source:
    """A parsed text, with each node's parent.

    ``nodes`` are all nodes in the order of the text; whoever changes the tree calls ``index`` afterwards.
    """

    def __init__(self, text: str) -> None:
        self._lines = text.encode("utf-8", "replace").splitlines()
        self.module = _parsed(text)
        self.index()

    def index(self) -> None:
        """List nodes and parents anew.

        Raises:
            TooComplex: the tree is too deep.
        """
        self.nodes: list[ast.AST] = []
        self.parents: dict[ast.AST, ast.AST] = {}
        stack: list[tuple[ast.AST, int]] = [(self.module, 0)]
        while stack:
            node, depth = stack.pop()
            if depth > MAX_DEPTH:
                raise TooComplex(f"the tests nest deeper than {MAX_DEPTH} levels: split long expressions")
            self.nodes.append(node)
            inside = children(node)
            for child in reversed(inside):
                self.parents[child] = node
                stack.append((child, depth + 1))

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """A node's parent, its parent's parent, and so on."""
        parent = self.parents.get(node)
        while parent is not None:
            yield parent
            parent = self.parents.get(parent)

    def excerpt(self, node: ast.stmt | ast.expr) -> str:
        """The text of a node, shortened, on one line."""
        end = node.end_lineno or node.lineno
        parts: list[bytes] = []
        for number, line in enumerate(self._lines[node.lineno - 1 : min(end, node.lineno + 7)], node.lineno):
            start = node.col_offset if number == node.lineno else 0
            stop = node.end_col_offset if number == end and node.end_col_offset is not None else len(line)
            parts.append(line[start : min(stop, start + 4 * MAX_EXCERPT_LENGTH)].strip())
        text = b" ".join(parts).decode("utf-8", "replace")
        return text if len(text) <= MAX_EXCERPT_LENGTH else f"{text[:MAX_EXCERPT_LENGTH]}…"


def _parsed(text: str) -> ast.Module:
    if len(text.encode("utf-8", "replace")) > MAX_TEXT_BYTES:
        raise TooComplex(f"the tests have more than {MAX_TEXT_BYTES >> 20} MiB: split the suite")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the author's escapes, and they go to stderr
            return ast.parse(text)
    except (SyntaxError, ValueError, OverflowError) as error:
        raise UnparsableTests(f"the tests are no Python: {error}") from None
    except (RecursionError, MemoryError):
        raise TooComplex("the tests nest too deeply for Python's parser: split long expressions") from None


@contextlib.contextmanager
def room_to_recurse() -> Iterator[None]:
    """Set the recursion limit for walks over a tree, whatever it was before; put it back at the end.

    Raises:
        TooComplex: a walk needed more.
    """
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(_RECURSION_LIMIT)
    try:
        yield
    except RecursionError:
        raise TooComplex("the tests nest too deeply: split long expressions") from None
    finally:
        sys.setrecursionlimit(before)


def _child_fields(kind: type[ast.AST]) -> tuple[str, ...]:
    if issubclass(kind, ast.Constant):
        return ()
    return tuple(name for name in kind._fields if name not in _NO_CHILDREN)


_CHILD_FIELDS = {
    kind: _child_fields(kind) for kind in vars(ast).values() if isinstance(kind, type) and issubclass(kind, ast.AST)
}


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes directly inside a node: as ``ast.iter_child_nodes``, without the shared ones, and in half the time."""
    nodes: list[ast.AST] = []
    for name in _CHILD_FIELDS[type(node)]:
        value = getattr(node, name, None)
        if isinstance(value, list):
            nodes += [item for item in value if isinstance(item, ast.AST)]
        elif isinstance(value, ast.AST):
            nodes.append(value)
    return nodes


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all nodes inside it."""
    stack = [node]
    while stack:
        node = stack.pop()
        yield node
        stack += children(node)


def dotted(node: ast.AST | None) -> str:
    """``a.b.c`` of such an expression, empty for any other."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = dotted(node.value)
        return f"{base}.{node.attr}" if base else ""
    return ""


def callee(node: ast.AST) -> str:
    """The last name of what a call calls: ``m`` of ``a.b().m()``."""
    if not isinstance(node, ast.Call):
        return ""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def has_stars(call: ast.Call) -> bool:
    """Tell whether a call unpacks arguments."""
    return any(isinstance(part, ast.Starred) for part in call.args) or any(k.arg is None for k in call.keywords)


Function = (ast.FunctionDef, ast.AsyncFunctionDef)
"""For ``isinstance``."""

Comprehension = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
"""For ``isinstance``."""


def is_main_guard(node: ast.AST) -> bool:
    """``if __name__ == "__main__":``"""
    return (
        isinstance(node, ast.If)
        and isinstance(node.test, ast.Compare)
        and any(
            isinstance(side, ast.Name) and side.id == "__name__" for side in (node.test.left, *node.test.comparators)
        )
    )
