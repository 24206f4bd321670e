# expect: wrong_answer, runtime_error
# suite: sum2
# why: stdout closed before the answer
import os

os.close(1)
os.open("/dev/null", os.O_WRONLY)
print(sum(map(int, input().split())))
