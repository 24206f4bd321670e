# expect: accepted
# suite: total
# why: the imported name is the same file
from sys import stdin

n = int(stdin.readline())
print(sum(int(stdin.readline()) for _ in range(n)))
