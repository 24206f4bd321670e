"""The difference of an output and of the expected one, short enough to be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from rich.text import Text

from evaluator.cli.terminal import styled

CONTEXT_LINES, MAX_LINES, MAX_CHARACTERS = 2, 12, 160
"""Lines before the first difference, lines from it on, and characters of a line that are shown."""
_COMPARED_LINES = 24
"""Lines from the first difference on that are compared: the time for it grows with their square."""
_STYLES = {"-": "green", "+": "red", " ": ""}
_MARKED_BLANKS = str.maketrans({" ": "·", "\t": "→"})


def difference(expected: str, output: str) -> Iterator[Text]:
    """Yield the lines around the first difference of two texts: ``-`` is expected, ``+`` is the program's. Blanks at
    the end of such a line are marked. Nothing is yielded of texts that are the same."""
    if expected == output:
        return
    target, output_lines = (text.removesuffix("\n").split("\n") for text in (expected, output))
    if target == output_lines:
        yield styled("only the final line feed")
        return
    first = _first_difference(target, output_lines)
    column = _column(target, output_lines, first)
    yield styled((f"line {first + 1}: - expected, + output", "dim"))
    begin = max(0, first - CONTEXT_LINES)
    yield from (styled(f"  {_cut(line, 0)}") for line in target[begin:first])
    lines = list(_changes(target[first : first + _COMPARED_LINES], output_lines[first : first + _COMPARED_LINES]))
    for sign, line in lines[:MAX_LINES]:
        shown = line if sign == " " else _with_marks(line)
        yield styled((f"{sign} {_cut(shown, column)}", _STYLES[sign]))
    if len(lines) > MAX_LINES:
        yield styled(("…", "dim"))


def _changes(target: Sequence[str], output_lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield lines with ``-``, ``+`` or a blank, with no more of them behind the last difference than before it."""
    for kind, one, one_end, other, other_end in SequenceMatcher(
        None, target, output_lines, autojunk=False
    ).get_opcodes():
        if kind == "equal":
            is_last = one_end == len(target) and other_end == len(output_lines)
            yield from ((" ", line) for line in target[one : min(one_end, one + CONTEXT_LINES) if is_last else one_end])
        else:
            yield from (("-", line) for line in target[one:one_end])
            yield from (("+", line) for line in output_lines[other:other_end])


def excerpt(text: str, *, from_end: bool = False) -> Iterator[Text]:
    """Yield the first lines of a text, or its last, and how many are left out."""
    lines = text.removesuffix("\n").split("\n")
    if from_end:
        shown = lines[-MAX_LINES:]
        yield from _left_out(len(lines) - len(shown))
    else:
        shown = lines[:MAX_LINES]
    yield from (styled(_cut(line, 0)) for line in shown)
    if not from_end:
        yield from _left_out(len(lines) - len(shown))


def _left_out(count: int) -> Iterator[Text]:
    if count > 0:
        yield styled((f"… {count} more lines", "dim"))


def _first_difference(target: Sequence[str], output_lines: Sequence[str]) -> int:
    """Return the line at which two texts differ in more than blanks at the ends of lines, or else at which they differ
    at all: most checkers forgive such blanks."""
    end = min(len(target), len(output_lines))
    for strip in (str.rstrip, str):
        for number in range(end):
            if strip(target[number]) != strip(output_lines[number]):
                return number
        if any(map(strip, [*target[end:], *output_lines[end:]])):
            return end
    return end


def _column(target: Sequence[str], output_lines: Sequence[str], line: int) -> int:
    """Return the character of a line at which the two differ."""
    one, other = (lines[line] if line < len(lines) else "" for lines in (target, output_lines))
    equal = (number for number, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1])
    return next(equal, min(len(one), len(other)))


def _with_marks(line: str) -> str:
    text = line.rstrip(" \t")
    return text + line[len(text) :].translate(_MARKED_BLANKS)


def _cut(line: str, start: int) -> str:
    """Return the part of a line that is shown: around ``start``, where it is long."""
    if len(line) <= MAX_CHARACTERS:
        return line
    begin = max(0, min(start - MAX_CHARACTERS // 2, len(line) - MAX_CHARACTERS))
    end = begin + MAX_CHARACTERS
    return f"{'…' if begin else ''}{line[begin:end]}{'…' if end < len(line) else ''}"
