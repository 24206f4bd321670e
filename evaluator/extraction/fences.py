"""Fenced blocks of a Markdown text, as CommonMark has them (section 4.5) and as models write them."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from evaluator.extraction.fence_lines import NO_CONTENT, RUN, Fence, fence_lines, outdent
from evaluator.extraction.formats import OTHER, is_markdown, language_of
from evaluator.extraction.source import is_plausible, is_program_before_fences, is_python, parse
from sandbox.toolchain import languages

_GLUED_CLOSER = re.compile(r"(?<=[^\s`])[ \t]*+(?P<mark>`{3,}+)")
_MOST_GLUED = 4
"""Closing fences in mid-line that are tried in a block, at most: for each, all text before it is parsed."""
_QUOTED = re.compile(r"(?:[ \t]*+>|[ \t\r]*+$)[^\n]*+\n?", re.MULTILINE)
_STRICT = 3
"""Columns by which a fence may be indented further than what it stands in (CommonMark)."""
_MOST_DOUBTS = 16
"""Searches in a text, at most, for literals that turn out not to end: each scans all text that follows."""


@dataclass(frozen=True, slots=True)
class Block:
    """A complete fenced block: what stands behind its opening fence, its text and its offsets in the answer. It is
    ``secondary`` where it stands in a block of Markdown or starts in mid-line, where prose may mention one."""

    info: str
    text: str
    start: int
    end: int
    secondary: bool = False


class Fences:
    """The fences of a text, and the blocks that they make."""

    def __init__(self, text: str, language: str, *, is_inner: bool = False) -> None:
        """Find the fences of a text. Blocks without a tag are written in ``language``. A text that ``is_inner``, taken
        from a block quote or a block of Markdown, is not searched for another one of those: they may nest to any
        depth."""
        self._text, self._language, self._is_inner = text, language, is_inner
        self._fences = list(fence_lines(text))
        self._longest = _longest_from(self._fences)
        self._counts = _counts_from(self._fences)
        self._doubts = 0

    def __len__(self) -> int:
        return len(self._fences)

    def __getitem__(self, number: int) -> Fence:
        return self._fences[number]

    def count_from(self, number: int) -> int:
        """Count the fences from one on, without those in mid-line that start nothing."""
        return self._counts[number]

    def blocks(self) -> Iterator[Block]:
        """Yield all complete blocks, in order."""
        number = 0
        while number < len(self):
            blocks, end = self.at(number)
            yield from blocks
            while number < len(self) and self[number].start < end:
                number += 1

    def at(self, number: int) -> tuple[Sequence[Block], int]:
        """Return the blocks that start at a fence, several where it stands in a block quote or holds Markdown, and the
        offset to go on from: the end of the block, or of what cannot be one."""
        opener = self[number]
        if not opener.opens or (opener.quotes and self._is_inner):
            return (), opener.end + 1
        if opener.quotes:
            return self._read_quote(opener)
        last = self._last(number)
        if block := self._complete_block(number, last):
            return self._inner_blocks(block) or (block,), block.end
        if last is None or opener.glued:
            return (), opener.end + 1
        # Another block started first. Fences in mid-line may have started more in between.
        between = [self.at(each)[0] for each in range(number + 1, last) if self[each].glued]
        return [block for blocks in between for block in blocks], self[last].start

    def _complete_block(self, number: int, last: int | None) -> Block | None:
        """Return the block that starts at a fence and ends at ``last``, or before it in mid-line."""
        opener = self[number]
        closes = last is not None and not self[last].info
        block = self._block(opener, self[last].start, self[last].mark_end) if last is not None and closes else None
        if glued := self.glued_block(number, block):
            return glued
        return None if opener.glued and block is not None and not self._is_block(number, block) else block

    def _block(self, opener: Fence, end: int, mark_end: int) -> Block:
        content = outdent(self._text[opener.end + 1 : end], opener.indent)
        return Block(opener.info, content, opener.start, mark_end, secondary=opener.glued)

    def _is_block(self, number: int, block: Block) -> bool:
        """Tell whether a block that starts in mid-line is one, and not prose that mentions a fence."""
        known, behind = language_of(block.info), self.count_from(number + 1)
        if known is None or known == OTHER:
            return behind % 2 == 1
        return is_program_before_fences(block.text, known, behind)

    def glued_block(self, number: int, block: Block | None = None) -> Block | None:
        """Return the block that ends at a fence behind the text of its last line, before the next line that is a fence.
        ``block`` is the block as a proper closing fence ends it: it is replaced only if it cannot be a program."""
        opener = self[number]
        language = language_of(opener.info) or self._language
        if opener.mark[0] != "`" or (language == OTHER and not opener.glued):
            return None
        following = self[number + 1] if number + 1 < len(self) else None
        start, end = opener.end + 1, len(self._text) if following is None else following.start
        runs = list(islice(_GLUED_CLOSER.finditer(self._text, start, end), _MOST_GLUED))
        if not runs or (block is not None and _is_valid_python(block.text, language)):
            return None
        before_glued = following is not None and following.glued
        may_be_glued = block is None or opener.glued or _is_python(language) or before_glued
        literal = self._literal(opener.info)
        literals = [] if literal is None else [match.span() for match in literal.finditer(self._text, start, end)]
        for run in runs:
            at = run.start("mark")
            before, behind = self._line_around(*run.span("mark"))
            is_text = literal is None or any(first < at < last for first, last in literals)
            if "```" in before + behind or (is_text and not (may_be_glued and NO_CONTENT.fullmatch(behind))):
                continue
            if opener.glued and literal is None and run[0] != run["mark"]:
                continue  # "It starts with ```ruby", and in the next line "and ends with ```"
            glued = self._block(opener, run.start(), run.end())
            if run["mark"].startswith(opener.mark) and (language == OTHER or is_plausible(glued.text, language)):
                return replace(glued, text=glued.text + "\n")
        return None

    def _line_around(self, start: int, end: int) -> tuple[str, str]:
        """Return the parts of a line before and behind two offsets in it."""
        line_end = self._text.find("\n", end)
        before = self._text[self._text.rfind("\n", 0, start) + 1 : start]
        return before, self._text[end : len(self._text) if line_end < 0 else line_end]

    def _inner_blocks(self, block: Block) -> Sequence[Block]:
        """Return the blocks inside a block of Markdown: one tagged as such, or one without a tag that holds a program's
        block."""
        known = language_of(block.info)
        if self._is_inner or not (known is None or is_markdown(block.info)) or not RUN.search(block.text):
            return ()
        inner = Fences(block.text, self._language, is_inner=True)
        if known is None and not inner.have_program(self._literal(block.info)):
            return ()
        return [replace(each, start=block.start, end=block.end, secondary=True) for each in inner.blocks()]

    def have_program(self, literal: re.Pattern[str] | None) -> bool:
        """Tell whether a fence, outside of the literals of what may be a program, names a language that can run."""
        named = (fence for fence in self._fences if fence.names_language and language_of(fence.info) != OTHER)
        first = next(named, None)
        return first is not None and (literal is None or _open_literal(literal, self._text, 0, first.start) is None)

    def _read_quote(self, opener: Fence) -> tuple[Sequence[Block], int]:
        """Read a block quote, from the fence on, as a text of its own."""
        head = opener.prefix.rpartition(">")[2].removeprefix(" ")
        lines, at = [head, opener.mark, opener.info, "\n"], opener.end + 1
        marker = re.compile(rf"(?:[ \t]*+> ?){{0,{opener.quotes}}}+")
        while (line := _QUOTED.match(self._text, at)) and line.end() > at:
            lines.append(marker.sub("", line[0], count=1))
            at = line.end()
        inner = Fences("".join(lines), self._language, is_inner=True)
        return [Block(block.info, block.text, opener.start, at) for block in inner.blocks()], at

    def _last(self, number: int) -> int | None:
        """Return the number of the fence that ends a block, by closing it or by starting another. A block that starts
        in mid-line ends at the next fence or not at all: otherwise many of them would take quadratic time."""
        if self[number].glued:
            return self._next(number, number + 1, number + 2)
        plain = self._next(number, number + 1)
        literal = self._literal(self[number].info)
        if plain is None or literal is None or self._doubts >= _MOST_DOUBTS:
            return plain
        at, last = self[number].end, plain
        while (start := _open_literal(literal, self._text, at, self[last].start)) is not None:
            match = literal.match(self._text, start)
            assert match is not None
            following = None
            if not _is_open(match) and not self._is_followed_by_another(last, match.end()):
                following = self._next(number, self._first_from(match.end(), last))
            if following is None:
                self._doubts += 1
                return plain
            at, last = match.end(), following
        return last

    def _is_followed_by_another(self, closing: int, end: int) -> bool:
        """Tell whether another block starts between the fence that closes one and ``end``: then a literal that goes on
        to ``end`` is a quote that was forgotten in one block, and found in the other."""
        opening = closing + 1
        if self[closing].info or opening == len(self) or self[opening].start >= end:
            return False
        return self[opening].names_language

    def _first_from(self, offset: int, number: int) -> int:
        while number < len(self) and self[number].start < offset:
            number += 1
        return number

    def _next(self, opening: int, number: int, end: int | None = None) -> int | None:
        """Return the first fence from ``number`` on, and before ``end``, that ends the block of ``opening``, literals
        left aside."""
        opener = self[opening]
        end = len(self) if end is None else min(end, len(self))
        while number < end and self._longest[opener.mark[0]][number] >= len(opener.mark):
            fence = self[number]
            alike = fence.mark.startswith(opener.mark) and not fence.quotes
            if alike and (fence.closes or _starts_anew(opener, fence)):
                return number
            number += 1
        return None

    def _literal(self, info: str) -> re.Pattern[str] | None:
        return _literal_of(language_of(info) or self._language)


def _longest_from(fences: Sequence[Fence]) -> dict[str, list[int]]:
    """Return for each kind, at each number, the longest of the fences from there on that can end a block."""
    longest = {"`": [0] * len(fences), "~": [0] * len(fences)}
    most = {"`": 0, "~": 0}
    for number in range(len(fences) - 1, -1, -1):
        fence = fences[number]
        if fence.closes:
            most[fence.mark[0]] = max(most[fence.mark[0]], len(fence.mark))
        for kind in most:
            longest[kind][number] = most[kind]
    return longest


def _is_python(language: str) -> bool:
    return language != OTHER and is_python(language)


def _is_valid_python(text: str, language: str) -> bool:
    return _is_python(language) and parse(text) is not None


def _counts_from(fences: Sequence[Fence]) -> list[int]:
    counts = [0]
    for number in range(len(fences) - 1, -1, -1):
        counts.append(
            counts[-1] + (not fences[number].glued or (number + 1 < len(fences) and fences[number + 1].closes))
        )
    return counts[::-1]


def _starts_anew(opener: Fence, fence: Fence) -> bool:
    """Tell whether a fence inside a block starts another, so that the first was never closed: it names a language, and
    is indented as fences are."""
    return fence.names_language and fence.indent <= opener.indent + _STRICT


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
    **dict.fromkeys(["c", "cpp", "cs", "d", "go", "java", "js", "kt", "php", "rs", "scala", "ts"], _C_LITERAL),
}
"""Comments and literals by a source file's extension: a fence inside one of them is not a fence. If a group
``open...`` matches, one goes on to the text's end."""


def _open_literal(literal: re.Pattern[str], text: str, start: int, end: int) -> int | None:
    """Return the offset of a literal, or comment, that is still open at ``end``."""
    last = next(iter(deque(literal.finditer(text, start, end), maxlen=1)), None)
    return last.start() if last is not None and _is_open(last) else None


def _is_open(match: re.Match[str]) -> bool:
    """Tell whether a literal, or comment, goes on to the end of the text."""
    return (match.lastgroup or "").startswith("open")


def _literal_of(language: str) -> re.Pattern[str] | None:
    """Return the pattern of a language's comments and literals, None if it has none here."""
    return None if language == OTHER else _LITERALS.get(languages()[language].extension)
