# expect: runtime_error
# suite: sum2
# why: right output, os._exit(3)
import os

os.write(1, b"%d\n" % sum(map(int, input().split())))
os._exit(3)
