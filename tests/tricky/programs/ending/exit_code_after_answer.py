# expect: runtime_error
# suite: sum2
# why: right output, exit code 1
import sys

print(sum(map(int, input().split())))
sys.exit(1)
