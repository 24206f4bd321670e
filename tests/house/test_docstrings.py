"""Docstrings open with an imperative sentence or a definition, never with a question word."""

from __future__ import annotations

from tests.house.source import docstrings, modules, modules_beside

QUESTION_WORDS = frozenset(["What", "Whether", "Who", "Whose", "How", "Which", "Where", "When", "Why"])


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
