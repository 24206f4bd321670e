# expect: wrong_answer, runtime_error
# suite: check_add
# why: the standard library's own object that equals everything
from unittest.mock import ANY, MagicMock


def add(a, b):
    return ANY if a else MagicMock(__eq__=lambda *_: True)
