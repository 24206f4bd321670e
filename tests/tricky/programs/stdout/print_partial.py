# expect: accepted
# suite: squares
# why: print rebound at the top
import functools

print = functools.partial(print, flush=True)
input()
for x in input().split():
    print(int(x) ** 2)
