"""Statements in other words by a language model: translated to English, or in one form. Both are optional.

A model's text takes the place of a statement only where it has all of its numbers: a bound that was lost or changed
would make a sound problem unsound. The statement as it came stays in ``statement_original``.
"""

from __future__ import annotations

import re
from collections import Counter

from trainer_client.dataset.config import DatasetConfig
from trainer_client.dataset.row import Problem
from trainer_client.dataset.stage import LanguageModel

_TRANSLATE = (
    "Translate this programming problem into English. Keep every number, name, formula, sample and constraint exactly "
    "as it is. Answer with the translation alone.\n\n{statement}"
)
_NORMALISE = (
    "Rewrite this programming problem as plain Markdown with the headings Input, Output, Constraints and Samples where "
    "it has them. Keep every number, name, formula, sample and constraint exactly as it is; add nothing and leave "
    "nothing out. Answer with the problem alone.\n\n{statement}"
)
_NUMBER = re.compile(r"\d+")


def in_other_words(problem: Problem, config: DatasetConfig, llm: LanguageModel | None) -> Problem:
    """The problem after the steps ``translate`` and ``normalise``, where they are asked for."""
    if llm is None or config.llm is None:
        return problem
    if "translate" in config.llm.steps and problem.language_of_statement not in ("en", "und"):
        problem = _ask(problem, llm, "translated", _TRANSLATE)
    if "normalise" in config.llm.steps:
        problem = _ask(problem, llm, "normalised", _NORMALISE)
    return problem


def _ask(problem: Problem, llm: LanguageModel, step: str, prompt: str) -> Problem:
    text = llm.ask(prompt.format(statement=problem.statement))
    if text is None or not text.strip():
        return problem.note("process", **{step: "no answer"})
    if lost := Counter(_NUMBER.findall(problem.statement)) - Counter(_NUMBER.findall(text)):
        return problem.note("process", **{step: f"refused: numbers {sorted(lost)[:5]} are missing"})
    changed = problem.evolve(
        statement=text.strip(), language_of_statement="en" if step == "translated" else problem.language_of_statement
    )
    return changed.note("process", **{step: "yes"})
