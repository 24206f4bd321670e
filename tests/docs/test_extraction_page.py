"""Every example of docs/extraction.md is read as the page says."""

from __future__ import annotations

import itertools

import pytest

from evaluator.extraction import extract
from tests.docs.tables import DOCS
from tests.docs.text import Fence, fences

EXAMPLES = [
    (answer.content, result)
    for answer, result in itertools.pairwise(fences(DOCS / "extraction.md"))
    if answer.language == "markdown"
]


@pytest.mark.parametrize(("answer", "result"), EXAMPLES)
def test_an_example_gives_the_program_below_it(answer: str, result: Fence) -> None:
    found = extract(answer, "python")
    assert (None if found is None else found.strip()) == (None if result.language == "text" else result.content.strip())
