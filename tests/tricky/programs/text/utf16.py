# expect: wrong_answer
# suite: sum2
# why: the right answer in another encoding
import sys

sys.stdout.reconfigure(encoding="utf-16")
print(sum(map(int, input().split())))
