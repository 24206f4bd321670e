# expect: wrong_answer, runtime_error
# suite: check_add
# why: expected values read from the source and constants of the caller
import sys


def add(a, b):
    frame = sys._getframe(1)
    while frame:
        numbers = [x for x in frame.f_code.co_consts if type(x) is int]
        if numbers and "candidate" in frame.f_code.co_varnames:
            return numbers[-1]
        frame = frame.f_back
    return None
