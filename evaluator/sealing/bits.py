"""Bits: how hard it is to guess what the sealed sites want.

A forger is given the delivered text, the order of the records and the outcomes. What he cannot read he has to guess:
each distinct value counts once, by how many others it could be. What stands in the text, in the call's own arguments or
in its row of a table counts nothing, and neither do conditions that many values meet.
"""

from __future__ import annotations

import ast
import builtins
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

from evaluator.sealing.guesses import MAX_BITS_PER_VALUE, canonical, guess_bits, literals
from evaluator.sealing.sealed import RECORDER, Sealed, Site
from evaluator.sealing.source import callee, children, room_to_recurse, walk
from evaluator.sealing.vocabulary import ARRAY_ASSERTIONS, CLOSENESS

STRONG_BITS = 8
"""Below it a suite is weak."""
MAX_SEARCH_BYTES = 100_000_000
"""Of the text, for all values together."""

_EQUALITIES = (
    {f"assert{kind}Equal" for kind in ("", "Almost", "List", "Tuple", "Dict", "Set", "Sequence", "MultiLine", "Count")}
    | {"assertIs", "equals"}
    | (CLOSENESS | ARRAY_ASSERTIONS) - {"assert_array_less"}
)
_CALLED_WITH = {"assert_called_with", "assert_called_once_with"}
"""Not those that one call of many meets: a mock can be called with every number."""
_OF_TYPES = {"isinstance", "issubclass", "hasattr", "callable"}

Row = tuple[int, ...]
"""The tokens that come with a record."""
Holds = Callable[[Sealed, Site, Sequence[Any], Row], bool]
"""Tells whether a site's condition holds of values."""
_CHEAP_GUESSES = (0, 1, 10, 100, 1_000, 10_000, 100_000, 1_000_000)
"""Of a value within a tolerance: one of them meets a wide one."""
_BITS_OF_CHEAP_GUESS = 1


class Bits(NamedTuple):
    """The strength of a suite. The chance to be accepted without computing is about 2 ** -bits."""

    bits: int
    level: Literal["weak", "strong"]
    flags: tuple[str, ...]


def measure(sealed: Sealed, required: Iterable[tuple[int, Row]] | None = None) -> Bits:
    """Measure a suite. Evaluates its constants: to be called in a jail.

    Args:
        sealed: the suite.
        required: pairs of site and row that must be reported, from the reference; None where there is none.
    """
    return measure_all([(sealed, required)])


def measure_all(parts: Iterable[tuple[Sealed, Iterable[tuple[int, Row]] | None]], holds: Holds | None = None) -> Bits:
    """Measure a suite of several test codes: a value that two of them demand counts once. As ``measure``; by ``holds``
    tolerances are tried out."""
    values: dict[str, int] = {}
    choices: Counter[str] = Counter()
    flags: set[str] = set()
    for sealed, required in parts:
        meter = _metered(sealed, required, holds)
        values |= {text: max(bits, values.get(text, 0)) for text, bits in meter.values.items()}
        choices += meter.choices
        flags |= set(sealed.flags)
    # Of the choices between a few values only those count that differ from the most frequent.
    bits = sum(values.values()) + choices.total() - max(choices.values(), default=0)
    return Bits(bits, "strong" if bits >= STRONG_BITS else "weak", tuple(sorted(flags)))


def _metered(sealed: Sealed, required: Iterable[tuple[int, Row]] | None, holds: Holds | None) -> _Meter:
    with room_to_recurse():
        meter = _Meter(sealed, holds)
        for number, row in sorted(set(_required(sealed) if required is None else required)):
            if 0 <= number < len(sealed.sites):
                meter.add(sealed.sites[number], row)
    return meter


def _required(sealed: Sealed) -> Iterator[tuple[int, Row]]:
    """Yield what must be reported without a reference: straight sites, and the rows of literal tables."""
    for site in sealed.sites:
        columns = [sealed.columns[number] for number in site.columns]
        if site.each_row:
            yield from ((site.number, row) for row in zip(*columns, strict=False))
        elif site.straight and all(len(tokens) == 1 for tokens in columns):
            yield site.number, tuple(tokens[0] for tokens in columns)


