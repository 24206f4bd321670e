"""A model's reasoning: where it starts and where it ends."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import NamedTuple

from evaluator.extraction.fences import Fences
from evaluator.extraction.formats import MARK, REASONING, ROLE

_OPENERS = {pair.opener: number for number, pair in enumerate(REASONING)}
_CLOSERS = {pair.closer: number for number, pair in enumerate(REASONING)}
_TAGS = (*_OPENERS, *_CLOSERS)
# Led by a set of characters, which a search looks for first: that is ten times as fast.
_TAG = re.compile(
    f"[{re.escape(''.join({tag[0] for tag in _TAGS}))}](?:{'|'.join(re.escape(tag[1:]) for tag in _TAGS)})"
)
_SIGHT = 120
"""Characters to either side of a tag that are looked at."""
_BEFORE_TEXT = re.compile(rf"[ \t>]|{_TAG.pattern}|{MARK}|\b(?:{ROLE})\b")
_LINE_END = re.compile(rf"(?:[ \t\r]|{MARK})*+(?:\n|\Z)")
_SENTENCE_END = re.compile(r"[.!?…。！？][)\]\"'*]*[ \t]*\Z")
_SENTENCE_START = re.compile(r"[ \t]+[A-Z0-9#*`]")
_QUOTES = "`'\"“”‘’«»()[]{}*_"
_STRING_ENDS = "'\"\\"
_PLAIN_ANALYSIS = re.compile(r"\s*analysis(?=[A-Z][\w'’]*+[ \t,]+\w)")
_PLAIN_FINAL = re.compile("assistantfinal")
"""The end of reasoning in gpt-oss's answers after a decoder has dropped the special tokens of its channels:
``analysisWe need ...assistantfinalHere is ...``."""


class Tag(NamedTuple):
    """A tag that opens or closes reasoning. It is ``certain`` if it stands between lines or sentences; in the middle of
    a sentence, the text may only mention it."""

    start: int
    end: int
    pair: int
    opens: bool
    certain: bool


def tags(text: str) -> list[Tag]:
    """Return the tags in a text, without those that it only mentions: tags in quotes, and the second of two that one
    sentence mentions."""
    result: list[Tag] = []
    mention: Tag | None = None
    for match in _TAG.finditer(text):
        if match[0] not in _TAGS:
            continue
        before, after = _around(text, match)
        opens = match[0] in _OPENERS
        pair = _OPENERS[match[0]] if opens else _CLOSERS[match[0]]
        certain = _is_certain(before, after, opens)
        if _is_quoted(before, after) or (not opens and mention is not None and _is_mention_of(mention, match, text)):
            continue
        tag = Tag(match.start(), match.end(), pair, opens, certain)
        mention = tag if opens and not certain and before[-1:].isspace() else None
        result.append(tag)
    return result


def closer_of(text: str, all_tags: Sequence[Tag], number: int) -> int | None:
    """Return the number of the tag that ends the reasoning that tag ``number`` opens: the first certain one, or any in
    the same line."""
    opener = all_tags[number]
    in_line = True
    for following in range(number + 1, len(all_tags)):
        tag = all_tags[following]
        if tag.opens or tag.pair != opener.pair:
            continue
        in_line = in_line and text.find("\n", opener.end, tag.start) < 0
        if tag.certain or in_line:
            return following
    return None


def skip_template_reasoning(text: str, language: str) -> str | None:
    """Return the text behind reasoning that the chat template opened, of which the text holds only the end. Return all
    of the text if there is no such reasoning, and None if it never ends."""
    if _PLAIN_ANALYSIS.match(text):
        finals = _PLAIN_FINAL.finditer(text)
        ends = (match.end() for match in finals if not _is_quoted(*_around(text, match)))
        return next((text[end:] for end in ends), None)
    certain = [tag for tag in tags(text) if tag.certain]
    if not certain or certain[0].opens:
        return text
    is_in_program = _program_test(text, language)
    first = next((tag for tag in certain if tag.opens or not is_in_program(tag)), None)
    return text if first is None or first.opens else text[first.end :]


def _program_test(text: str, language: str) -> Callable[[Tag], bool]:
    """Return a function that tells whether a tag is text of a program: it stands in a complete block, and an odd number
    of fences follows, the end of that block and then whole blocks. After reasoning that left a block open, only whole
    blocks follow, with two fences each."""
    fences = Fences(text, language)
    places = [fences[number].start for number in range(len(fences))]
    blocks = list(fences.blocks())
    starts = [block.start for block in blocks]

    def is_in_program(tag: Tag) -> bool:
        number = bisect_right(starts, tag.start) - 1
        behind = len(places) - bisect_right(places, tag.start)
        return number >= 0 and tag.start < blocks[number].end and behind % 2 == 1

    return is_in_program


def _around(text: str, match: re.Match[str]) -> tuple[str, str]:
    return text[max(0, match.start() - _SIGHT) : match.start()], text[match.end() : match.end() + _SIGHT]


def _is_certain(before: str, after: str, opens: bool) -> bool:
    if _LINE_END.match(after) or _starts_line(before):
        return True
    if opens:
        return _SENTENCE_END.search(before) is not None
    # A quote behind the tag ends a string of a program: re.sub("<think>.*?</think>", "", text).
    if after[0] in _STRING_ENDS:
        return False
    glued = not before[-1:].isspace() and before[-1:] not in _QUOTES
    is_between = _SENTENCE_END.search(before) or _SENTENCE_START.match(after)
    return is_between is not None or glued or before.endswith("```")


def _starts_line(before: str) -> bool:
    line = before.rpartition("\n")[2]
    return (len(line) < len(before) or len(before) < _SIGHT) and not (line and _BEFORE_TEXT.sub("", line))


def _is_quoted(before: str, after: str) -> bool:
    if before.endswith("```") or after.startswith("```"):
        return False
    return bool(before and after) and before[-1] in _QUOTES and after[0] in _QUOTES


def _is_mention_of(mention: Tag, match: re.Match[str], text: str) -> bool:
    near = match.start() - mention.end < _SIGHT
    return near and _CLOSERS[match[0]] == mention.pair and "\n" not in text[mention.end : match.start()]
