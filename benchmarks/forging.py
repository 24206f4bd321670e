"""Forges the records of a sealed suite by rules of thumb; runs inside the jail, as a module of the slot.

A rule sees the delivered text and computes nothing of the task: it sends the same value everywhere, or a literal that
stands in the call, in its row of a table or near it. The forger is granted all else: which assertions are reached, how
often and in which order, and the outcome of each test. Reads ``suite.json`` and ``records``, writes ``forged.json``.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from evaluator.judging.conditions import Conditions
from evaluator.judging.records import Lines
from evaluator.sealing.sealed import RECORDER, Sealed

_CONSTANTS: tuple[Any, ...] = (
    *(True, False, None, 0, 1, 2, 3, -1, 4, 5, 10, "", "a", "Yes", "No", "YES", "NO", [], {}, (), set(), [0], 0.0, 1.0),
)
_MAX_LITERALS = 200
"""Different literals of the text that are sent everywhere, one after the other."""
_BUILTINS: dict[str, Callable[[Any], Any]] = {
    "len": len,
    "sum": sum,
    "max": max,
    "min": min,
    "sorted": sorted,
    "sorted, backwards": lambda value: sorted(value, reverse=True),
    "backwards": lambda value: value[::-1],
    "set": lambda value: list(set(value)),
    "first": lambda value: value[0],
    "last": lambda value: value[-1],
    "upper": lambda value: value.upper(),
    "lower": lambda value: value.lower(),
    "capitalised": lambda value: value.capitalize(),
    "split": lambda value: value.split(),
    "str": str,
    "int": int,
    "negative": lambda value: -value,
    "abs": abs,
    "even": lambda value: value % 2 == 0,
    "odd": lambda value: value % 2 == 1,
    "square": lambda value: value * value,
    "one less": lambda value: value - 1,
    "one more": lambda value: value + 1,
    "bool": bool,
    "not": lambda value: not value,
}
"""Of the first literal of a call. Where one meets a suite, the suite asks for no more than that: it is computed."""
COMPUTED = "computed: "

Row = tuple[int, ...]
Rule = Callable[[int, Row, int], list[Any]]
"""From a site's number, its tokens and how many values it sends, to those values."""


class Record(NamedTuple):
    """A sealed site that the honest run reported."""

    number: int
    values: int
    row: Row


class _Text:
    """The text of a site as a forger reads it: literals in its own values, and in the rows of its tokens."""

    def __init__(self, text: str) -> None:
        tree = ast.parse(text)
        self.near: dict[int, list[list[Any]]] = {}
        """By site, for each value that is sent."""
        self.rows: dict[int, list[Any]] = {}
        """By token."""
        self.all: list[Any] = []
        for node in ast.walk(tree):
            self._look(node)
        self.order = sorted(self.near)

    def _look(self, node: ast.AST) -> None:
        if isinstance(node, ast.Constant | ast.List | ast.Tuple | ast.Dict | ast.Set):
            self.all += (value for value in _literal(node) if not any(_same(value, each) for each in self.all))
        number = _number(node, "site", "lazy", "mock")
        if number is not None and isinstance(node, ast.Call):
            leaves = node.args[1].elts if len(node.args) > 1 and isinstance(node.args[1], ast.Tuple) else []
            self.near[number] = [list(_literals(leaf)) for leaf in leaves]
        if isinstance(node, ast.Tuple | ast.List | ast.Dict):
            cells = list(ast.iter_child_nodes(node))
            tokens = [number for cell in cells if (number := _number(cell, "token")) is not None]
            beside = [value for cell in cells if _number(cell, "token") is None for value in _literals(cell)]
            self.rows |= dict.fromkeys(tokens, beside)

    def literals(self, number: int, row: Row, values: int) -> list[list[Any]]:
        """The literals of each value that a site sends, those of its row before them."""
        beside = [value for token in row for value in self.rows.get(token, ())]
        near = self.near.get(number) or [[]]
        return [beside + (near[place] if place < len(near) else near[-1]) for place in range(values)]


