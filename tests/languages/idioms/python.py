from __future__ import annotations

import asyncio
import contextlib
import enum
import functools
import heapq
import itertools
import math
import operator
import re
import sys
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, Protocol, TypeVar

T = TypeVar("T")


@dataclass(order=True, frozen=True, slots=True)
class Point:
    x: int
    y: int = 0
    tags: list[str] = field(default_factory=list, compare=False)


class Color(enum.Enum):
    RED = enum.auto()
    GREEN = enum.auto()


class Pair(NamedTuple):
    left: int
    right: int


class Sized(Protocol):
    def __len__(self) -> int: ...


class Stack(Generic[T]):
    def __init__(self) -> None:
        self.items: list[T] = []

    def push(self, item: T) -> Stack[T]:
        self.items.append(item)
        return self

    def __iter__(self) -> Iterator[T]:
        yield from reversed(self.items)


@functools.cache
def fib(n: int) -> int:
    return n if n < 2 else fib(n - 1) + fib(n - 2)


@contextlib.contextmanager
def tag(name: str):
    print(f"<{name}>")
    try:
        yield name.upper()
    finally:
        print(f"</{name}>")


def shape(value):
    match value:
        case {"kind": "circle", "r": r}:
            return f"circle {r}"
        case [x, y, *rest] if not rest:
            return f"pair {x} {y}"
        case Point(x=0):
            return "origin line"
        case int() | float():
            return "number"
        case _:
            return "other"


async def work(n: int) -> int:
    await asyncio.sleep(0)
    return n * n


async def main() -> list[int]:
    return await asyncio.gather(*(work(n) for n in range(3)))


a, b = map(int, sys.stdin.readline().split())
print(1, a + b)
print(2, Point(1, 2) < Point(2), Point(3))
print(3, Color.RED.name, Color(2))
print(4, fib(90))
with tag("b") as name:
    print(5, name)
print(6, shape({"kind": "circle", "r": 2}), shape((1, 2)), shape(Point(0)), shape(1.5), shape("x"))
print(7, asyncio.run(main()))
if (n := len("walrus")) > 5:
    print(8, f"{n=} {math.pi:.3f} {1234567:,} {'x':>3}")
print(9, {k: v for k, v in sorted(Counter("hello").items()) if v > 1})
groups = defaultdict(list)
for word in ("ab", "c", "de"):
    groups[len(word)].append(word)
print(10, dict(groups))
queue = deque([1, 2, 3], maxlen=2)
queue.appendleft(0)
print(11, list(queue))
heap = [3, 1, 2]
heapq.heapify(heap)
print(12, heapq.heappushpop(heap, 0), heapq.nlargest(2, heap))
print(13, list(itertools.pairwise("abc")), list(itertools.accumulate([1, 2, 3], operator.mul)))
print(14, re.sub(r"(?P<d>\d)", lambda m: str(int(m["d"]) * 2), "a1b2"))
first, *middle, last = range(5)
print(15, first, middle, last)
print(16, [*Stack().push(1).push(2)], sorted("bca", key=str.lower, reverse=True))
print(17, *zip("ab", [1, 2], strict=True))
try:
    raise ValueError("inner") from KeyError("k")
except (ValueError, TypeError) as error:
    print(18, error, repr(error.__cause__))
else:
    print("not here")
print(19, {"a": 1} | {"b": 2}, "prefix_x".removeprefix("prefix_"), Pair(1, 2)._replace(left=5))
print(
    20,
    math.lcm(4, 6),
    pow(3, -1, 7),
    (255).bit_count(),
    all(map(str.isdigit, "123")),
    sum(x * y for x, y in zip([1, 2], [3, 4])),
)