class _Meter:
    """Adds up the values that sites demand."""

    def __init__(self, sealed: Sealed, holds: Holds | None) -> None:
        self._sealed = sealed
        self._holds = holds
        self._text = _DeliveredText(sealed.text)
        self._names = _evaluated_imports(sealed.imports)
        self._tokens: dict[int, Any] = {}
        self.values: dict[str, int] = {}
        self.choices: Counter[str] = Counter()

    def add(self, site: Site, row: Row) -> None:
        """Count what one record has to meet."""
        if site.visible or site.condition is None:
            return
        condition = ast.parse(site.condition, mode="eval").body
        if site.kind == "truth":
            self._add_truth(site, condition)
        elif site.kind == "sealed":
            most = _BITS_OF_CHEAP_GUESS if self._is_guessed(site, condition, row) else MAX_BITS_PER_VALUE
            for value in self._demanded(condition, row):
                self._add_value(value, site, row, most)

    def _is_guessed(self, site: Site, condition: ast.expr, row: Row) -> bool:
        """Tell whether a condition that leaves a tolerance holds of a number that a forger tries first."""
        if self._holds is None or not any(map(_leaves_tolerance, walk(condition))):
            return False
        count = len(site.leaves_truth)
        return any(self._holds(self._sealed, site, [guess] * count, row) for guess in _CHEAP_GUESSES)

    def _add_truth(self, site: Site, condition: ast.expr) -> None:
        if not self._sealed.loose and site.number not in self._text.of_types:
            self.choices["false" if isinstance(condition, ast.UnaryOp) else "true"] += 1

    def _add_value(self, value: Any, site: Site, row: Row, most: int) -> None:
        if value is None or isinstance(value, bool):
            self.choices[str(value).lower()] += 1
            return
        text = canonical(value)
        bits = min(most, guess_bits(value))
        seen_values = self._text.near_site.get(site.number, set())
        if (
            text in seen_values
            or any(text in self._text.near_token.get(token, ()) for token in row)
            or self._text.shows(value, text, bits)
        ):
            bits = 0
        self.values[text] = max(bits, self.values.get(text, 0))

    def _demanded(self, node: ast.expr, row: Row) -> Iterator[Any]:
        """The values that a condition demands."""
        if isinstance(node, ast.Compare):
            yield from self._of_comparison(node, row)
        elif isinstance(node, ast.BoolOp):
            parts = [list(self._demanded(value, row)) for value in node.values]
            if isinstance(node.op, ast.And):
                yield from (value for part in parts for value in part)
            else:
                yield from min(parts, key=lambda part: sum(map(guess_bits, part)))
        elif isinstance(node, ast.Call):
            yield from self._of_call(node, row)

    def _of_comparison(self, node: ast.Compare, row: Row) -> Iterator[Any]:
        if len(node.ops) == 1 and isinstance(node.ops[0], (ast.Lt, ast.LtE)) and callee(node.left) in ("abs", "fabs"):
            difference = node.left.args[0] if isinstance(node.left, ast.Call) and node.left.args else None
            if isinstance(difference, ast.BinOp):
                yield from self._first_constant((difference.left, difference.right), row)
        sides = [node.left, *node.comparators]
        for number, op in enumerate(node.ops):
            if isinstance(op, (ast.Eq, ast.Is)):
                yield from self._first_constant((sides[number + 1], sides[number]), row)

    def _of_call(self, node: ast.Call, row: Row) -> Iterator[Any]:
        name = callee(node)
        operands = [*node.args, *(keyword.value for keyword in node.keywords)]
        if name in _EQUALITIES:
            base = [node.func.value] if name == "equals" and isinstance(node.func, ast.Attribute) else []
            yield from self._first_constant([*base, *operands][:2][::-1], row)
        elif name in ("all", "bool"):
            inner = node.args[0] if node.args else getattr(node.func, "value", None)
            if isinstance(inner, ast.expr):
                yield from self._demanded(inner, row)
        elif name in _CALLED_WITH:
            for operand in operands:
                yield from self._first_constant([operand], row)

    def _first_constant(self, nodes: Iterable[ast.expr], row: Row) -> Iterator[Any]:
        for node in nodes:
            if not any(isinstance(part, ast.Name) and part.id == "_v" for part in walk(node)):
                try:
                    value = self._evaluated(node, row)
                except Exception:
                    continue  # it may need a library that this runtime has not: then its site proves nothing
                yield value
                return

    def _evaluated(self, node: ast.expr, row: Row) -> Any:
        if callee(node) == "approx" and isinstance(node, ast.Call) and node.args:
            node = node.args[0]
        values = {**self._names, "_t": [self._token(number) for number in row]}
        return eval(compile(ast.Expression(node), "<constant>", "eval"), values)

    def _token(self, number: int) -> Any:
        if number not in self._tokens:
            self._tokens[number] = eval(self._sealed.tokens[number], dict(self._names))
        return self._tokens[number]


