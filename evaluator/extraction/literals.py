"""Comments and literals of programs: a fence inside one of them is not a fence."""

from __future__ import annotations

import re
from collections import deque

from evaluator.extraction.formats import OTHER
from sandbox.toolchain import languages

_PYTHON_LITERAL = re.compile(
    r"#[^\n]*+"
    r'|"""(?:[^"\\]++|\\.|"(?!""))*+(?:"""|(?P<open1>\\?\Z))'
    r"|'''(?:[^'\\]++|\\.|'(?!''))*+(?:'''|(?P<open2>\\?\Z))"
    r'|"(?:[^"\\\n]++|\\.)*+"?'
    r"|'(?:[^'\\\n]++|\\.)*+'?",
    re.DOTALL,
)
_C_LITERAL = re.compile(
    r"//[^\n]*+"
    r"|/\*(?:[^*]++|\*(?!/))*+(?:\*/|(?P<open1>\Z))"
    r'|\bu?8?[RLU]{0,2}R"(?P<mark>[^()\\\s"]{0,16})\((?:[^)]++|\)(?!(?P=mark)"))*+(?:\)(?P=mark)"|(?P<open2>\Z))'
    r'|"""(?:[^"\\]++|\\.|"(?!""))*+(?:"""|(?P<open3>\\?\Z))'
    r'|"(?:[^"\\\n]++|\\.)*+"?'
    r"|'(?:[^'\\\n]++|\\.)*+'?",
    re.DOTALL,
)
_LITERALS = {
    "py": _PYTHON_LITERAL,
    **dict.fromkeys(["c", "cpp", "cs", "go", "java", "js", "kt", "php", "rs", "ts"], _C_LITERAL),
}
"""Comments and literals by a source file's extension. If a group ``open...`` matches, one goes on to the text's end."""


def open_literal(literal: re.Pattern[str], text: str, start: int, end: int) -> int | None:
    """Return the offset of a literal, or comment, that is still open at ``end``."""
    last = next(iter(deque(literal.finditer(text, start, end), maxlen=1)), None)
    return last.start() if last is not None and is_open(last) else None


def is_open(match: re.Match[str]) -> bool:
    """Tell whether a literal, or comment, goes on to the end of the text."""
    return (match.lastgroup or "").startswith("open")


def literal_of(language: str) -> re.Pattern[str] | None:
    """Return the pattern of a language's comments and literals, None if it has none here."""
    return None if language == OTHER else _LITERALS.get(languages()[language].extension)
