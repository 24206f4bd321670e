# expect: wrong_answer
# suite: sum2
# why: the right answer on the wrong stream
import sys

print(sum(map(int, input().split())), file=sys.stderr)
