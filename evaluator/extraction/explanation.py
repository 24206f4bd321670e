"""Explanation of what was taken of a model's answer, and of why the rest was not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from evaluator.extraction.answer import ModelAnswer, read
from evaluator.extraction.choice import MAX_COMPARED, Rank, rank
from evaluator.extraction.fences import Block
from evaluator.extraction.formats import is_written_in, language_of
from evaluator.extraction.reasoning import skip_template_reasoning

if TYPE_CHECKING:
    from evaluator.schema import Suite

Kind = Literal["text", "program", "block", "reasoning"]
_MAX_TAGS, _MAX_TAG_CHARACTERS = 3, 20
"""Tags of other languages that a reason names."""
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an answer. ``why`` is the reason for taking it, or for not taking it."""

    kind: Kind
    text: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The program of an answer, the answer in parts that add up to it, and one sentence."""

    program: str | None
    parts: tuple[Part, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    kind: Kind
    why: str


def explain(response: str, language: str, suite: Suite | None = None) -> Explanation:
    """Explain what ``extract`` does with a response. No text makes it raise."""
    text = response.removeprefix(_BOM)
    behind = skip_template_reasoning(text, language)
    answer = read(response, language)
    if behind is None or answer is None:
        return Explanation(None, (Part("reasoning", response, "it never ends"),), "the reasoning never ends")
    start = len(response) - len(behind)
    marks = [_Mark(start + first, start + end, "reasoning", "left out") for first, end in answer.reasoning]
    if start > len(response) - len(text):
        marks.append(_Mark(0, start, "reasoning", "left out: the prompt has opened it"))
    if not answer.fenced:
        return _of_bare(response, answer.bare, marks, language)
    ranked = rank(answer.blocks, language, suite)
    program = max(ranked, key=lambda pair: pair[1])[0] if ranked else None
    marks += _marks_of_blocks(answer.blocks, ranked, program, language, start)
    reason = _reason(answer, program, len(ranked), language)
    return Explanation(None if program is None else program.text, tuple(_parts(response, marks)), reason)


def locate(response: str, program: str, why: str) -> Explanation:
    """Explain an answer whose program was found by another rule, by where it stands."""
    at = response.rfind(program) if program.strip() else -1
    marks = [_Mark(at, at + len(program), "program", why)] if at >= 0 else []
    return Explanation(program, tuple(_parts(response, marks)), why)


def _of_bare(response: str, program: str | None, marks: list[_Mark], language: str) -> Explanation:
    if program is None:
        reason = (
            "a fenced block was opened and never closed: the answer stops in the middle of its program"
            if "```" in response
            else f"there is no fenced block, and the text is not a program in {language}"
            if response.strip()
            else "the response is empty"
        )
        return Explanation(None, tuple(_parts(response, marks)), reason)
    why = "there is no fenced block, and the text is a program"
    at = response.rfind(program.strip())
    if at >= 0:
        marks = [*marks, _Mark(at, at + len(program.strip()), "program", why)]
    return Explanation(program, tuple(_parts(response, marks)), why)


def _reason(answer: ModelAnswer, program: Block | None, compared: int, language: str) -> str:
    if program is not None:
        return "the only block that can be meant" if compared == 1 else f"one block of {compared} that were compared"
    if not answer.blocks:
        return "a fenced block was opened and never closed: the answer stops in the middle of its program"
    others = {block.info.strip() for block in answer.blocks if language_of(block.info) is not None}
    tags = sorted(tag[:_MAX_TAG_CHARACTERS] for tag in others if not is_written_in(tag, language))
    tagged = f": blocks are tagged {', '.join(map(repr, tags[:_MAX_TAGS]))}" if tags else ""
    return f"no fenced block has a program in {language}{tagged}"


def _marks_of_blocks(
    blocks: Sequence[Block], ranked: Sequence[tuple[Block, Rank]], program: Block | None, language: str, start: int
) -> Iterator[_Mark]:
    ranks = {id(block): place for block, place in ranked}
    best = max(ranks.values(), default=None)
    for block in blocks:
        place = ranks.get(id(block))
        kind: Kind = "program" if block is program else "block"
        why = _why_taken(ranked, program) if block is program else _why_not(block, place, best, language)
        yield _Mark(start + block.start, start + block.end, kind, why)


def _why_taken(ranked: Sequence[tuple[Block, Rank]], program: Block | None) -> str:
    if len(ranked) == 1:
        return "no other block can be meant"
    best = next(place for block, place in ranked if block is program)
    second = max(place for block, place in ranked if block is not program)
    if best == second:
        return "the last of several that are equal"
    return _DIFFERENCES[next(i for i in range(len(best)) if best[i] != second[i])][0]


_DIFFERENCES = (
    ("it defines more of the names that the tests ask for", "it defines fewer of the names that the tests ask for"),
    ("it is a program by itself", "it is not a program by itself, or only calls what another block defines"),
    ("it stands by itself", "it starts in mid-line, or inside a block of Markdown"),
    ("it names its language", "it names no language, and another block does"),
)
"""For each part of a rank: why the better block was taken, and why the other was not."""


def _why_not(block: Block, place: Rank | None, best: Rank | None, language: str) -> str:
    if place is not None and best is not None:
        different = next((i for i in range(len(best)) if best[i] != place[i]), None)
        return "a later block is as good" if different is None else _DIFFERENCES[different][1]
    if not block.text.strip():
        return "it is empty"
    if language_of(block.info) is not None and not is_written_in(block.info, language):
        return f"it is tagged {block.info.strip()!r}, and the program is to be in {language}"
    return f"only the last {MAX_COMPARED} blocks are compared"


def _parts(response: str, marks: Sequence[_Mark]) -> Iterator[Part]:
    """Cut a response at its marks. Blocks from inside of another have its offsets: the program's mark wins."""
    at = 0
    for mark in sorted(marks, key=lambda mark: (mark.start, mark.kind != "program")):
        if mark.start < at or mark.end > len(response):
            continue
        if mark.start > at:
            yield Part("text", response[at : mark.start])
        yield Part(mark.kind, response[mark.start : mark.end], mark.why)
        at = mark.end
    if at < len(response):
        yield Part("text", response[at:])


__all__ = ["Explanation", "Part", "explain", "locate"]
