"""Imports and helpers that a prompt brings beside the function that it asks for."""

from __future__ import annotations

import re

# A decorator goes on in lines that are indented, close a bracket, or are empty or comments.
_DEFINITION = re.compile(r"^(?:@[^\n]*+\n(?:[ \t)\]}#][^\n]*+\n|\n)*+)*+(?:async[ \t]+)?def\b", re.MULTILINE)
_FUTURE = re.compile(r"^from[ \t]+__future__[ \t]+import\b[^\n]*\n?", re.MULTILINE)
_IMPORTS = {
    "cpp": re.compile(r"^[ \t]*(?:#[ \t]*include\b[^\n]*|using[ \t]+namespace\b[^\n]*)$", re.MULTILINE),
    "java": re.compile(r"^[ \t]*import\b[^\n]*;[ \t]*$", re.MULTILINE),
}


def head_of(prompt: str, language: str) -> str:
    """Return the imports of a prompt, and in Python the helpers too: what stands before the last function
    and its decorators. Elsewhere a program may define a helper again only in place of the prompt's, so that they are
    left out."""
    if language == "python":
        last = max((match.start() for match in _DEFINITION.finditer(prompt)), default=0)
        return prompt[:last]
    pattern = _IMPORTS.get(language)
    return "".join(f"{line}\n" for line in pattern.findall(prompt)) if pattern is not None else ""


def behind(head: str, program: str) -> str:
    """Return a program with a prompt's head before it; imports of ``__future__`` stay first."""
    if not head:
        return program
    futures = "".join(line if line.endswith("\n") else f"{line}\n" for line in _FUTURE.findall(program))
    return f"{futures}{head}\n{_FUTURE.sub('', program)}"