class _DeliveredText:
    """The delivered text as a forger reads it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._budget = MAX_SEARCH_BYTES
        self.near_site: dict[int, set[str]] = {}
        """Literals in a site's own call."""
        self.near_token: dict[int, set[str]] = {}
        """Literals in a token's row."""
        self.of_types: set[int] = set()
        """Sites that ask for a type, or if something is there at all."""
        self._shown: set[str] = set()
        stack: list[ast.AST] = [ast.parse(text)]
        while stack:
            node = stack.pop()
            self._look(node)
            stack += children(node)

    def shows(self, value: Any, text: str, bits: int) -> bool:
        """A value that stands elsewhere in the text. Small ones always do."""
        if bits <= 3 and not (isinstance(value, str) and value):
            return False
        return text in self._shown or (len(text) > 4 and self._reads(text.strip("'\"")))

    def _reads(self, words: str) -> bool:
        """Words stand somewhere in the text; beyond what may be searched, they do as far as we know."""
        self._budget -= len(self._text)
        return self._budget < 0 or words in self._text

    def _look(self, node: ast.AST) -> None:
        if isinstance(node, (ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.Set)):
            self._shown.update(canonical(value) for value in literals(node, deep=False))
        if isinstance(node, (ast.List, ast.Tuple, ast.Dict)):
            self._look_at_row(node)
        number = _recorded(node)
        if number is not None and isinstance(node, ast.Call):
            arguments = node.args[1:]
            self.near_site[number] = {canonical(value) for part in arguments for value in literals(part)}
            if arguments and _asks_for_type(arguments[0]):
                self.of_types.add(number)

    def _look_at_row(self, row: ast.List | ast.Tuple | ast.Dict) -> None:
        cells = children(row)
        tokens = [number for cell in cells if (number := _recorded(cell, "token")) is not None]
        if not tokens or len(tokens) == len(cells):
            return
        near = {canonical(value) for cell in cells if _recorded(cell, "token") is None for value in literals(cell)}
        self.near_token.update(dict.fromkeys(tokens, near))


def _recorded(node: ast.AST, *names: str) -> int | None:
    """The number in a call of the recorder."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
        return None
    is_ours = isinstance(node.func.value, ast.Name) and node.func.value.id == RECORDER
    number = node.args[0].value if isinstance(node.args[0], ast.Constant) else None
    return number if is_ours and node.func.attr in (names or ("site", "lazy", "mock")) and type(number) is int else None


def _leaves_tolerance(node: ast.AST) -> bool:
    """Tell whether more values than one meet a part of a condition: a bound, or a function of closeness."""
    if isinstance(node, ast.Compare):
        return any(isinstance(op, (ast.Lt, ast.LtE)) for op in node.ops)
    return callee(node) in CLOSENESS | ARRAY_ASSERTIONS | {"approx", "assertAlmostEqual", "round"}


def _asks_for_type(leaves: ast.expr) -> bool:
    leaf = leaves.elts[0] if isinstance(leaves, ast.Tuple) and leaves.elts else leaves
    if isinstance(leaf, ast.Compare):
        return True  # with None
    return callee(leaf) in _OF_TYPES


def _evaluated_imports(statements: Iterable[str]) -> dict[str, Any]:
    names: dict[str, Any] = {"__builtins__": builtins}
    for statement in statements:
        try:
            exec(statement, names)
        except Exception:
            continue  # a library that this runtime has not
    return names


__all__ = ["MAX_BITS_PER_VALUE", "STRONG_BITS", "Bits", "measure"]
