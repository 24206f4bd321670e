"""Runs in a jail of its own: makes suites out of test codes, whose authors are strangers too.

Reads ``tests.json``, writes ``prepared.json``: for each test code what ``_prepared`` returns.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

from evaluator.harness.loading import PRELUDE
from evaluator.judging.calls import find_calls
from evaluator.judging.conditions import Conditions
from evaluator.judging.expressions import condition_data, constant_data
from evaluator.sealing.preparation import seal
from evaluator.sealing.sealed import CannotSeal, Sealed
from evaluator.sealing.way import choose_way

TESTS, PREPARED = "tests.json", "prepared.json"
_CONSTANT_CHARACTERS = 200
_NOT_THERE = "which the runtime for submissions does not have"


def _prepared(spec: dict[str, Any]) -> dict[str, Any]:
    """``sealed``, ``way`` and ``why``; or ``reason``, a sentence that says why there is no suite to be made."""
    reference = spec.get("reference")
    try:
        names, classes = _names_of(reference or "")
        sealed = seal(
            spec["test_code"],
            entry_point=spec.get("entry_point"),
            preface=_preface(reference or "", prelude=spec.get("prelude", False)),
            names=names,
            opened=frozenset(spec.get("opened", ())),
        )
    except CannotSeal as error:
        return {"reason": str(error)}
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return {"reason": f"the reference is not Python: {error}"}
    if (reason := _unusable_constant(sealed)) is not None:
        return {"reason": reason}
    calls = find_calls(sealed, spec.get("entry_point"))
    prepared = {"sealed": sealed.to_json(), "data": _data(sealed), "calls": None if calls is None else calls.to_json()}
    if not (spec.get("entry_point") or "f").isidentifier():
        return {**prepared, "way": "sealed", "why": "the entry point is an expression"}
    way = choose_way(spec["test_code"], None if reference is None else names, classes)
    return {**prepared, "way": way.name, "why": way.reason}


def _data(sealed: Sealed) -> dict[str, Any]:
    """Conditions and constants as data, as far as they are."""
    conditions = [
        None if site.condition is None else condition_data(site.condition, sealed.imports) for site in sealed.sites
    ]
    return {"conditions": conditions, "constants": [constant_data(token, sealed.imports) for token in sealed.tokens]}


def _names_of(program: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names that a program defines at its top level, and the classes among them."""
    names, classes = set[str](), set[str]()
    for node in ast.parse(program).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
            classes |= {node.name} if isinstance(node, ast.ClassDef) else set()
        else:
            stored = (each for each in ast.walk(node) if isinstance(each, ast.Name))
            names |= {each.id for each in stored if isinstance(each.ctx, ast.Store)}
    return frozenset(names), frozenset(classes)


def _preface(reference: str, *, prelude: bool) -> str:
    """The imports that the submission brings, or finds: conditions may use their names."""
    imports = [node for node in ast.parse(reference).body if isinstance(node, ast.Import | ast.ImportFrom)]
    return "\n".join([PRELUDE if prelude else "", *map(ast.unparse, imports)])


def _unusable_constant(sealed: Sealed) -> str | None:
    """Say which constant of the suite cannot be evaluated, before any submission could be blamed for it."""
    conditions = Conditions(sealed)
    for number, source in enumerate(sealed.tokens):
        try:
            conditions.constant(number)
        except Exception as error:
            shown = source[:_CONSTANT_CHARACTERS]
            if conditions.missing:
                return f"the tests' constant {shown} needs {', '.join(conditions.missing)}, {_NOT_THERE}"
            return f"the tests' constant {shown} cannot be evaluated: {type(error).__name__}: {error}"
    return None


def main() -> None:
    """Entry point."""
    spec = json.loads(Path(TESTS).read_bytes())
    Path(PREPARED).write_text(json.dumps([_prepared(each) for each in spec]))
