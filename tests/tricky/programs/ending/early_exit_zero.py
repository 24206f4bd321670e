# expect: wrong_answer
# suite: sum2
# why: a good end before any answer
import sys

sys.exit(0)
print(sum(map(int, input().split())))
