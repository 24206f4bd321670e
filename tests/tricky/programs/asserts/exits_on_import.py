# expect: runtime_error, wrong_answer
# suite: check_add
# why: a good end before any test
import sys

sys.exit(0)
