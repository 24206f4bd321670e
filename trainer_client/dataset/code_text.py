"""Programs compared as texts: names, comments and layout do not count.

Two measures: the digest of the normalised syntax tree, equal for copies whose names were changed; and winnowed
fingerprints of the tokens (Schleimer, Wilkerson and Aiken 2003), which copies share that were edited too.
"""

from __future__ import annotations

import ast
import io
import keyword
import tokenize
from hashlib import blake2b

import numpy as np

from trainer_client.dataset.text import Grams, gram_sequence

GRAM_TOKENS = 12
WINDOW_GRAMS = 8
"""Any run of ``GRAM_TOKENS + WINDOW_GRAMS - 1`` tokens that two programs share leaves a shared fingerprint."""
_SKIPPED = frozenset(
    {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING,
     tokenize.ENDMARKER}
)  # fmt: skip


def tree_digest(code: str, *, min_nodes: int = 30) -> str | None:
    """The digest of a Python program's syntax tree with names by order of appearance, or None where it does not parse
    or has fewer than ``min_nodes`` nodes: small programs are alike without being copies."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if sum(1 for _ in ast.walk(tree)) < min_nodes:
        return None
    tree = _Normalised().visit(tree)
    return blake2b(ast.dump(tree).encode(errors="surrogatepass"), digest_size=16).hexdigest()


def fingerprints(code: str) -> Grams:
    """The winnowed fingerprints of a program's tokens, names masked; none where it is too short or no Python."""
    hashes = gram_sequence(_tokens(code), GRAM_TOKENS)
    if hashes.size < WINDOW_GRAMS:
        return np.unique(hashes)
    windows = np.lib.stride_tricks.sliding_window_view(hashes, WINDOW_GRAMS)
    return np.unique(windows.min(axis=1))


def _tokens(code: str) -> list[str]:
    try:
        found = list(tokenize.generate_tokens(io.StringIO(code).readline))
    except (tokenize.TokenError, SyntaxError, ValueError):
        return []
    return [_token(each) for each in found if each.type not in _SKIPPED]


def _token(token: tokenize.TokenInfo) -> str:
    if token.type == tokenize.NAME and not keyword.iskeyword(token.string):
        return "name"
    return "text" if token.type == tokenize.STRING else token.string


class _Normalised(ast.NodeTransformer):
    """Renames what the program names, and removes annotations, docstrings and imports.

    Attributes and names that are only read, such as ``sorted`` or ``append``, stay: they say what the program does.
    """

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._own: set[str] = set()

    def visit_Module(self, node: ast.Module) -> ast.AST:
        self._own = set(_bound_names(node))
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

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        node.attr = self._renamed(node.attr)
        return self.generic_visit(node)

    def _renamed(self, name: str) -> str:
        if name not in self._own:
            return name
        return self._names.setdefault(name, f"n{len(self._names)}")


def _bound_names(tree: ast.AST) -> list[str]:
    """What the program itself names: its functions, classes, parameters, variables and attributes."""
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
