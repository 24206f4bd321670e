"""Finding the program in a model's whole answer.

The rules, in order:

1. Reasoning goes: everything up to the last ``</think>`` is dropped; a ``<think>`` that never ends has no answer.
2. Fenced blocks are found as CommonMark finds them: a fence is three or more backticks or tildes, indented by at
   most three spaces; it ends at a fence of the same kind, at least as long, with nothing after it.
3. Only complete blocks count: a block that is not closed is an answer that was cut in the middle.
4. The last block tagged with the submission's language wins; failing that, the last one that is untagged or has a
   tag of no known language; blocks tagged with another language, or as plain text, are never taken.
5. An answer without any fence is taken whole where that is Python: it must parse and do more than state
   expressions, as prose such as ``yes`` does.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from sandbox.toolchain import canonical, languages

_FENCE = re.compile(r"^ {0,3}(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^\n]*?)[ \t]*\r?$", re.MULTILINE)
_NOT_CODE = frozenset(
    ["text", "txt", "plain", "plaintext", "output", "console", "json", "yaml", "xml", "html", "markdown", "md", "diff"]
)


@dataclass(frozen=True, slots=True)
class Block:
    """A complete fenced block: the first word of what stands behind its fence, in lower case, and its text."""

    tag: str
    text: str


def extract(response: str, language: str) -> str | None:
    """The program in ``response``, written in ``language`` (a name of the table), or None if there is none."""
    answer = _without_reasoning(response)
    if answer is None:
        return None
    blocks, fenced = fenced_blocks(answer)
    ranked = [block.text for block in blocks if _same_language(block.tag, language)]
    ranked = ranked or [block.text for block in blocks if canonical(block.tag) is None and block.tag not in _NOT_CODE]
    if ranked:
        return ranked[-1] if ranked[-1].strip() else None
    if fenced or not _same_language("python", language):
        return None
    return answer if _is_python_program(answer) else None


def fenced_blocks(text: str) -> tuple[list[Block], bool]:
    """The complete fenced blocks in order, and whether there was any fence at all."""
    blocks: list[Block] = []
    opener: re.Match[str] | None = None
    seen = False
    for fence in _FENCE.finditer(text):
        mark, info = fence["fence"], fence["info"]
        if opener is None:
            if mark[0] == "`" and "`" in info:
                continue  # inline code that fills a line
            opener, seen = fence, True
        elif mark[0] == opener["fence"][0] and len(mark) >= len(opener["fence"]) and not info:
            words = opener["info"].lower().split() or [""]
            blocks.append(Block(words[0].strip("{}.,:"), text[opener.end() + 1 : fence.start()]))
            opener = None
    return blocks, seen


def _same_language(tag: str, language: str) -> bool:
    """Standards of one language (cpp, cpp17) are written in the same kind of file."""
    name = canonical(tag)
    return name is not None and languages()[name].source == languages()[language].source


def _without_reasoning(response: str) -> str | None:
    _, ended, answer = response.rpartition("</think>")
    if ended:
        return answer
    return None if response.lstrip().startswith("<think>") else answer


def _is_python_program(text: str) -> bool:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(not isinstance(statement, ast.Expr) or isinstance(statement.value, ast.Call) for statement in tree.body)
