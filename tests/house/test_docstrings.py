"""Docstrings open with an imperative sentence or a definition, never with a question word."""

from __future__ import annotations

import ast

from tests.house.source import docstrings, modules, modules_beside

QUESTION_WORDS = frozenset(["What", "Whether", "Who", "Whose", "How", "Which", "Where", "When", "Why"])
BEGINNINGS_OF_RIDDLES = frozenset(
    [
        "As",
        "At",
        "By",
        "For",
        "From",
        "In",
        "It",
        "Its",
        "Nothing",
        "Of",
        "Once",
        "On",
        "Their",
        "They",
        "Those",
        "To",
        "With",
        "Without",
    ]
)
"""A reader would have to find first what such a sentence speaks of."""


def test_no_docstring_opens_with_a_question_word() -> None:
    questions = [
        f"{module.path}:{line}: {' '.join(text.split())[:80]}"
        for module in (*modules().values(), *modules_beside())
        for line, text in docstrings(module.tree)
        if text.split() and text.split()[0].strip(",:.'`") in QUESTION_WORDS
    ]
    assert not questions, "say what it does or what it is ('Return ...', 'Tell whether ...', 'The ...'):\n" + "\n".join(
        questions
    )


def test_a_docstring_of_a_function_or_class_needs_no_other_to_be_understood() -> None:
    riddles = [
        f"{module.path}:{node.lineno}: {node.name}: {' '.join(text.split())[:80]}"
        for module in modules().values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and (text := ast.get_docstring(node)) is not None
        and text.split()[0].strip(",:.'`") in BEGINNINGS_OF_RIDDLES
    ]
    assert not riddles, "say what it does or what it is, by name:\n" + "\n".join(riddles)
