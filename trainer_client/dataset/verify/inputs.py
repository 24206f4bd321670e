"""New inputs by small changes of a suite's own, for suites that refuse too few wrong programs.

They stay close to the suite's inputs: numbers within their range, letters of their alphabets, lines with as many
tokens, rectangles that stay rectangles, unchanged counts. Nothing proves that the problem allows such an input, so it
is used only if references agree on its output."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from evaluator.schema import Suite

_MAX_INPUT_CHARACTERS = 20_000
"""Characters of an input from which new ones are made, at most: small inputs show slips as well, and cost less."""
_TRIES_PER_INPUT = 8
_CHANGES = (1, 1, 2, 3)
"""The number of places of an input that change is drawn from these."""


def new_inputs(suite: Suite, most: int, seed: int) -> list[Any]:
    """Make up to ``most`` inputs that the suite does not have, the same for the same suite and seed."""
    draw = random.Random(f"{seed}:{suite.mode}:{len(suite.tests)}:{text_of(suite.tests[0].input)[:1000]}")
    bases = [test.input for test in suite.tests if _is_base(test.input)]
    change: Callable[[Any, random.Random], Any] = (
        _changed_calls if suite.function and suite.function.style == "operations" else _changed_input
    )
    seen, inputs = {text_of(test.input) for test in suite.tests}, []
    for _ in range(_TRIES_PER_INPUT * most if bases else 0):
        candidate = change(draw.choice(bases), draw)
        if text_of(candidate) not in seen:
            seen.add(text_of(candidate))
            inputs.append(candidate)
        if len(inputs) == most:
            break
    return inputs


def _is_base(value: Any) -> bool:
    """Tell whether new inputs can be made of one. Bytes that are not text, and named arguments, are no basis."""
    return isinstance(value, str | list) and len(text_of(value)) <= _MAX_INPUT_CHARACTERS


def _changed_input(value: Any, draw: random.Random) -> Any:
    return _changed_text(value, draw) if isinstance(value, str) else _changed_values(value, draw)


def _changed_calls(value: list[Any], draw: random.Random) -> list[Any]:
    """Change arguments in a sequence of calls of an object's methods. The names and their order stay."""
    names, arguments = json.loads(json.dumps(value))
    places = [place for place, argument in enumerate(arguments) if argument]
    if places:
        place = draw.choice(places)
        arguments[place] = _changed_values(arguments[place], draw)
    return [names, arguments]


def text_of(value: Any) -> str:
    """Return an input as text: JSON where it is none."""
    return value if isinstance(value, str) else json.dumps(value)


def _changed_values(arguments: list[Any], draw: random.Random) -> list[Any]:
    changed = json.loads(json.dumps(arguments))
    for _ in range(draw.choice(_CHANGES)):
        if changed:
            place = draw.randrange(len(changed))
            changed[place] = _changed(changed[place], draw)
    return list(changed)


def _changed(value: Any, draw: random.Random) -> Any:
    """Return a value of the same type that is close to this one."""
    match value:
        case bool():
            return not value
        case int():
            return _near(value, draw)
        case float():
            return draw.choice([value + 1, value - 1, value / 2, -value])
        case str():
            return _changed_string(value, draw)
        case [list(), *_] if len({len(row) for row in value}) == 1:
            return _changed_rectangle(value, draw)
        case [_, *_]:
            return _changed_list(value, draw)
    return value


def _near(number: int, draw: random.Random) -> int:
    """Return a number close to another, with the same sign if the inputs have only that."""
    near = [number + 1, number - 1, number + 2, number // 2, 2 * number, 1, number + draw.randint(3, 10)]
    allowed = [each for each in near if (each >= 0) == (number >= 0) and (each != 0 or number == 0)]
    return draw.choice(allowed) if allowed else number


def _changed_string(text: str, draw: random.Random) -> str:
    if not text:
        return text
    place = draw.randrange(len(text))
    other = draw.choice(text)
    return draw.choice(
        [
            text[:place] + other + text[place + 1 :],
            text[:place] + other + text[place:],
            text[:place] + text[place + 1 :] or text,
            text[::-1],
            text[: place + 1],
        ]
    )


def _changed_list(values: list[Any], draw: random.Random) -> list[Any]:
    place, other = draw.randrange(len(values)), draw.randrange(len(values))
    copied = list(values)
    match draw.randrange(7):
        case 0:
            del copied[place]
        case 1:
            copied.insert(other, copied[place])
        case 2:
            copied[place], copied[other] = copied[other], copied[place]
        case 3:
            copied.reverse()
        case 4:
            copied = copied[: place + 1]
        case 5:
            copied[place] = copied[other]
        case _:
            copied[place] = _changed(copied[place], draw)
    return copied or list(values)


def _changed_rectangle(rows: list[list[Any]], draw: random.Random) -> list[list[Any]]:
    place, other = draw.randrange(len(rows)), draw.randrange(len(rows))
    copied = [list(row) for row in rows]
    match draw.randrange(4):
        case 0 if len(rows) > 1:
            del copied[place]
        case 1:
            copied[place], copied[other] = copied[other], copied[place]
        case 2 if copied[place]:
            column = draw.randrange(len(copied[place]))
            copied[place][column] = copied[other][column]
        case _ if copied[place]:
            column = draw.randrange(len(copied[place]))
            copied[place][column] = _changed(copied[place][column], draw)
    return copied


def _changed_text(text: str, draw: random.Random) -> str:
    """Change tokens of a program's input, except those that count what follows."""
    lines = [line.split(" ") for line in text.split("\n")]
    places = [place for place in _tokens(lines) if not _is_count(lines, *place)]
    for _ in range(draw.choice(_CHANGES)):
        if places:
            row, column = draw.choice(places)
            draw.choice(_OF_LINE)(lines, row, column, draw)
    return "\n".join(map(" ".join, lines))


def _tokens(lines: Sequence[Sequence[str]]) -> Iterator[tuple[int, int]]:
    for row, tokens in enumerate(lines):
        yield from ((row, column) for column, token in enumerate(tokens) if token.strip())


def _is_count(lines: Sequence[Sequence[str]], row: int, column: int) -> bool:
    """Tell whether a token counts what follows: tokens or characters of a line, or lines up to the end."""
    token = lines[row][column]
    if not token.isdigit():
        return False
    following = [line for line in lines[row + 1 :] if any(line)]
    counts = {len(following)} | {len(line) for line in following} | {len(line[0]) for line in following if line}
    return int(token) in counts


def _neighbour(lines: list[list[str]], row: int, column: int, draw: random.Random) -> None:
    token = lines[row][column]
    sign, digits = token[: token.startswith("-")], token[token.startswith("-") :]
    if digits.isdigit():
        lines[row][column] = str(_near(int(sign + digits), draw))
    else:
        lines[row][column] = _same_length(token, draw)


def _same_length(token: str, draw: random.Random) -> str:
    place = draw.randrange(len(token))
    return draw.choice([token[::-1], token[:place] + draw.choice(token) + token[place + 1 :]])


def _copy(lines: list[list[str]], row: int, column: int, draw: random.Random) -> None:
    lines[row][column] = draw.choice([token for token in lines[row] if token.strip()])


def _swap(lines: list[list[str]], row: int, column: int, draw: random.Random) -> None:
    other = draw.randrange(len(lines[row]))
    lines[row][column], lines[row][other] = lines[row][other], lines[row][column]


_LineChange = Callable[[list[list[str]], int, int, random.Random], None]
_OF_LINE: tuple[_LineChange, ...] = (_neighbour, _neighbour, _copy, _swap)
