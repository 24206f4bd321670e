# expect: accepted
# suite: squares
# why: what is printed at exit counts
import atexit

results = []
atexit.register(lambda: print(*results, sep="\n"))
input()
results += [int(x) ** 2 for x in input().split()]
