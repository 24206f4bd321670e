# expect: runtime_error
# suite: sum2
# why: sys.exit with a text ends with code 1
import sys

print(sum(map(int, input().split())))
sys.exit("done")
