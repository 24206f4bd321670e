"""Standard checkers of DMOJ. It is no part of ours that runs here: this text goes into the
suite, and runs in the jail as a testlib checker does.

``main.py input.txt output.txt answer.txt OPTIONS``, where the options are JSON: the name of a standard checker and its
arguments; ``custom``, for which the package's own ``check`` is imported; ``interact``, for which its ``Grader`` is, and
talks with the submission through stdin and stdout.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any


def lines_of(data: bytes) -> list[bytes]:
    """Return the lines that are not empty. Each of CR and LF ends one."""
    return [line for line in re.split(b"[\r\n]", data) if line]


def tokens_of(data: bytes) -> list[list[bytes]]:
    """Return the tokens of each line that is not empty: none of one that is blank."""
    return [line.split() for line in lines_of(data)]


def standard(output: bytes, answer: bytes) -> bool:
    return [line for line in tokens_of(output) if line] == [line for line in tokens_of(answer) if line]


def easy(output: bytes, answer: bytes) -> bool:
    return Counter(b"".join(output.split()).lower()) == Counter(b"".join(answer.split()).lower())


def identical(output: bytes, answer: bytes, pe_allowed: bool = True) -> bool:
    return output == answer


def rstripped(output: bytes, answer: bytes, filter_new_line: bool = False) -> bool:
    def stripped(data: bytes) -> list[bytes]:
        lines = lines_of(data) if filter_new_line else data.rstrip().split(b"\n")
        return [line.rstrip() for line in lines]

    return stripped(output) == stripped(answer)


def linecount(output: bytes, answer: bytes, feedback: bool = True) -> bool:
    return [line.strip() for line in lines_of(output)] == [line.strip() for line in lines_of(answer)]


def linematches(
    output: bytes, answer: bytes, point_distribution: Sequence[int] = (1,), filler_lines_required: bool = True
) -> float:
    """Return the share of the lines' points that those have which are right."""
    got, want = lines_of(output), lines_of(answer)
    if len(want) != len(point_distribution) or not sum(point_distribution):
        raise ValueError("point_distribution has to give each line of the answer its points, and not all none")
    if filler_lines_required and len(got) != len(want):
        return False
    rows = zip(got, want, point_distribution)  # noqa: B905  (an output may have more lines or fewer)
    points = sum(worth for line, right, worth in rows if line == right)
    return points / sum(point_distribution)


def sorted_(output: bytes, answer: bytes, split_on: str = "lines") -> bool:
    if split_on == "whitespace":
        return sorted(output.split()) == sorted(answer.split())
    return sorted(tokens_of(output)) == sorted(tokens_of(answer))


def unordered(output: bytes, answer: bytes) -> bool:
    return sorted_(output, answer, "whitespace")


def floats(output: bytes, answer: bytes, precision: int = 6, error_mode: str = "default") -> bool:
    got, want = tokens_of(output), tokens_of(answer)
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


STANDARD: dict[str, Callable[..., float]] = {
    each.__name__.rstrip("_"): each
    for each in (
        standard, easy, identical, rstripped, linecount, linematches, sorted_, unordered, floats, floatsabs, floatsrel,
    )
}  # fmt: skip


class CheckerResult:
    """The result of a check as DMOJ has it."""

    def __init__(self, passed: bool, points: float, feedback: str = "", extended_feedback: str = "") -> None:
        self.passed, self.points, self.feedback = passed, points, feedback


class DmojResult:
    """The result of a case as DMOJ has it: right, where no flag is set."""

    AC, WA, RTE, TLE, MLE, IR, SC, OLE, IE = 0, 1, 2, 4, 8, 16, 32, 64, 1 << 30

    def __init__(self, case: Any, result_flag: int = 0, points: float | None = None, **facts: Any) -> None:
        self.case, self.result_flag = case, result_flag
        self.points = case.points if points is None else points
        self.__dict__.update(facts)

    @property
    def passed(self) -> bool:
        return self.result_flag == self.AC


def utf8bytes(text: Any) -> bytes:
    return text if isinstance(text, bytes) else str(text).encode()


def utf8text(data: Any, errors: str = "strict") -> str:
    return data.decode("utf-8", errors) if isinstance(data, bytes) else str(data)