def _number(node: ast.AST, *names: str) -> int | None:
    match node:
        case ast.Call(ast.Attribute(ast.Name(id=holder), name), [ast.Constant(int(number)), *_]) if (
            holder == RECORDER and name in names
        ):
            return number
    return None


def _literals(node: ast.AST) -> Iterator[Any]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant | ast.List | ast.Tuple | ast.Dict | ast.Set | ast.UnaryOp):
            yield from _literal(part)


def _literal(node: ast.AST) -> Iterator[Any]:
    try:
        yield ast.literal_eval(node)  # type: ignore[arg-type]
    except (ValueError, TypeError, MemoryError, RecursionError):
        return


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and repr(one) == repr(other)


def rules(text: _Text) -> Iterator[tuple[str, Rule]]:
    """All rules, with their names."""
    for value in (*_CONSTANTS, *text.all[:_MAX_LITERALS]):
        yield f"always {value!r:.40}", lambda number, row, values, value=value: [value] * values
    for place in (0, 1, 2, -1):
        yield f"own literal {place}", _of_literals(text, lambda literals, place=place: literals[place])
    for name, function in _BUILTINS.items():
        yield f"{COMPUTED}{name}", _of_literals(text, lambda literals, function=function: function(literals[0]))
    half = max(1, len(text.order) // 2)
    for step in dict.fromkeys((-2, -1, 1, 2, 3, half, -half)):
        yield f"first literal of site {step:+}", _of_neighbour(text, step)


def _of_literals(text: _Text, choose: Callable[[list[Any]], Any]) -> Rule:
    def rule(number: int, row: Row, values: int) -> list[Any]:
        return [_or_none(choose, literals) for literals in text.literals(number, row, values)]

    return rule


def _or_none(choose: Callable[[list[Any]], Any], literals: list[Any]) -> Any:
    try:
        return choose(literals)
    except Exception:  # there is none, or it is of another type
        return None


def _of_neighbour(text: _Text, step: int) -> Rule:
    def rule(number: int, row: Row, values: int) -> list[Any]:
        place = text.order.index(number) + step if number in text.near else -1
        near = text.near[text.order[place]] if 0 <= place < len(text.order) else []
        return [near[0][0] if near and near[0] else None] * values

    return rule


def records_of(sealed: Sealed, lines: Iterable[Any]) -> list[Record]:
    """The sealed sites that a run reported, each once with each row."""
    kinds = {site.number for site in sealed.sites if site.kind in ("sealed", "truth") and site.form != "mock"}
    found = (
        Record(number, len(values), tuple(tokens))
        for name, number, values, tokens, *_ in (line if len(line) > 3 else (None,) * 4 for line in lines)
        if name == "site" and number in kinds
    )
    return list(dict.fromkeys(found))


def forge(sealed: Sealed, records: Sequence[Record]) -> dict[str, Any]:
    """Try all rules. Returns how many there were, those that meet every record, and the best of the others."""
    text, conditions = _Text(sealed.text), Conditions(sealed)
    winners, tried, best = [], 0, (0, "")
    for name, rule in rules(text):
        tried += 1
        met = sum(_meets(sealed, conditions, record, rule) for record in records)
        if met == len(records):
            winners.append(name)
        elif not name.startswith(COMPUTED):
            best = max(best, (met, name))
    return {"rules": tried, "records": len(records), "winners": winners, "best": best}


def _meets(sealed: Sealed, conditions: Conditions, record: Record, rule: Rule) -> bool:
    values = rule(record.number, record.row, record.values)
    return conditions.evaluate(sealed.sites[record.number], values, record.row) is None


def main() -> None:
    """Entry point."""
    sealed = Sealed.from_json(json.loads(Path("suite.json").read_bytes()))
    records = records_of(sealed, Lines(Path("records").read_bytes()))
    Path("forged.json").write_text(json.dumps(forge(sealed, records)))
