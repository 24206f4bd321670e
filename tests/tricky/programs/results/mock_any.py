# expect: wrong_answer
# suite: add
# why: the standard library's own object that equals everything
from unittest.mock import ANY


def add(a, b):
    return ANY
