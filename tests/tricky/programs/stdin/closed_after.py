# expect: accepted
# suite: total
# why: stdin may be closed when it was read
import sys

numbers = sys.stdin.read().split()
sys.stdin.close()
print(sum(map(int, numbers[1:])))
