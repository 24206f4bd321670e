"""Lines that are fences, as CommonMark has them (section 4.5) and as models write them, and what indents them."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from evaluator.extraction.formats import MARK, REASONING, language_of

# Led by a set of characters, which a search looks for first: that is ten times as fast.
RUN = re.compile(r"[`~](?:(?<=`)`{2,}+|(?<=~)~{2,}+)")
_PREFIX = re.compile(rf"(?:[ \t>]|[-*+](?=[ \t])|\d{{1,9}}[.)](?=[ \t])|{MARK})*+")
"""The text that may stand before a fence: list items, block quotes, special tokens, tags around the answer."""
_REASONING_END = re.compile("|".join(re.escape(pair.closer) for pair in REASONING))
_MARK = re.compile(MARK)
_QUOTES = re.compile(r"[ \t>]*+")
NO_CONTENT = re.compile(rf"(?:\s|{MARK}|[^\w\s`~'\"=#(\[{{<])*+")
"""The text that may stand behind a closing fence: special tokens, and punctuation (```` ```. ````, ```` ```} ````) that
neither ends a string nor starts anything."""
_GLUED_OPENER = re.compile(r"(?P<info>\w[\w+#.\-]{0,30})[ \t\r]*(?:\n|\Z)")
_COMMENT = re.compile(r"^[ \t]*+(?:#(?!#)|//|--)|[ \t](?:#|//)[ \t]")
_TAB = 4


class Fence(NamedTuple):
    """A line that is a fence: the offsets where it starts, where its backticks or tildes end, and where its line ends;
    the text before it (``prefix``) and behind it (``info``). A fence that is ``glued`` starts behind prose in mid-line;
    its prefix has blanks for that prose."""

    start: int
    mark_end: int
    end: int
    prefix: str
    mark: str
    info: str
    glued: bool = False

    @property
    def quotes(self) -> int:
        """The number of block quotes that it stands in."""
        return self.prefix.count(">")

    @property
    def indent(self) -> int:
        """The columns of its indentation, counted inside the block quote if it stands in one."""
        return _columns(self.prefix.rpartition(">")[2])

    @property
    def opens(self) -> bool:
        """True if it can start a block. Backticks with another one behind them are inline code that fills a line."""
        return self.mark[0] == "~" or "`" not in self.info

    @property
    def closes(self) -> bool:
        """True if it can end a block."""
        return not self.info and not self.prefix.strip()

    @property
    def names_language(self) -> bool:
        """True if it certainly starts a block: it stands alone in its line, and names a known language."""
        return self.opens and not self.glued and language_of(self.info) is not None


def fence_lines(text: str) -> Iterator[Fence]:
    """Yield the fences of a text, in order."""
    at = 0
    for run in RUN.finditer(text):
        if run.start() < at:
            continue
        start = text.rfind("\n", at, run.start()) + 1
        prefix = text[start or at : run.start()]
        # A line has a fence at its start, or behind reasoning that ends in it.
        reasoning = prefix and deque(_REASONING_END.finditer(prefix), maxlen=1)
        if reasoning:
            prefix = prefix[reasoning[0].end() :]
        if not (start or at == 0 or reasoning) or not _PREFIX.fullmatch(prefix):
            at = run.end()
            if fence := _glued_fence(run, prefix):
                at = fence.end
                yield fence
            continue
        at = text.find("\n", run.end())
        at = len(text) if at < 0 else at
        yield _fence(run, prefix, text[run.end() : at].strip(), at)


def _glued_fence(run: re.Match[str], prefix: str) -> Fence | None:
    """Return the fence that starts behind prose in mid-line, where a word that is known ends the line."""
    opener = _GLUED_OPENER.match(run.string, run.end())
    if opener is None or run[0][0] != "`" or language_of(opener["info"]) is None or _COMMENT.search(prefix):
        return None
    quotes = _QUOTES.match(prefix)
    assert quotes is not None
    prefix = quotes[0] + " " * (len(prefix) - quotes.end())
    return Fence(run.start(), run.end(), opener.end("info"), prefix, run[0], opener["info"], glued=True)


def _fence(run: re.Match[str], prefix: str, info: str, end: int) -> Fence:
    start = run.start() - len(prefix)
    if "<" in prefix or "[" in prefix:
        prefix = _MARK.sub("", prefix)
    if NO_CONTENT.fullmatch(info):
        info = ""
    return Fence(start, run.end(), end, prefix, run[0], info)


def _columns(blanks: str) -> int:
    width = 0
    for character in blanks:
        width += _TAB - width % _TAB if character == "\t" else 1
    return width


def outdent(text: str, columns: int) -> str:
    """Take up to ``columns`` from the start of each line, as CommonMark does with the content of an indented fence. A
    content that starts further to the left than its fence loses only as much as its first line has."""
    if columns == 0:
        return text
    lines = text.split("\n")
    first = next(filter(str.strip, lines), "")
    columns = min(columns, _columns(first[: len(first) - len(first.lstrip(" \t"))]))
    return "\n".join(_strip_columns(line, columns) for line in lines)


def _strip_columns(line: str, columns: int) -> str:
    width = place = 0
    while width < columns and place < len(line) and line[place] in " \t":
        width += _TAB - width % _TAB if line[place] == "\t" else 1
        place += 1
    return " " * (width - columns) + line[place:]
