# expect: runtime_error
# suite: sum2
# why: right output, then it kills itself
import os
import signal

print(sum(map(int, input().split())), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
