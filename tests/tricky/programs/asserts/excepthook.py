# expect: runtime_error, wrong_answer
# suite: check_add
# why: the hook for uncaught errors ends well
import os
import sys

sys.excepthook = lambda *_: os._exit(0)


def add(a, b):
    return None
