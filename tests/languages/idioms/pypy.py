import sys
from bisect import bisect_left
from collections import Counter, defaultdict, deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, lru_cache, reduce
from heapq import heappop, heappush
from itertools import accumulate, combinations, groupby
from math import comb, gcd, isqrt, prod
from typing import Optional

input = sys.stdin.readline
sys.setrecursionlimit(10**6)


@dataclass(order=True)
class Edge:
    cost: int
    ends: tuple[int, int] = field(compare=False, default=(0, 0))


class Union:
    def __init__(self, n: int) -> None:
        self.parent = list(range(n))

    def find(self, x: int) -> int:
        while self.parent[x] != x:
            self.parent[x] = self.parent[self.parent[x]]
            x = self.parent[x]
        return x

    def join(self, a: int, b: int) -> bool:
        a, b = self.find(a), self.find(b)
        self.parent[b] = a
        return a != b

    @cached_property
    def size(self) -> int:
        return len(self.parent)


@contextmanager
def noted(log: list[str]):
    log.append("in")
    try:
        yield log
    finally:
        log.append("out")


@lru_cache(maxsize=None)
def ways(n: int, k: int = 2, /) -> int:
    return 1 if n == 0 else sum(ways(n - i, k) for i in range(1, k + 1) if i <= n)


def depth(n: int) -> int:
    return 0 if n == 0 else 1 + depth(n - 1)


def primes(limit: int):
    sieve = bytearray([1]) * (limit + 1)
    for n in range(2, limit + 1):
        if sieve[n]:
            yield n
            sieve[n * n :: n] = bytes(len(range(n * n, limit + 1, n)))


def first(items: list[int], default: Optional[int] = None) -> Optional[int]:
    return next(iter(items), default)


def main() -> None:
    a, b = map(int, input().split())
    print(f"1 {a + b}")
    print(f"2 {sorted([Edge(3), Edge(1, (1, 2))])[0]}")
    sets = Union(4)
    print("3", sets.join(0, 1), sets.join(1, 0), sets.size)
    with noted([]) as log:
        log.append("body")
    print("4", *log)
    print("5", ways(50), ways(10, 3))
    print("6", depth(20_000))
    print("7", *primes(30))
    print("8", first([]), first([5]), first([], 7))
    counts = Counter("banana")
    print("9", counts.most_common(2), counts["z"])
    groups = defaultdict(list)
    for word in ("ab", "c", "de"):
        groups[len(word)].append(word)
    print("10", dict(groups))
    heap: list[tuple[int, str]] = []
    for item in ((2, "b"), (1, "a")):
        heappush(heap, item)
    print("11", heappop(heap))
    queue = deque([1, 2, 3], maxlen=3)
    queue.appendleft(0)
    print("12", list(queue), queue[-1])
    print("13", list(accumulate([1, 2, 3])), [(k, len(list(g))) for k, g in groupby("aab")])
    print("14", len(list(combinations(range(5), 2))), comb(5, 2), gcd(12, 18), isqrt(17), prod([2, 3, 4]))
    print("15", Fraction(1, 3) + Fraction(1, 6), 10**30 % 7, pow(3, -1, 7), (5).bit_length())
    if (n := bisect_left([1, 3, 5], 4)) > 1:
        print("16", n, {"a": 1} | {"b": 2}, "prefix_x".removeprefix("prefix_"))
    try:
        {}["k"]
    except (KeyError, IndexError) as error:
        print("17", repr(error))
    start, *middle, end = range(5)
    print("18", start, middle, end, [row[::-1] for row in zip(*[[1, 2], [3, 4]])])
    print(f"19 {3.14159:.2f}|{42:>5}|{'ab':<5}|{7:05d}|{255:#x}|{n=}")
    print("20", reduce(lambda x, y: x * 31 + y, b"hash") % 1000, 7 // -2, -7 % 3, 1 < n < 3, all([]), sum(x * x for x in range(4)))


main()
