# expect: runtime_error
# suite: add
# why: the process ends before there is a function
import os

os._exit(0)


def add(a, b):
    return a + b
