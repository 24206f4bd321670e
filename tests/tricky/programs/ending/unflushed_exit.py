# expect: wrong_answer
# suite: sum2
# why: os._exit without a flush: the answer never left the process
import os

print(sum(map(int, input().split())))
os._exit(0)
