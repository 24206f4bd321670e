# expect: runtime_error
# suite: sum2
# why: right output, a bad end in an atexit function
import atexit
import os

atexit.register(os._exit, 9)
print(sum(map(int, input().split())), flush=True)
