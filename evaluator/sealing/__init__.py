"""Sealing: the condition of each assertion leaves the text that runs beside a submission.

    assert abs(f(x) - 0.33) < 1e-6        →   _R_.site(17, (f(x),), ())          condition 17: abs(_v[0] - 0.33) < 1e-06
    self.assertEqual(len(c.items), 3, m)  →   _R_.site(18, (len(c.items),), ())  condition 18: _tc.assertEqual(_v[0], 3)

``preparation.seal`` makes of an author's tests a ``Sealed``: the text to deliver, and for each assertion (a *site*) the
condition that stays outside. ``way.choose_way`` says if a suite may go apart, ``bits.measure`` what its sealed sites
prove. All of it is work on text with the standard library only, linear in the text. Nothing of the text is executed
but, in ``bits``, its constants: an author is not trusted either, so all of it runs in a jail (``sources``).

A text goes through these files, from top to bottom:

| file | question |
|---|---|
| ``sealed.py`` | what is delivered, what stays outside: the types that others import, the errors |
| ``source.py`` | the tree of the text, bounded |
| ``framework.py`` | what runs these tests? do they import the submission? |
| ``neutral.py`` | which names, docstrings, ids and messages tell, and are dropped? |
| ``regions.py`` | must a run reach a statement? do the tests hear of its failure? |
| ``scopes.py``, ``attributes.py`` | which names mean the same, where are they bound and used? |
| ``vocabulary.py`` | unittest's, numpy's, pandas' and mock's assertions; what constants may be made of (data) |
| ``constants.py`` | which expressions can be evaluated outside, alone? |
| ``cells.py`` | where in the tree does the value of a name stand? |
| ``columns.py`` | may a token stand there? |
| ``conditions.py`` | an assertion taken apart: leaves, tokens, constants, and the condition over them |
| ``assertions.py`` | every site of the text |
| ``objects.py`` | which expressions are the submission's objects? |
| ``flow.py`` | what depends on the submission only through comparisons outside assertions? |
| ``hiding.py`` | which constants can leave the text, since nobody else reads them? |
| ``rewriter.py`` | the text as delivered |
| ``preparation.py`` | all of these in turn; what does the suite read that differs from run to run? |
| ``plain.py``, ``way.py`` | apart or sealed? |
| ``guesses.py``, ``bits.py`` | how hard are the values to guess? |
"""

from __future__ import annotations

from pathlib import Path

MODULES = (
    "sealed",
    "source",
    "vocabulary",
    "scopes",
    "attributes",
    "constants",
    "cells",
    "columns",
    "conditions",
    "assertions",
    "objects",
    "flow",
    "framework",
    "hiding",
    "regions",
    "neutral",
    "rewriter",
    "preparation",
    "plain",
    "way",
    "guesses",
    "bits",
)
"""Each after those that it imports."""


def sources() -> tuple[tuple[str, str], ...]:
    """Dotted names and sources, as a slot's runtime takes them."""
    here = Path(__file__).parent
    return tuple((f"evaluator.sealing.{name}", (here / f"{name}.py").read_text(encoding="utf-8")) for name in MODULES)
