# expect: runtime_error
# suite: add
# why: the function ends the process instead of answering
import sys


def add(a, b):
    sys.exit(0)
