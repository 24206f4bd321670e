# expect: runtime_error, wrong_answer
# suite: sum2
# why: a hook that hides the error and ends well, without an answer
import os
import sys

sys.excepthook = lambda *_: os._exit(0)
raise ValueError(input())
