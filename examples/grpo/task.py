"""The synthetic task: write a Python program that does what a list of operations does to a number.

A prompt is two to eight additions to x, ``+1`` to ``+8``, modulo 2. All of them together add 0 or 1, so one short
program answers. To add them up in the head is hard for a small model, which then guesses one of the two; to write down
the sum after each of them, as comments before the program, is easy, but takes three tokens each:

    # then x+1         one line per operation: the "plan"
    ...
    ```python
    n = int(input())
    print((1 + n) % 2)
    ```

With at most ``LENGTH`` tokens a plan of more than four operations is cut before its program is written: the truncation
that the mask is about. Texts are sequences of word-like tokens that are simply joined.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import accumulate

from trainer_client import Suite
from trainer_client.grpo.problems import Task

MODULUS = 2
DEPTHS = range(2, 9)
LENGTH = 23
"""L_max in tokens; a plan of four operations and its program take 22, the end-of-text token included."""
LONG = 4
"""A plan of more operations than this does not fit into ``LENGTH``."""

OPERATIONS = [f"+{number}" for number in range(1, 9)]
WORDS = [" then", " so", " now", " next"]
SUMS = [f" x+{number}\n" for number in range(MODULUS)]
NAMES = ["n", "v", "a", "y"]
DIGITS = [str(number) for number in range(MODULUS)]
PAD, END, FILLER, ARROW, COMMENT = "<pad>", "<end>", "_", "=>", "#"
OPEN, READ, PRINT, PLUS, CLOSE, FENCE = (
    "```python\n",
    " = int(input())\n",
    "print((",
    " + ",
    f") % {MODULUS})\n",
    "```",
)
VOCABULARY = [
    *(PAD, END, FILLER, ARROW, COMMENT, OPEN, READ, PRINT, PLUS, CLOSE, FENCE),
    *OPERATIONS,
    *WORDS,
    *SUMS,
    *NAMES,
    *DIGITS,
]
PROMPT_LENGTH = max(DEPTHS) + 1


@dataclass(frozen=True, slots=True)
class Problem:
    """Operations in the order in which they apply, and the numbers that the tests feed the program."""

    operations: tuple[str, ...]
    inputs: tuple[int, ...]

    @classmethod
    def drawn(cls, rng: random.Random, depth: int) -> Problem:
        operations = tuple(rng.choice(OPERATIONS) for _ in range(depth))
        # One input of each residue, so that no two functions pass the same tests.
        inputs = [MODULUS * rng.randrange(1, 200) + residue for residue in range(MODULUS)]
        return cls(operations, tuple(rng.sample(inputs, len(inputs))))

    @property
    def prompt(self) -> str:
        """As many tokens for every problem, PROMPT_LENGTH, so that a position means the same in all of them."""
        return "".join([*self.operations, *[FILLER] * (max(DEPTHS) - len(self.operations)), ARROW])

    def sums(self) -> list[int]:
        """The sum added to x after each operation."""
        return [total % MODULUS for total in accumulate(map(int, self.operations))]

    def suite(self) -> Suite:
        """The suite that the service grades a program with."""
        tests = [{"input": f"{x}\n", "output": f"{(x + self.sums()[-1]) % MODULUS}\n"} for x in self.inputs]
        return Suite.model_validate({"mode": "stdio", "tests": tests, "limits": {"cpu_s": 2}})


def plan(problem: Problem, rng: random.Random) -> list[str]:
    """The sum after each operation, as comments."""
    return [token for total in problem.sums() for token in (COMMENT, rng.choice(WORDS), SUMS[total])]


def program(constant: int, name: str) -> list[str]:
    """The tokens of a fenced program."""
    return [OPEN, name, READ, PRINT, DIGITS[constant], PLUS, name, CLOSE, FENCE, END]


def demonstration(problem: Problem, rng: random.Random, *, planned: float, corrupted: float) -> str:
    """A completion to learn from before RL: with a plan or without, and sometimes with a wrong program."""
    lines = plan(problem, rng) if rng.random() < planned else []
    constant = rng.randrange(MODULUS) if rng.random() < corrupted else problem.sums()[-1]
    return "".join([*lines, *program(constant, rng.choice(NAMES))])


def tasks(name: str, seed: int, count: int) -> list[Task]:
    """Problems of all depths in turn, as ``microcoder train`` reads them."""
    rng = random.Random(seed)
    drawn = [Problem.drawn(rng, DEPTHS[number % len(DEPTHS)]) for number in range(count)]
    return [
        Task(f"{name}-{n}", each.prompt, each.suite().model_dump_json(exclude_defaults=True), str(len(each.operations)))
        for n, each in enumerate(drawn)
    ]


def planned(text: str) -> bool:
    """The completion begins with a plan."""
    return text.startswith(COMMENT)
