"""Finding the program in a model's whole answer.

The rules, in the order in which they are applied (docs/extraction.md has an example of each):

1. **The answer.** Reasoning goes: ``<think>`` to ``</think>`` and what other models write instead, wherever it stands
   outside of a fenced block. Where the first tag is one that closes, the chat template opened the reasoning, and all up
   to there goes. Reasoning that never ends has no answer. A tag that a sentence only mentions is none. A special token
   that ends a turn ends the answer.
2. **The blocks.** Fences are CommonMark's, at any indentation, in list items and block quotes too; their lines lose the
   indentation of the opening fence. A fence inside a literal or comment of the program ends nothing. Only complete
   blocks count. A block that another one, of a named language, starts inside of was never closed. Where the first fence
   closes, the prompt opened it: what stands before it is a block. A fence may be glued to prose before it, where it
   names a language, or to the last line of a program. Markdown in a block is looked through for blocks.
3. **The language.** Blocks tagged with the submission's language come before those without a tag that is known; what
   is tagged with another language, or as text, is never taken.
4. **The choice.** The last of them is the program, but for one that certainly lacks a name that the tests ask for and
   another defines, that cannot be a program (a transcript, a signature, imports), or that only calls what another
   defines. In doubt it is the last. Blocks inside of Markdown come behind all others.
5. **No fence.** Python that is not fenced is taken whole where it parses, does something and states nothing that does
   nothing, as prose does. Else it is what a ``<code>`` element of its language holds, or ``<answer>`` tags.

All of it takes time that is linear in the answer's length. ``extraction.bounded`` sees to it that a long one takes no
more than a bound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evaluator.extraction.answer import read
from evaluator.extraction.choice import choose

if TYPE_CHECKING:
    from evaluator.schema import Suite

__all__ = ["extract"]


def extract(response: str, language: str, suite: Suite | None = None) -> str | None:
    """Return the program in ``response``, written in ``language`` (a name of the table), or None if there is none.

    ``suite`` tells which names the program must define; without one it must run by itself. No text makes it raise.
    """
    answer = read(response, language)
    if answer is None:
        return None
    return choose(answer.blocks, language, suite) if answer.fenced else answer.bare
