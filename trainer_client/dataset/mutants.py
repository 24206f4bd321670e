"""Mutants of Python programs: wrong programs that are one small slip away from a right one.

A suite that accepts a mutant accepts that slip. Each mutant has one change (``mutation_operators`` has the kinds).
Parts whose change no test can detect stay as they are (annotations, imports, docstrings, recursion limits), and so do
those whose change mostly makes a program run for ever, such as the step of a loop."""

from __future__ import annotations

import ast
import hashlib
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trainer_client.dataset.mutation_operators import Change, changes

MAX_MUTANTS = 20
_MAX_SOURCE_CHARACTERS = 256 * 1024
_Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module


class UnparsableProgram(ValueError):
    """The program has no syntax tree to mutate; the message is the parser's."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A program with one change, and the change in words: ``line 12: < becomes <=``."""

    name: str
    code: str


def mutants(code: str, most: int = MAX_MUTANTS, seed: int = 0) -> tuple[Mutant, ...]:
    """Return up to ``most`` mutants of a program, the same for the same program and seed. The kinds of changes take
    turns, so that a program with many constants has other mutants too.

    Raises:
        UnparsableProgram: the program does not parse.
    """
    tree = _parsed(code)
    seen = {ast.unparse(tree)}
    variants: list[Mutant] = []
    for change in _by_turns(_queues(tree, f"{seed}:{_digest(code)}")):
        if len(variants) == most:
            break
        text = _applied(tree, change)
        if text not in seen:
            seen.add(text)
            variants.append(Mutant(f"line {change.line}: {change.text}", text))
    return tuple(variants)


def canonical(code: str) -> str:
    """Return a program's text without comments, docstrings and its own layout.

    Raises:
        UnparsableProgram: the program does not parse.
    """
    tree = _parsed(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module) and _has_docstring(
            node
        ):
            node.body[:1] = [] if len(node.body) > 1 else [ast.Pass()]
    return ast.unparse(tree)


def _parsed(code: str) -> ast.Module:
    if len(code) > _MAX_SOURCE_CHARACTERS:
        raise UnparsableProgram(
            f"the program has {len(code)} characters; only up to {_MAX_SOURCE_CHARACTERS} are mutated"
        )
    try:
        tree = ast.parse(code)
        ast.unparse(tree)  # a program that nests deeply may parse, and fail here
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise UnparsableProgram(f"the program does not parse: {error}") from error
    return tree


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()


def _queues(tree: ast.Module, seed: str) -> list[list[Change]]:
    """Return the changes of each kind, in an order that depends on the seed."""
    by_kind: dict[str, list[Change]] = defaultdict(list)
    for change in changes(tree):
        by_kind[change.kind].append(change)
    draw = random.Random(seed)
    for kind in sorted(by_kind):
        draw.shuffle(by_kind[kind])
    return [by_kind[kind] for kind in sorted(by_kind)]


def _by_turns(queues: Sequence[Sequence[Change]]) -> Iterator[Change]:
    for turn in range(max(map(len, queues), default=0)):
        yield from (queue[turn] for queue in queues if turn < len(queue))


def _applied(tree: ast.Module, change: Change) -> str:
    """Return the text of the tree with the change. The tree itself stays as it was."""
    before = change.swap(change.value)
    try:
        return ast.unparse(tree)
    finally:
        change.swap(before)


def _has_docstring(node: _Documented) -> bool:
    match node.body:
        case [ast.Expr(value=ast.Constant(value=str())), *_]:
            return True
    return False