def offer_dmoj() -> None:
    """Let a check import what checks use of DMOJ's judge."""
    modules: dict[str, dict[str, Any]] = {
        "dmoj": {},
        "dmoj.result": {"CheckerResult": CheckerResult, "Result": DmojResult},
        "dmoj.graders": {},
        "dmoj.graders.interactive": {"InteractiveGrader": InteractiveGrader},
        "dmoj.utils": {},
        "dmoj.utils.unicode": {"utf8bytes": utf8bytes, "utf8text": utf8text},
    }
    for name, members in modules.items():
        module = ModuleType(name)
        module.__dict__.update(members)
        sys.modules[name] = module


class InteractiveGrader:
    """The base of a package's ``Grader``, which has ``interact(case, interactor)``."""


class DmojCase:
    """The test as a grader sees it."""

    position, batch = 0, 0

    def __init__(self, stdin: bytes, answer: bytes, points: float) -> None:
        self._stdin, self._answer, self.points = stdin, answer, points

    def input_data(self) -> bytes:
        return self._stdin

    def output_data(self) -> bytes:
        return self._answer


class WrongAnswer(Exception):
    """The submission said what the grader does not take."""


class DmojInteractor:
    """A grader's end of the conversation."""

    def __init__(self) -> None:
        self._tokens: list[bytes] = []

    def read(self) -> bytes:
        return sys.stdin.buffer.read()

    def readln(self, strip_newline: bool = True) -> bytes:
        line = sys.stdin.buffer.readline()
        return line.rstrip(b"\r\n") if strip_newline else line

    def readtoken(self, delim: Any = None) -> bytes:
        while not self._tokens:
            line = self.readln(strip_newline=False)
            if not line:
                raise WrongAnswer("the program has said no more")
            self._tokens = line.split() if delim is None else line.split(utf8bytes(delim))
        return self._tokens.pop(0)

    def readint(self, lo: float = float("-inf"), hi: float = float("inf"), delim: Any = None) -> int:
        return int(self._number(int, lo, hi, delim))

    def readfloat(self, lo: float = float("-inf"), hi: float = float("inf"), delim: Any = None) -> float:
        return float(self._number(float, lo, hi, delim))

    def _number(self, kind: Callable[[bytes], Any], lo: float, hi: float, delim: Any) -> Any:
        token = self.readtoken(delim)
        try:
            value = kind(token)
        except ValueError:
            raise WrongAnswer(f"{token[:40]!r} is no number") from None
        if not lo <= value <= hi:
            raise WrongAnswer(f"{value} is not from {lo} to {hi}")
        return value

    def write(self, value: Any) -> None:
        sys.stdout.buffer.write(utf8bytes(value))
        sys.stdout.buffer.flush()

    def writeln(self, value: Any) -> None:
        self.write(utf8bytes(value) + b"\n")

    def close(self) -> None:
        sys.stdout.buffer.close()


def interact(answer: bytes, stdin: bytes, options: dict[str, Any]) -> float:
    """Let the package's own grader talk, and return the share of the points that it gives."""
    offer_dmoj()
    grader = importlib.import_module(options["module"]).Grader()
    case = DmojCase(stdin, answer, options["points"])
    try:
        return decision(grader.interact(case, DmojInteractor()), case.points)
    except WrongAnswer as error:
        print(error, file=sys.stderr)
    except BrokenPipeError:
        print("the program has ended", file=sys.stderr)
    return 0.0


def custom(output: bytes, answer: bytes, stdin: bytes, options: dict[str, Any]) -> float:
    """Call the package's own check, and return the share of the points that it gives."""
    offer_dmoj()
    check, points = importlib.import_module(options["module"]).check, options["points"]
    result = check(
        output, answer, judge_input=stdin, point_value=points, case_position=1, batch=0, binary_data=False,
        execution_time=0.0, problem_id="", submission_language="", result=None, **options["args"],
    )  # fmt: skip
    return decision(result, points)


def decision(result: Any, points: float) -> float:
    """Return the share of a case's points that a result has."""
    if isinstance(result, bool):
        return float(result)
    return min(1.0, result.points / points) if result.passed else 0.0


def read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def main() -> None:
    options = json.loads(sys.argv[4])
    stdin, answer = read(sys.argv[1]), read(sys.argv[3])
    output = b"" if options["name"] == "interact" else read(sys.argv[2])
    if options["name"] == "interact":
        share = interact(answer, stdin, options)
    elif options["name"] == "custom":
        share = custom(output, answer, stdin, options)
    else:
        share = STANDARD[options["name"]](output, answer, **options["args"])
    if 0 < share < 1:
        print(f"points {share:.9f}", file=sys.stderr)
    sys.exit(0 if share >= 1 else 7 if share > 0 else 1)


if __name__ == "__main__":
    main()
