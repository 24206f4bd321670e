"""Standard checkers of DMOJ. It is no part of ours that runs here: this text goes into the
suite, and runs in the jail as a testlib checker does.

``main.py input.txt output.txt answer.txt OPTIONS``, where the options are JSON: the name of a standard checker and its
arguments, or ``custom``, for which the package's own ``check`` is imported.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable
from types import ModuleType
from typing import Any


def lines_of(data: bytes) -> list[list[bytes]]:
    """Return the tokens of each line that has some."""
    return [tokens for line in data.split(b"\n") if (tokens := line.split())]


def standard(output: bytes, answer: bytes) -> bool:
    return lines_of(output) == lines_of(answer)


def easy(output: bytes, answer: bytes) -> bool:
    return Counter(b"".join(output.split()).lower()) == Counter(b"".join(answer.split()).lower())


def identical(output: bytes, answer: bytes, pe_allowed: bool = True) -> bool:
    return output == answer


def rstripped(output: bytes, answer: bytes) -> bool:
    def stripped(data: bytes) -> list[bytes]:
        return [line.rstrip() for line in data.rstrip().split(b"\n")]

    return stripped(output) == stripped(answer)


def linecount(output: bytes, answer: bytes, feedback: bool = True) -> bool:
    def rows(data: bytes) -> list[bytes]:
        return [line.strip() for line in data.split(b"\n") if line.strip()]

    return rows(output) == rows(answer)


def sorted_(output: bytes, answer: bytes, split_on: str = "lines") -> bool:
    if split_on == "whitespace":
        return sorted(output.split()) == sorted(answer.split())
    return sorted(lines_of(output)) == sorted(lines_of(answer))


def unordered(output: bytes, answer: bytes) -> bool:
    return sorted_(output, answer, "whitespace")


def floats(output: bytes, answer: bytes, precision: int = 6, error_mode: str = "default") -> bool:
    got, want = lines_of(output), lines_of(answer)
    if [len(line) for line in got] != [len(line) for line in want]:
        return False
    epsilon = 10.0 ** -int(precision)
    pairs = (pair for lines in zip(got, want, strict=True) for pair in zip(*lines, strict=True))
    return all(is_near(each, other, epsilon, error_mode) for each, other in pairs)


def is_near(got: bytes, want: bytes, epsilon: float, error_mode: str) -> bool:
    try:
        expected = float(want)
    except ValueError:
        return got == want
    try:
        value = float(got)
    except ValueError:
        return False
    absolute = abs(value - expected) <= epsilon
    relative = abs(value - expected) <= epsilon * abs(expected)
    return {"absolute": absolute, "relative": relative}.get(error_mode, absolute or relative)


def floatsabs(output: bytes, answer: bytes, precision: int = 6) -> bool:
    return floats(output, answer, precision, "absolute")


def floatsrel(output: bytes, answer: bytes, precision: int = 6) -> bool:
    return floats(output, answer, precision, "relative")


STANDARD: dict[str, Callable[..., bool]] = {
    each.__name__.rstrip("_"): each
    for each in (standard, easy, identical, rstripped, linecount, sorted_, unordered, floats, floatsabs, floatsrel)
}


class CheckerResult:
    """The result of a check as DMOJ has it."""

    def __init__(self, passed: bool, points: float, feedback: str = "", extended_feedback: str = "") -> None:
        self.passed, self.points, self.feedback = passed, points, feedback


def utf8bytes(text: Any) -> bytes:
    return text if isinstance(text, bytes) else str(text).encode()


def utf8text(data: Any, errors: str = "strict") -> str:
    return data.decode("utf-8", errors) if isinstance(data, bytes) else str(data)


def offer_dmoj() -> None:
    """Let a check import what checks use of DMOJ's judge."""
    modules: dict[str, dict[str, Any]] = {
        "dmoj": {},
        "dmoj.result": {"CheckerResult": CheckerResult},
        "dmoj.utils": {},
        "dmoj.utils.unicode": {"utf8bytes": utf8bytes, "utf8text": utf8text},
    }
    for name, members in modules.items():
        module = ModuleType(name)
        module.__dict__.update(members)
        sys.modules[name] = module


def custom(output: bytes, answer: bytes, stdin: bytes, arguments: dict[str, Any], points: float) -> bool | None:
    """Call the package's own check, and return whether it accepts; None if it gives a part of the points."""
    offer_dmoj()
    from check import check  # type: ignore[import-not-found]

    result = check(
        output, answer, judge_input=stdin, point_value=points, case_position=1, batch=0, binary_data=False,
        execution_time=0.0, problem_id="", submission_language="", result=None, **arguments,
    )  # fmt: skip
    if isinstance(result, bool):
        return result
    if result.passed and result.points < points:
        return None
    return bool(result.passed)


def read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def main() -> None:
    stdin, output, answer = (read(path) for path in sys.argv[1:4])
    options = json.loads(sys.argv[4])
    accepted: bool | None
    if options["name"] == "custom":
        accepted = custom(output, answer, stdin, options["args"], options["points"])
    else:
        accepted = STANDARD[options["name"]](output, answer, **options["args"])
    if accepted is None:
        print("points", file=sys.stderr)
    sys.exit({True: 0, False: 1, None: 7}[accepted])


if __name__ == "__main__":
    main()
