# expect: accepted
# suite: sum2
# why: a guard that leaves early when imported
import sys

if __name__ != "__main__":
    sys.exit("not a library")
print(sum(map(int, input().split())))
