# expect: runtime_error, wrong_answer
# suite: check_add
# why: the process ends inside of the first call
import os


def add(a, b):
    os._exit(0)
