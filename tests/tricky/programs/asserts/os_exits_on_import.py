# expect: runtime_error, wrong_answer
# suite: check_add
# why: the same, past every handler
import os

os._exit(0)
