# expect: accepted
# suite: squares
# why: the original stdout is the same file
import sys

input()
for x in input().split():
    print(int(x) ** 2, file=sys.__stdout__)
