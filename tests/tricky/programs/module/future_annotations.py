# expect: accepted
# suite: sum2
# why: a future statement at the top, after comments and a docstring
"""Adds two numbers."""

from __future__ import annotations


def add(a: Number, b: Number) -> Number:
    return a + b


print(add(*map(int, input().split())))
