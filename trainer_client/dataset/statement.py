"""Parts of a statement: its samples, its sections, what is missing from it."""

from __future__ import annotations

import re
from itertools import pairwise

_CALL_SAMPLE = re.compile(
    r"^[ \t>*]*Input[ \t*]*:[ \t*]*(?P<input>.+?)\n[ \t>*]*Output[ \t*]*:[ \t*]*\n?(?P<output>[^\n]*)",
    re.MULTILINE | re.DOTALL,
)
"""LeetCode's ``Input: n = 5, queries = [[2, 4]]`` and ``Output: [3]``."""
_MAX_CALL = 4000
_HEADING_MARKS = " \t#*-=:>"
_HEADING_EXTRAS = re.compile(r"\b(?:samples?|examples?|copy|tests?)\b|#?\d+|[\[\]()]", re.IGNORECASE)
_SAMPLE_WORD = re.compile(r"\b(?:samples?|examples?)\b", re.IGNORECASE)
_END_WORDS = frozenset(("note", "notes", "explanation", "constraints", "hint", "hints", ""))
_MAX_HEADING = 40
_CONSTRAINTS = re.compile(
    r"^[ \t#*\-=]*Constraints?[ \t]*:?[ \t#*\-=]*\n(?P<text>.*?)(?=\n[ \t]*\n[ \t#*\-=]*[A-Z]|\Z)",
    re.MULTILINE | re.DOTALL,
)

_PLACEHOLDER = re.compile(r"<image>|\[image\]|\[image:[^\]]*\]", re.IGNORECASE)
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)|\\includegraphics")
_URL = re.compile(r"https?://\S+|\[[^\]]*\]\([^)]*\)")
_UNAVAILABLE = re.compile(
    r"(?:english (?:description|statement|translation)|(?:problem )?(?:description|statement)) is not available"
    r"|translation (?:is )?(?:not|un)available",
    re.IGNORECASE,
)


def call_samples(statement: str) -> list[tuple[str, str]]:
    """Samples that are calls: the arguments' text and the result's."""
    return [
        (match["input"].strip(), match["output"].strip())
        for match in _CALL_SAMPLE.finditer(statement)
        if len(match["input"]) <= _MAX_CALL and "\n\n" not in match["input"]
    ]


def block_samples(statement: str) -> list[tuple[str, str]]:
    """Samples that are standard input and output, each below a heading of its own, after the word sample or example."""
    samples: list[tuple[str, str]] = []
    blocks = _blocks(statement)
    for (kind, input_text), (next_kind, expected) in pairwise(blocks):
        if kind == "input" and next_kind == "output" and input_text.strip() and expected.strip():
            samples.append((input_text, expected))
    return samples


def _blocks(statement: str) -> list[tuple[str, str]]:
    """The texts below headings, from the first that speaks of samples on."""
    blocks: list[tuple[str, list[str]]] = []
    among_samples = False
    for line in statement.split("\n"):
        kind = _heading(line)
        if kind is not None:
            among_samples = among_samples or _SAMPLE_WORD.search(line) is not None
            blocks.append((kind if among_samples else "", []))
        elif blocks:
            blocks[-1][1].append(line)
    return [(kind, _content(kind, lines)) for kind, lines in blocks]


def _heading(line: str) -> str | None:
    """``input`` or ``output``, "" for another heading, null for a line that is none."""
    if len(line) > _MAX_HEADING or not (bare := line.strip(_HEADING_MARKS)):
        return None
    word = _HEADING_EXTRAS.sub("", bare).strip(_HEADING_MARKS).lower()
    if word in ("input", "output"):
        return word
    return "" if word in _END_WORDS and any(char.isalpha() for char in bare) else None


def _content(kind: str, lines: list[str]) -> str:
    """A block without fences and blank lines around; an output ends at a blank line, after which prose may follow."""
    fenced = [place for place, line in enumerate(lines) if line.strip().startswith("```")]
    if len(fenced) >= 2:
        lines = lines[fenced[0] + 1 : fenced[1]]
    text = "\n".join(lines).strip("\n")
    if kind == "output" and len(fenced) < 2:
        text = re.split(r"\n[ \t]*\n", text, maxsplit=1)[0]
    return text + "\n"


def constraints_of(statement: str) -> str:
    """The text below the heading ``Constraints``; "" where there is none."""
    match = _CONSTRAINTS.search(statement)
    return match["text"].strip() if match else ""


def images(statement: str) -> tuple[int, int]:
    """Count a statement's images, and its placeholders for a lost formula or picture."""
    return len(_IMAGE.findall(statement)), len(_PLACEHOLDER.findall(statement))


def is_unavailable(statement: str) -> bool:
    """Tell whether a text says that there is no statement."""
    return _UNAVAILABLE.search(statement) is not None


def without_links(statement: str) -> str:
    """The text beside links."""
    return _URL.sub("", statement)
