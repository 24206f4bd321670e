# expect: runtime_error, wrong_answer
# suite: check_add
# why: SystemExit out of the first call
import sys


def add(a, b):
    sys.exit(0)
