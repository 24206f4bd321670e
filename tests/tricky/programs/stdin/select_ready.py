# expect: accepted
# suite: total
# why: select works on descriptor 0
import select
import sys

ready, _, _ = select.select([sys.stdin], [], [], 1)
print(sum(map(int, ready[0].read().split()[1:])))
