"""Reader of a model's text: drops reasoning, special tokens and other turns, and collects the blocks of the answer."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from evaluator.extraction.fences import Block, Fences
from evaluator.extraction.formats import END_OF_TURN, MARK, ROLE, TOKEN, WRAPPER, is_written_in, language_of
from evaluator.extraction.reasoning import Tag, closer_of, skip_template_reasoning, tags
from evaluator.extraction.source import is_program_before_fences, is_python, is_whole_program

_BOM = "\ufeff"
_BRACKET = re.compile(r"[<\[]")
"""The first character of every mark."""
_MARKS = re.compile(rf"{MARK}(?:[ \t\r]|{MARK})*+")
_END_OF_TURN = re.compile(END_OF_TURN)
_HEAD = re.compile(rf"(?:\s|{MARK})*+(?:(?<=>)(?:{ROLE})(?=[ \t\r]*+(?:\n|\Z|{MARK}))(?:\s|{MARK})*+)?")
_TOKEN_BEHIND = re.compile(rf"{TOKEN}\s*\Z")
_WRAPPER = re.compile(rf"<(?P<closes>/?)(?P<name>{WRAPPER})>")
_LONGEST_TOKEN = 64
_MOST_TOKENS = 16


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """The complete blocks of an answer, in order. If no fence is in it (``fenced`` is False), ``bare`` is the program
    that stands there without one. ``reasoning`` has the offsets of what was left out as such."""

    blocks: Sequence[Block]
    fenced: bool
    bare: str | None
    reasoning: Sequence[tuple[int, int]] = ()


def read(response: str, language: str) -> ModelAnswer | None:
    """Return the answer in a model's text, or None where its reasoning never ends."""
    text = skip_template_reasoning(response.removeprefix(_BOM), language)
    if text is None:
        return None
    reader = _AnswerReader(text, language)
    return replace(reader.answer(), reasoning=reader.reasoning) if reader.read() else None


@dataclass(slots=True)
class _AnswerReader:
    """Goes through a text once, from one fence, tag or token to the next."""

    text: str
    language: str
    blocks: list[Block] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)
    reasoning: list[tuple[int, int]] = field(default_factory=list)
    fenced: bool = False
    at: int = 0
    """Offset up to which the text outside of reasoning has been collected."""
    has_text: bool = False
    """True if the prose so far has more than blanks."""
    head_end: int = -1
    """Offset at which the head of the turn that starts at ``at`` ends; -1 until it is computed."""
    skip: int = 0
    """Offset at which the block of the last fence ends: nothing before it is a tag or token."""

    def read(self) -> bool:
        """Take in the answer; False if its reasoning never ends."""
        fences, all_tags = Fences(self.text, self.language), tags(self.text)
        ends = _ends_of_turns(self.text)
        marks: list[tuple[int, int, int]] = sorted(
            [(fences[number].start, 0, number) for number in range(len(fences))]
            + [(tag.start, 1, number) for number, tag in enumerate(all_tags) if tag.opens and tag.certain]
            + [(start, 2, 0) for start in ends]
        )
        for start, kind, number in marks:
            if start < self.skip:
                continue
            if kind == 0:
                self._fence(fences, number)
            elif kind == 1:
                if not self._leave_out(all_tags, number):
                    return False
            elif self._has_begun(start):
                self._take(start)
                return True
        self._take(len(self.text))
        return True

    def answer(self) -> ModelAnswer:
        """Return the answer that ``read`` has collected."""
        text = "".join(self.prose)
        if self.fenced and not self._is_bare_in_spite_of_fences(text):
            return ModelAnswer(self.blocks, True, None)
        # Python that is whole may have elements, tags and backticks in its strings.
        whole = _program(text, self.language) if is_python(self.language) else None
        if whole is None and (
            elements := [each for each in elements_of(text) if is_written_in(each.info, self.language)]
        ):
            return ModelAnswer(elements, True, None)
        return ModelAnswer((), False, whole or _part(text, self.language))

    def _fence(self, fences: Fences, number: int) -> None:
        fence = fences[number]
        if not self.fenced and fence.closes and fences.glued_block(number) is None:
            before = _strip_marks("".join([*self.prose, self.text[self.at : fence.start]]))
            if is_program_before_fences(before, self.language, fences.count_from(number)):
                self.blocks.append(Block(self.language, before, 0, fence.mark_end))
                self.fenced, self.skip = True, fence.mark_end
                return
        blocks, self.skip = fences.at(number)
        self.blocks.extend(blocks)
        # A fence in mid-line is one only where it starts a block.
        self.fenced = self.fenced or bool(blocks) or not fence.glued

    def _leave_out(self, all_tags: Sequence[Tag], number: int) -> bool:
        closer = closer_of(self.text, all_tags, number)
        if closer is None:
            return False
        self._take(all_tags[number].start)
        self.at = self.skip = all_tags[closer].end
        self.reasoning.append((all_tags[number].start, self.at))
        return True

    def _take(self, end: int) -> None:
        piece = self.text[self.at : end]
        self.prose.append(piece)
        self.has_text = self.has_text or bool(piece.strip())
        self.at, self.head_end = end, -1

    def _has_begun(self, end: int) -> bool:
        """Tell whether the answer has more before ``end`` than the head of its turn."""
        if self.has_text or self.blocks:
            return True
        if self.head_end < 0:  # it may hold many tokens that end a turn
            head = _HEAD.match(self.text, self.at)
            assert head is not None
            self.head_end = head.end()
        return self.head_end < end

    def _is_bare_in_spite_of_fences(self, text: str) -> bool:
        """Tell whether a text is a Python program without a fence, whose own strings hold the fences in it."""
        quoted = is_python(self.language) and ('"""' in text or "'''" in text)
        return quoted and is_whole_program(_strip_marks(text), self.language)


