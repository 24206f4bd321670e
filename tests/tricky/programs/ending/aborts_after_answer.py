# expect: runtime_error
# suite: sum2
# why: right output, then abort()
import os

print(sum(map(int, input().split())), flush=True)
os.abort()
