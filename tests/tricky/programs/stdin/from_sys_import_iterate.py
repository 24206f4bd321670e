# expect: accepted
# suite: total
# why: the imported name iterates too
from sys import stdin

next(stdin)
print(sum(map(int, stdin)))