def _ends_of_turns(text: str) -> list[int]:
    """Return the offsets of tokens that end a turn and have only special tokens behind them in their line."""
    ends, at = [], 0
    for bracket in _BRACKET.finditer(text):
        if bracket.start() < at or not (marks := _MARKS.match(text, bracket.start())):
            continue
        at = marks.end()
        if text[at : at + 1] in ("", "\n") and (token := _END_OF_TURN.search(marks[0])):
            ends.append(marks.start() + token.start())
    return ends


def _program(text: str, language: str) -> str | None:
    """Return a text without the marks around it, or None if that is no program."""
    program = _strip_marks(text)
    return program if is_whole_program(program, language) else None


def _part(text: str, language: str) -> str | None:
    """Return the program in an answer without a fence that is not a program as a whole."""
    wrapped = _inside_wrapper(text, language)
    program = None if wrapped is None else _program(wrapped, language)
    if program is None and is_python(language) and "```" in text:
        # The prompt opened the fence, and its end is glued to the last line.
        return _program(text.partition("```")[0], language)
    return program


def _inside_wrapper(text: str, language: str) -> str | None:
    """Return the content of the last ``<answer>`` of a text, or None if there is none. In Python the closing tag may be
    missing, since a parser can tell whether the program is complete: trainers stop generating at the tag and leave it
    out."""
    last, opener = None, None
    for match in _WRAPPER.finditer(text):
        if not match["closes"]:
            opener = opener or match
        elif opener is not None and opener["name"] == match["name"]:
            last, opener = text[opener.end() : match.start()], None
    return text[opener.end() :] if opener is not None and is_python(language) else last


def _strip_marks(text: str) -> str:
    head = _HEAD.match(text)
    assert head is not None
    # Blanks before the first line's text are its indentation.
    start = max(text.rfind("\n", 0, head.end()) + 1, text.rfind(">", 0, head.end()) + 1)
    text = text[start:].removeprefix(_BOM)
    for _ in range(_MOST_TOKENS):
        behind = _TOKEN_BEHIND.search(text, max(0, len(text) - _LONGEST_TOKEN))
        if behind is None:
            break
        text = text[: behind.start()]
    return text


_CODE = re.compile(
    rf"^(?:[ \t>]|<pre(?:[ \t][^<>]{{0,300}})?>|{MARK})*+<code[ \t](?P<attributes>[^<>]{{0,300}})>|(?P<end></code>)",
    re.MULTILINE,
)
_CLASS = re.compile(r"\bclass=[\"']?([^\"']*+)")


def elements_of(text: str) -> Iterator[Block]:
    """Yield the ``<code>`` elements of a text that start a line and whose class names a language. Code in the middle of
    a sentence does not count."""
    opener: re.Match[str] | None = None
    for tag in _CODE.finditer(text):
        if not tag["end"]:
            opener = opener or tag
        elif opener is not None:
            classes = _CLASS.search(opener["attributes"])
            words = [] if classes is None else classes[1].split()
            if info := next((word for word in words if language_of(word) is not None), None):
                code = html.unescape(text[opener.end() : tag.start()])
                yield Block(info, code.removeprefix("\n"), opener.start(), tag.end())
            opener = None
