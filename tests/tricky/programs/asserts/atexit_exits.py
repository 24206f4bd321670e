# expect: runtime_error, wrong_answer
# suite: check_add
# why: a failing run ended well by an exit function
import atexit
import os

atexit.register(os._exit, 0)


def add(a, b):
    return None
