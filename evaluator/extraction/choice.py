"""The choice of the block of an answer that is the program."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from evaluator.extraction.fences import Block
from evaluator.extraction.formats import is_written_in, language_of
from evaluator.extraction.source import MAX_PARSED, SourceFacts, facts_of, test_names

if TYPE_CHECKING:
    from evaluator.schema import Suite

MAX_COMPARED = 16
"""Blocks that are compared, from the last on."""
_IDENTIFIER = re.compile(r"[^\W\d]\w*")


class Rank(NamedTuple):
    """A block's claim to be the program, the first difference deciding. Of equals the last block is taken."""

    defines: int
    """Count of the names that the tests ask for and the block defines."""
    is_program: bool
    is_primary: bool
    """False where a block of Markdown holds it, or where it starts in mid-line."""
    is_tagged: bool


@dataclass(frozen=True, slots=True)
class _Candidate:
    block: Block
    tagged: bool
    facts: SourceFacts


def choose(blocks: Sequence[Block], language: str, suite: Suite | None) -> str | None:
    """Return the text of the block that is the program, or None if no block in ``language`` has any text.

    Only the last ``MAX_COMPARED`` blocks, of ``MAX_PARSED`` characters together, are compared.
    """
    ranked = rank(blocks, language, suite)
    return max(ranked, key=lambda pair: pair[1])[0].text if ranked else None


def rank(blocks: Sequence[Block], language: str, suite: Suite | None) -> list[tuple[Block, Rank]]:
    """Return the blocks that are compared, best first among equals, each with its rank."""
    waiting = [block for block in reversed(blocks) if block.text.strip()]
    waiting = [block for block in waiting if language_of(block.info) is None or is_written_in(block.info, language)]
    # The sort keeps the order of equals.
    waiting.sort(key=lambda block: (block.secondary, language_of(block.info) is None))
    if len(waiting) < 2:
        return [(block, Rank(0, True, True, True)) for block in waiting]
    names = required_names(suite, language)
    alone = suite is None or suite.mode in ("stdio", "interactive")
    candidates = _candidates(waiting, language, names, alone)
    return [(candidate.block, _rank(candidate, candidates)) for candidate in candidates]


def required_names(suite: Suite | None, language: str) -> frozenset[str]:
    """Return the names that the program must define for a suite's tests, as far as the suite tells."""
    if suite is not None and suite.function is not None:
        return frozenset([suite.function.name])
    if suite is None or suite.program is None:
        return frozenset()
    if entry := _IDENTIFIER.findall(suite.program.entry_point or ""):
        return frozenset(entry[-1:])
    codes = (suite.program.test_code, *(test.test_code for test in suite.tests))
    return test_names(next(filter(None, codes), ""), language)


def _candidates(waiting: Sequence[Block], language: str, names: frozenset[str], alone: bool) -> list[_Candidate]:
    candidates: list[_Candidate] = []
    characters = 0
    for block in waiting[:MAX_COMPARED]:
        characters += len(block.text)
        if candidates and characters > MAX_PARSED:
            break
        facts = facts_of(block.text, language, names, runs_alone=alone)
        candidates.append(_Candidate(block, language_of(block.info) is not None, facts))
    return candidates


def _rank(candidate: _Candidate, others: Sequence[_Candidate]) -> Rank:
    facts = candidate.facts
    elsewhere = frozenset().union(*(other.facts.functions for other in others if other is not candidate))
    is_driver = bool(facts.uses & elsewhere)
    # Text without a tag may be anything, sample output above all: only where it parses it is known as a program.
    is_program = facts.is_program and not is_driver and (candidate.tagged or facts.parses)
    return Rank(len(facts.defines), is_program, not candidate.block.secondary, candidate.tagged)
