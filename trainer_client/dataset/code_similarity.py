"""Comparison of programs as texts, without regard to names, comments and layout.

Two measures: the digest of the normalised syntax tree, equal for copies whose names were changed; and winnowed
fingerprints of the tokens (Schleimer, Wilkerson and Aiken 2003), which copies share that were edited too.
"""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from collections.abc import Collection
from hashlib import blake2b

import numpy as np

from trainer_client.dataset.similarity import Grams, gram_sequence

GRAM_TOKENS = 12
WINDOW_GRAMS = 8
"""Any run of ``GRAM_TOKENS + WINDOW_GRAMS - 1`` tokens that two programs share leaves a shared fingerprint."""
_MIN_NODES = 40
_SKIPPED = frozenset(
    {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING,
     tokenize.ENDMARKER}
)  # fmt: skip


def tree_digest(code: str) -> str | None:
    """Return the digest of a Python program's syntax tree, with its names numbered by first appearance. None if it does
    not parse, or has fewer than ``_MIN_NODES`` nodes: small programs are alike without being copies."""
    tree = _parsed(code)
    if tree is None or sum(1 for _ in ast.walk(tree)) < _MIN_NODES:
        return None
    tree = _Normalised(_bound_names(tree)).visit(tree)
    return blake2b(ast.dump(tree).encode(errors="surrogatepass"), digest_size=16).hexdigest()


def fingerprints(code: str) -> Grams:
    """Return the winnowed fingerprints of a program's tokens, with its own names masked; none if it is not Python."""
    tree = _parsed(code)
    if tree is None:
        return np.empty(0, dtype=np.uint64)
    tree = _Normalised(_bound_names(tree), numbered=False).visit(tree)
    hashes = gram_sequence(_tokens(ast.unparse(ast.fix_missing_locations(tree))), GRAM_TOKENS)
    if hashes.size < WINDOW_GRAMS:
        return np.unique(hashes)
    windows = np.lib.stride_tricks.sliding_window_view(hashes, WINDOW_GRAMS)
    return np.unique(windows.min(axis=1))


def _parsed(code: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings(action="ignore"):
            return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _tokens(code: str) -> list[str]:
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    return ["text" if each.type == tokenize.STRING else each.string for each in tokens if each.type not in _SKIPPED]


class _Normalised(ast.NodeTransformer):
    """Renames the program's own names, and removes annotations, docstrings and imports.

    Attributes and names that are only read, such as ``sorted`` or ``append``, stay: they say what the program does.
    """

    def __init__(self, own: Collection[str], *, numbered: bool = True) -> None:
        """Rename the names in ``own``: each to its number by first appearance, or without ``numbered`` all to one."""
        self._own, self._numbered = frozenset(own), numbered
        self._names: dict[str, str] = {}

    def visit_Module(self, node: ast.Module) -> ast.AST:
        node.body = [each for each in node.body if not isinstance(each, ast.Import | ast.ImportFrom)]
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name, node.returns = self._renamed(node.name), None
        node.body = _without_docstring(node.body)
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.name, node.body = self._renamed(node.name), _without_docstring(node.body)
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is None:
            return self.generic_visit(node)
        return self.generic_visit(ast.Assign(targets=[node.target], value=node.value))

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.arg, node.annotation = self._renamed(node.arg), None
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self._renamed(node.id)
        return node

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
        node.arg = None if node.arg is None else self._renamed(node.arg)
        return self.generic_visit(node)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.AST:
        node.names = [self._renamed(name) for name in node.names]
        return node

    def visit_Global(self, node: ast.Global) -> ast.AST:
        node.names = [self._renamed(name) for name in node.names]
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        node.attr = self._renamed(node.attr)
        return self.generic_visit(node)

    def _renamed(self, name: str) -> str:
        if name not in self._own:
            return name
        return self._names.setdefault(name, f"n{len(self._names) if self._numbered else ''}")


def _bound_names(tree: ast.AST) -> list[str]:
    """Return the names that the program itself binds: functions, classes, parameters, variables and attributes."""
    names = []
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.append(name)
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                names.append(name)
    return names


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    match body:
        case [ast.Expr(value=ast.Constant(value=str())), _, *_]:
            return body[1:]
    return body
