# expect: wrong_answer, runtime_error
# suite: check_add
# why: an int that says equal
class Number(int):
    __eq__ = lambda self, other: True
    __ne__ = lambda self, other: False
    __hash__ = int.__hash__


def add(a, b):
    return Number(7)
