# expect: accepted
# suite: sum2
# why: os._exit(0) after a flush is an old speed trick
import os
import sys

print(sum(map(int, input().split())))
sys.stdout.flush()
os._exit(0)
